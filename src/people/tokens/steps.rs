//! Making a token: the same from an app and from a page.

use crate::{
    access::{
        self, Caller,
        scopes::Limited,
        tokens::{
            model::{Draft, Token, TokenSecret},
            store,
        },
    },
    storage::{Written, refusal::Refusal},
};

/// Makes a token, and the secret that is shown this once. It lets something in, so it takes a proof that it is the
/// person, which no token has: a token makes no tokens. Making it again gives it a new secret.
///
/// # Errors
/// That the proof is too old, that the id is in use, that there are as many as fit, or what is wrong with what is said.
pub async fn make(caller: &Caller, said: Limited<Draft>) -> Result<(Written<Token>, TokenSecret), Refusal> {
    let secret = TokenSecret::random();
    let kept = secret.clone();
    let token = caller
        .write_proved(Ok(said), move |db, me, said| {
            let draft = access::limited(db, me, said, None)?;
            store::insert(db, me, draft, &kept)
        })
        .await?;
    Ok((token, secret))
}
