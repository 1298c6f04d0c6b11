//! Diaries that somebody names, to limit to them what they give a program.

use super::role_of;
use crate::{
    access::{scopes::Limited, sessions::proofs::SignedIn},
    foundation::{
        faults::{FaultCode, Faults},
        ids::Id,
    },
    storage::{Db, refusal::Refusal},
};

/// What is said of something that is limited to diaries, when whoever says it sees each of those; they need not see those
/// that it was limited to before.
///
/// # Errors
/// Which diaries they may not see, and what else is wrong.
pub fn limited<T>(db: &mut Db, who: &SignedIn, said: Limited<T>, before: Option<&[Id]>) -> Result<T, Refusal> {
    let mut faults = Faults::none();
    for (at, id) in said.diary_ids().iter().enumerate() {
        let is_new = !before.is_some_and(|before| before.contains(id));
        if is_new && role_of(db, id, who)?.is_none() {
            let fault = Faults::here(FaultCode::NotOneOf, "is no diary that you may see");
            faults.add(fault.under(&at.to_string()).under("diary_ids"));
        }
    }
    let seen = if faults.is_empty() { Ok(()) } else { Err(faults) };
    let (said, ()) = Faults::of_both(said.into_rest(), seen)?;
    Ok(said)
}
