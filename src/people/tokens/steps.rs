//! Making a token: the same from an app and from a page.

use crate::{
    access::{
        self, Caller, Proved,
        tokens::{
            model::{Draft, Token, TokenSecret},
            store,
        },
    },
    foundation::faults::{FaultCode, Faults},
    storage::{Db, Written, refusal::Refusal},
};

/// Makes a token, and the secret that is shown this once. It lets something in, so it takes a proof that it is the
/// person, which no token has: a token makes no tokens. Making it again gives it a new secret.
///
/// # Errors
/// That the proof is too old, that the id is in use, that there are as many as fit, or what is wrong with what is said.
pub async fn make(caller: &Caller, said: Result<Draft, Faults>) -> Result<(Written<Token>, TokenSecret), Refusal> {
    let secret = TokenSecret::random();
    let kept = secret.clone();
    let token = caller
        .write_proved(said, move |db, me, draft| {
            are_known(db, me, &draft)?;
            store::insert(db, me, draft, &kept)
        })
        .await?;
    Ok((token, secret))
}

/// Whether the account may see the diaries that a token is to be limited to.
fn are_known(db: &mut Db, me: &Proved, draft: &Draft) -> Result<(), Refusal> {
    let mut faults = Faults::none();
    for (at, id) in draft.rights.diary_ids.iter().flatten().enumerate() {
        if access::role_of(db, id, me)?.is_none() {
            let fault = Faults::here(FaultCode::NotOneOf, "is no diary that you may see");
            faults.add(fault.under(&at.to_string()).under("diary_ids"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}
