//! What is done to a webhook, and what that means for what waits for it.

use serde_json::Value;

use crate::{
    access::{self, Caller, scopes::Limited},
    foundation::{ids::Id, secrets::SharedKey},
    sharing::{
        deliveries::{changes::store as changes, store as deliveries},
        webhooks::{
            model::{Draft, Event, OffReason, Reach, Webhook},
            store,
        },
    },
    storage::{Written, refusal::Refusal},
};

/// How many rows one transaction takes away.
const STEP: i64 = 500;

/// Makes a webhook, and the secret that is shown this once. What happens at diaries goes out by it, so it takes a proof that
/// it is the person. Making it again gives it a new secret.
///
/// # Errors
/// That the proof is too old, that the id is in use, that there are as many as fit, or what is wrong with what is said.
pub async fn make(caller: &Caller, said: Limited<Draft>) -> Result<(Written<Webhook>, SharedKey), Refusal> {
    let secret = SharedKey::random();
    let (kept, vault) = (secret.clone(), caller.vault().clone());
    let made = caller
        .write_proved(Ok(said), move |db, me, said| {
            let draft = access::limited(db, me, said, None)?;
            let made = store::insert(db, &vault, me, draft, &kept)?;
            if let Written::New(webhook) = &made {
                changes::baseline(db, me, webhook)?;
            }
            Ok(made)
        })
        .await?;
    Ok((made, secret))
}

/// Changes a webhook: where things are sent among other things, so it takes a proof that it is the person.
///
/// # Errors
/// That the proof is too old, that there is no such webhook, or what is wrong with the patch.
pub async fn change(caller: &Caller, id: Id, patch: Value, reach: Reach) -> Result<Webhook, Refusal> {
    caller
        .write_proved(Ok((id, patch)), move |db, me, (id, patch)| {
            let before = store::find_locked(db, me, &id)?.ok_or(Refusal::NotFound)?;
            let was = before.terms.diary_ids.as_deref();
            let changed = access::limited(db, me, before.patched(patch, reach), was)?;
            store::update(db, &before.key, &changed.terms, me.now())?;
            let hears = |events: &[Event]| events.contains(&Event::DiaryChanged);
            if hears(&changed.terms.events) && !hears(&before.terms.events) {
                changes::baseline(db, me, &before)?;
            }
            match (before.off.is_some(), changed.disabled) {
                (false, true) => deliveries::switch_off(db, &before.key, OffReason::Owner, me.now())?,
                (true, false) => store::switch_on(db, &before.key, me.now())?,
                _ => {}
            }
            store::find(db, me, &id)
        })
        .await
}

/// Deletes a webhook. From the first step on nothing is sent; what is known of it goes in steps after that.
///
/// # Errors
/// When the database fails. One that is not there is deleted.
pub async fn delete(caller: &Caller, id: Id) -> Result<(), Refusal> {
    loop {
        let is_over = caller
            .write(Ok(id.clone()), |db, me, id| {
                let Some(webhook) = store::find_locked(db, me, &id)? else { return Ok(true) };
                if webhook.off.is_none() {
                    store::switch_off(db, &webhook.key, OffReason::Owner, me.now())?;
                }
                if deliveries::delete_first_of(db, &webhook.key, STEP)? > 0 {
                    return Ok(false);
                }
                store::delete(db, &webhook.key)?;
                Ok(true)
            })
            .await?;
        if is_over {
            return Ok(());
        }
    }
}
