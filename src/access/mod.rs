//! Who somebody is, what they may do, and what they did. Every question of rights is answered here, inside the transaction
//! that does the work; what was proved is a type that only this layer makes, and the stores ask for it.

pub mod accounts;
pub mod devices;
pub mod diaries;
pub mod grants;
pub mod guesses;
pub mod passwords;
pub mod places;
pub mod sessions;
pub mod visits;

pub use grants::{
    model::{Right, Role},
    proofs::{
        ErasableDiary, OwnedDiary, ReadableDiary, SharableDiary, Stamp, WritableDiary, any_diary, any_erasable,
        any_readable, grant, grant_owner, in_place_of, kept_diary, own_diary, role_of, through_link,
    },
    view::View,
};
pub use sessions::proofs::{Proved, SignedIn};
pub use visits::{caller::Caller, visit::Visit};
