//! Taking an account away with all that hangs on it.

use crate::{
    access::{
        self, Caller, Visit,
        accounts::{model::User, store as accounts},
        guesses::{self, Guesser},
    },
    diary,
    foundation::clock::Instant,
    sharing::consents::store as consents,
    storage::{Db, Result, Store, ledger::Line, refusal::Refusal},
};

/// Erases the caller's account, with the diary that they keep. However much is in it, no transaction is long: what others
/// see of it ends first, then it is emptied step by step, then the account goes. If that is cut off, the account is still
/// there, and to erase it again goes on.
///
/// # Errors
/// That the session is over, or the database fails.
pub async fn erase(caller: &Caller, user: User) -> Result<(), Refusal> {
    if let Some(diary_id) = user.diary_id.clone() {
        let visit = Visit::of(caller.clone(), diary_id);
        visit.own(Ok(()), |db, diary, ()| Ok(consents::withdraw_all(db, diary)?)).await?;
        while visit.write_own(diary::erasing::erase_some).await? > 0 {}
    }
    caller.write(Ok(()), move |db, me, ()| Ok(erase_account(db, &user, me.now())?)).await
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
                let diary = access::any_owned(db, all.as_str(), now)?;
                Ok::<_, Refusal>(consents::withdraw_all(db, &diary)?)
            })
            .await?;
        loop {
            let some = diary_id.clone();
            let step = move |db: &mut Db| {
                let diary = access::any_diary(db, some.as_str(), now)?;
                diary::erasing::erase_some(db, &diary)
            };
            if store.write(step).await? == 0 {
                break;
            }
        }
    }
    store.write(move |db| erase_account(db, &account.user, now)).await?;
    Ok(true)
}

/// Erases an account whose diary is empty.
fn erase_account(db: &mut Db, user: &User, now: Instant) -> Result<()> {
    // Whoever gives them something in this moment waits, and then finds them gone.
    accounts::find_locked(db, &user.id)?;
    consents::leave_all(db, &user.id, now)?;
    accounts::erase(db, &user.id, now)?;
    guesses::forget(db, &Guesser::signing_in(&user.email))?;
    guesses::forget(db, &Guesser::confirming(&user.id))?;
    guesses::forget(db, &Guesser::redeeming(&user.id))?;
    guesses::forget(db, &Guesser::typing_codes(&user.id))
}
