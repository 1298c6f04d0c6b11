//! Taking an account away with all that hangs on it.

use crate::{
    access::{
        Caller, Visit,
        accounts::{model::User, store as accounts},
        guesses::{self, Guesser},
    },
    diary,
    sharing::consents::store as consents,
    storage::refusal::Refusal,
};

/// Erases the caller's account, with the diary that they keep. However much is in it, no transaction is long: what others
/// see of it ends first, then it is emptied step by step, then the account goes. If that is cut off, the account is still
/// there, and to erase it again goes on.
///
/// # Errors
/// That the session is over, the proof of who they are is too old, or the database fails.
pub async fn erase(caller: &Caller, user: User) -> Result<(), Refusal> {
    if let Some(diary_id) = user.diary_id {
        let visit = Visit::of(caller.clone(), diary_id);
        visit.erase(|db, diary| Ok(consents::withdraw_all(db, diary)?)).await?;
        while visit.erase(diary::erasing::erase_some).await? > 0 {}
    }
    caller
        .write_proved(Ok(()), move |db, me, ()| {
            // Whoever gives them something in this moment waits, and then finds them gone.
            accounts::find_locked(db, me.user_id())?;
            consents::leave_all(db, me)?;
            accounts::erase(db, me)?;
            guesses::forget(db, &Guesser::signing_in(&user.email))?;
            guesses::forget(db, &Guesser::confirming(me.user_id()))?;
            guesses::forget(db, &Guesser::redeeming(me.user_id()))?;
            Ok(guesses::forget(db, &Guesser::typing_codes(me.user_id()))?)
        })
        .await
}
