//! Grants in the database, besides the question of rights, which [`crate::access`] answers.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::Grant;
use crate::{
    access::{ReadableDiary, Role, accounts, visits},
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest},
    },
    sharing::consents::{
        self,
        model::{SharedRole, WithdrawnBy},
    },
    storage::{Db, Error, Result, refusal::Refusal, schema::grants},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = grants)]
struct Row {
    diary_id: String,
    user_id: String,
    role: String,
    created_at: Instant,
    id: String,
    access_until: Option<Instant>,
    visible_from: Option<NaiveDate>,
    include_notes: bool,
}

/// A grant with what is known elsewhere of it. The label is the patient's business.
fn told(db: &mut Db, row: Row, with_label: bool) -> Result<Grant> {
    let (id, user_id) = (Id::stored(row.id), Id::stored(row.user_id));
    let user = accounts::store::find(db, &user_id)?.ok_or_else(|| Error::corrupt("grant"))?.user;
    let consent = consents::store::find(db, &row.diary_id, &id)?.ok_or_else(|| Error::corrupt("grant"))?;
    Ok(Grant {
        last_seen_at: visits::store::last_visit(db, &row.diary_id, &id)?,
        id,
        diary_id: Id::stored(row.diary_id),
        user_id,
        user_name: user.display_name,
        user_email: user.email,
        role: SharedRole::parse(&row.role).ok_or_else(|| Error::corrupt("role"))?,
        label: consent.terms.label.filter(|_| with_label),
        visible_from: row.visible_from,
        include_notes: row.include_notes,
        access_until: row.access_until,
        created_at: row.created_at,
    })
}

/// A grant as its holder sees it.
///
/// # Errors
/// When the database fails.
pub fn find(db: &mut Db, diary_id: &str, id: &Id) -> Result<Option<Grant>> {
    let one = grants::table.filter(grants::diary_id.eq(diary_id).and(grants::id.eq(id.as_str())));
    let row: Option<Row> = one.select(Row::as_select()).first(db).optional()?;
    row.map(|row| told(db, row, false)).transpose()
}

/// A page of the grants on a diary that hold, the latest first: all of them for its owner, and their own for others.
///
/// # Errors
/// When the database fails.
pub fn page(db: &mut Db, diary: &ReadableDiary, request: &PageRequest<String>) -> Result<Page<Grant>> {
    let mut query = grants::table
        .filter(grants::diary_id.eq(diary.id()).and(grants::role.ne(Role::Owner.as_str())))
        .filter(grants::access_until.is_null().or(grants::access_until.gt(diary.now())))
        .order(grants::id.desc())
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if diary.role() != Role::Owner {
        let own = diary.right().consent_id.as_ref();
        query = query.filter(grants::id.eq(own.map(ToString::to_string).unwrap_or_default()));
    }
    if let Some(before) = &request.after {
        query = query.filter(grants::id.lt(before.clone()));
    }
    let is_owner = diary.role() == Role::Owner;
    let rows: Vec<Row> = query.load(db)?;
    let found = rows.into_iter().map(|row| told(db, row, is_owner)).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, request.limit, |grant| grant.id.to_string()))
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
