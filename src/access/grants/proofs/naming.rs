//! Diaries that somebody names, to limit to them what they give a program.

use super::role_of;
use crate::{
    access::sessions::proofs::SignedIn,
    foundation::{
        faults::{FaultCode, Faults},
        ids::Id,
    },
    storage::{Db, refusal::Refusal},
};

/// That somebody may see each of the diaries that they name as `diary_ids`, if they name any.
///
/// # Errors
/// Which of them they may not see.
pub fn all_known(db: &mut Db, who: &SignedIn, diary_ids: Option<&[Id]>) -> Result<(), Refusal> {
    let mut faults = Faults::none();
    for (at, id) in diary_ids.into_iter().flatten().enumerate() {
        if role_of(db, id, who)?.is_none() {
            let fault = Faults::here(FaultCode::NotOneOf, "is no diary that you may see");
            faults.add(fault.under(&at.to_string()).under("diary_ids"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}
