//! Taking an account away with all that hangs on it.

use crate::{
    access::{
        self, Caller, Proved, Visit,
        accounts::{model::User, store as accounts},
        guesses::{self, Guesser},
    },
    diary,
    sharing::consents::store as consents,
    storage::{Db, Store, ledger::Line, refusal::Refusal},
};

/// Erases the caller's account, with the diary that they keep. However much is in it, no transaction is long: what others
/// see of it ends first, then it is emptied step by step, then the account goes. If that is cut off, the account is still
/// there, and to erase it again goes on.
///
/// # Errors
/// That the session is over, the proof of who they are is too old, or the database fails.
pub async fn erase(caller: &Caller, user: User) -> Result<(), Refusal> {
    if let Some(diary_id) = user.diary_id.clone() {
        let visit = Visit::of(caller.clone(), diary_id);
        visit.erase(|db, diary| Ok(consents::withdraw_all(db, diary)?)).await?;
        while visit.erase(diary::erasing::erase_some).await? > 0 {}
    }
    caller.write_proved(Ok(()), move |db, me, ()| erase_account(db, &user, me)).await
}

/// Erases once more an account that a restored backup brought back, in the same steps. `false` when it is not there.
///
/// # Errors
/// When the database fails.
pub async fn erase_again(store: &Store, line: Line) -> Result<bool, Refusal> {
    let (id, now) = (line.id.clone(), line.at);
    let Some(account) = store.read(move |db| accounts::find(db, &id)).await? else { return Ok(false) };
    if let Some(diary_id) = account.user.diary_id.clone() {
        let all = diary_id.clone();
        store
            .write(move |db| {
                let diary = access::any_erasable(db, all.as_str(), now)?;
                Ok::<_, Refusal>(consents::withdraw_all(db, &diary)?)
            })
            .await?;
        loop {
            let some = diary_id.clone();
            let step = move |db: &mut Db| {
                let diary = access::any_erasable(db, some.as_str(), now)?;
                diary::erasing::erase_some(db, &diary)
            };
            if store.write(step).await? == 0 {
                break;
            }
        }
    }
    let erase = move |db: &mut Db| erase_account(db, &account.user, &access::in_place_of(&account.user.id, now)?);
    store.write(erase).await?;
    Ok(true)
}

/// Erases an account whose diary is empty.
fn erase_account(db: &mut Db, user: &User, me: &Proved) -> Result<(), Refusal> {
    // Whoever gives them something in this moment waits, and then finds them gone.
    accounts::find_locked(db, &user.id)?;
    consents::leave_all(db, &user.id, me.now())?;
    accounts::erase(db, me)?;
    guesses::forget(db, &Guesser::signing_in(&user.email))?;
    guesses::forget(db, &Guesser::confirming(&user.id))?;
    guesses::forget(db, &Guesser::redeeming(&user.id))?;
    Ok(guesses::forget(db, &Guesser::typing_codes(&user.id))?)
}
