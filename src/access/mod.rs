//! Who somebody is, what they may do, and what they did. Every question of rights is answered here, inside the transaction
//! that does the work; what was proved is a type that only this layer makes, and the stores ask for it.

pub mod accounts;
pub mod clients;
pub mod connections;
pub mod devices;
pub mod diaries;
pub mod grants;
pub mod guesses;
pub mod mail;
pub mod notices;
pub mod passkeys;
pub mod passwords;
pub mod places;
pub mod scopes;
pub mod sessions;
pub mod tokens;
pub mod visits;

pub use grants::{
    model::{Right, Role},
    proofs::{
        ErasableDiary, OwnedDiary, ReadableDiary, SharableDiary, Stamp, WritableDiary,
        beside::{any_diary, any_erasable, any_readable, in_place_of, own_diary, through_link},
        giving::{grant, grant_owner},
        kept_diary,
        naming::limited,
        role_of,
    },
    view::View,
};
pub use sessions::proofs::{Proved, SignedIn};
pub use visits::{caller::Caller, visit::Visit};
