//! Opening an account: the user, and for a patient the diary that `me` stands for.

use crate::{
    access::{
        self,
        accounts::{
            model::{Email, Kind, User},
            store,
        },
        diaries::{self, model::Settings},
    },
    foundation::{clock::Instant, ids::Id, values::Name, zones::Zone},
    storage::{Db, Result},
};

/// Who a new account is for.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// What they sign in with.
    pub email: Email,
    /// How they want to be called.
    pub display_name: Option<Name>,
    /// Patient or clinician.
    pub kind: Kind,
    /// Where they usually are.
    pub time_zone: Zone,
}

/// Adds an account and, for a patient, the diary that `me` stands for.
///
/// # Errors
/// When the database fails; look for the e-mail first.
pub fn open(db: &mut Db, new: NewUser, password_hash: String, now: Instant) -> Result<User> {
    let mut user = User {
        id: Id::random(),
        email: new.email,
        display_name: new.display_name,
        kind: new.kind,
        time_zone: new.time_zone,
        diary_id: None,
        created_at: now,
        updated_at: now,
    };
    let settings = Settings::new(user.display_name.clone(), user.time_zone);
    let diary_id = (user.kind == Kind::Patient).then(Id::random);
    user.diary_id.clone_from(&diary_id);
    store::insert(db, &user, password_hash)?;
    if let Some(diary_id) = diary_id {
        diaries::store::insert(db, &diary_id, &user.id, &settings, now)?;
        access::grant_owner(db, &diary_id, &user.id, now)?;
    }
    Ok(user)
}
