//! Grants in the database, besides the question of rights, which [`crate::access`] answers.

use std::collections::HashMap;

use super::model::SharedGrant;
use crate::{
    access::{
        ReadableDiary, Role, accounts,
        grants::{self, model::Grant},
        visits,
    },
    foundation::{
        ids::Id,
        paging::{Page, PageRequest, Timed},
    },
    sharing::consents::{self, model::WithdrawnBy},
    storage::{Db, Error, Result, refusal::Refusal},
};

/// Grants with what is known elsewhere of them. The label is the patient's business.
fn told(db: &mut Db, diary_id: &str, grants: Vec<Grant>, with_labels: bool) -> Result<Vec<SharedGrant>> {
    let holders: Vec<_> = grants.iter().map(|grant| grant.user_id.clone()).collect();
    let ids: Vec<_> = grants.iter().filter_map(|grant| grant.right.consent_id.clone()).collect();
    let users = accounts::store::find_all(db, &holders)?;
    let users: HashMap<_, _> = users.into_iter().map(|user| (user.id.clone(), user)).collect();
    let consents = consents::store::find_all(db, diary_id, &ids)?;
    let consents: HashMap<_, _> = consents.into_iter().map(|consent| (consent.id.clone(), consent)).collect();
    let visits = visits::store::visits(db, diary_id, &ids)?;
    let one = |grant: Grant| {
        let id = grant.right.consent_id?;
        let (user, consent) = (users.get(&grant.user_id)?, consents.get(&id)?);
        Some(SharedGrant {
            last_seen_at: visits.get(&id).and_then(|visits| visits.last_at),
            id,
            diary_id: grant.diary_id,
            user_id: grant.user_id,
            user_name: user.display_name.clone(),
            user_email: user.email.clone(),
            role: consent.terms.role,
            label: consent.terms.label.clone().filter(|_| with_labels),
            visible_from: grant.right.view.visible_from,
            include_notes: grant.right.view.include_notes,
            access_until: grant.right.access_until,
            created_at: grant.created_at,
        })
    };
    grants.into_iter().map(|grant| one(grant).ok_or_else(|| Error::corrupt("grant"))).collect()
}

/// A grant as its holder sees it.
pub fn find(db: &mut Db, diary_id: &str, id: &Id) -> Result<Option<SharedGrant>> {
    let held = grants::store::find_by_consent(db, diary_id, id)?;
    Ok(told(db, diary_id, held.into_iter().collect(), false)?.pop())
}

/// A page of the grants on a diary that hold, the latest first: all of them for its owner, and their own for others.
pub fn page(db: &mut Db, diary: &ReadableDiary, request: &PageRequest<Timed>) -> Result<Page<SharedGrant>> {
    let own = diary.right().consent_id.as_ref();
    let page = grants::store::page_of_diary(db, diary.id(), own, request, diary.now())?;
    let items = told(db, diary.id(), page.items, diary.role() == Role::Owner)?;
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// Ends a grant: any by the owner, who may do it again, and their own by others.
///
/// # Errors
/// When there never was such a grant, or it is somebody else's.
pub fn revoke(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<(), Refusal> {
    let by = match diary.role() {
        Role::Owner => WithdrawnBy::Owner,
        _ if diary.right().consent_id.as_ref() == Some(id) => WithdrawnBy::Holder,
        _ => return Err(Refusal::NotFound),
    };
    let consent = consents::store::find(db, diary.id(), id)?.filter(|consent| consent.acceptance.is_some());
    consent.ok_or(Refusal::NotFound)?;
    Ok(consents::store::withdraw(db, diary.id(), id, by, diary.now())?)
}
