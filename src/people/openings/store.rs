//! What is open, out of the stores of those who opened it.

use std::cmp::Reverse;

use super::model::Opening;
use crate::{
    access::{self, Proved, SignedIn, accounts, connections, passkeys, scopes::Scope, sessions, tokens},
    foundation::{
        clock::Instant,
        paging::{Page, PageRequest, Timed},
    },
    people::second_factor,
    sharing::{
        consents::{model::WithdrawnBy, store as consents},
        deliveries::store as deliveries,
        webhooks::{model::OffReason, store as webhooks},
    },
    storage::{Db, refusal::Refusal},
};

/// Since when somebody's password is the present one.
///
/// # Errors
/// When their account is gone.
pub fn password_since(db: &mut Db, me: &SignedIn) -> Result<Instant, Refusal> {
    Ok(accounts::store::find(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?.password_since)
}

/// A page of what was opened at a time or after it and is still open, the latest first, without the session that asks.
///
/// # Errors
/// When the database fails.
pub fn page(
    db: &mut Db,
    me: &SignedIn,
    since: Instant,
    request: &PageRequest<Timed>,
) -> Result<Page<Opening>, Refusal> {
    let sessions = sessions::store::begun_since(db, me, since, request)?;
    let mut found: Vec<_> = sessions.into_iter().map(Opening::of_session).collect();
    found.extend(passkeys::store::added_since(db, me, since, request)?.into_iter().map(Opening::of_passkey));
    found.extend(tokens::store::made_since(db, me, since, request)?.into_iter().map(Opening::of_token));
    found.extend(connections::store::made_since(db, me, since, request)?.into_iter().map(Opening::of_connection));
    found.extend(webhooks::set_since(db, me, since, request)?.into_iter().map(Opening::of_webhook));
    // With whom the diary is shared is not what an account's own data are.
    if let Some(diary) = access::kept_diary(db, me)?.filter(|_| me.has(Scope::ShareManage)) {
        let consents = consents::opened_since(db, &diary, since, request)?;
        found.extend(consents.into_iter().map(|consent| Opening::of_consent(consent, diary.diary().id.clone())));
    }
    found.sort_by_cached_key(|opening| Reverse((opening.opened_at, opening.id.clone())));
    Ok(Page::cut(found, request, |opening| (opening.opened_at.micros(), opening.id.to_string())))
}

/// Ends the sessions of everybody else, and, if a time is named, what was made, changed or opened of the diary then or after
/// it. Webhooks stay, switched off.
///
/// # Errors
/// When the database fails.
pub fn end(db: &mut Db, me: &Proved, since: Option<Instant>) -> Result<(), Refusal> {
    sessions::store::end_others(db, me.user_id(), me.session_id(), me.now())?;
    let Some(since) = since else { return Ok(()) };
    passkeys::store::remove_added_since(db, me, since)?;
    second_factor::store::forget_unneeded_codes(db, me.user_id())?;
    tokens::store::end_made_since(db, me, since)?;
    connections::store::end_made_since(db, me, since)?;
    for webhook in webhooks::set_since(db, me, since, &PageRequest::longest())? {
        deliveries::switch_off(db, &webhook.key, OffReason::Owner, me.now())?;
    }
    let Some(diary) = access::kept_diary(db, me)? else { return Ok(()) };
    loop {
        let opened = consents::opened_since(db, &diary, since, &PageRequest::longest())?;
        if opened.is_empty() {
            return Ok(());
        }
        for consent in opened {
            consents::withdraw(db, diary.id(), &consent.id, WithdrawnBy::Owner, me.now())?;
        }
    }
}
