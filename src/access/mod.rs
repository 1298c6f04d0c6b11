//! Who may touch which diary. Every question of rights is answered here, inside the transaction that does the work; what
//! was proved is a type that only this module makes, and the stores ask for it.

mod caller;
mod grants;

pub use caller::{Caller, Visit};
pub use grants::{
    ReadableDiary, Role, SignedIn, Stamp, WritableDiary, any_diary, any_readable, grant_owner, own_diary,
    readable_diaries,
};
