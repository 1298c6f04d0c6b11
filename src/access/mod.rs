//! Who may touch which diary. Every question of rights is answered here, inside the transaction that does the work; what
//! was proved is a type that only this module makes, and the stores ask for it.

mod caller;
mod grants;
mod view;
mod visits;

pub use caller::{Caller, Visit};
pub use grants::{
    OwnedDiary, ReadableDiary, Right, Role, SignedIn, Stamp, WritableDiary, any_diary, any_readable, grant,
    grant_owner, own_diary, role_of, through_link,
};
pub use view::View;
