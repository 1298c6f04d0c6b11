//! What a version is.

use std::{collections::HashMap, hash::Hash};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    access::{Role, Stamp, WritableDiary},
    diary::table::Table,
    foundation::{clock::Instant, ids::Id, precondition::Revision, values::Name},
    storage::{Result, stored_json},
    vocabulary,
};

vocabulary! {
    /// As what somebody wrote.
    pub enum AuthorRole {
        /// The person whose diary it is.
        Owner = "owner",
        /// A parent, a carer.
        Contributor = "contributor",
        /// The operator, by a command.
        Operator = "operator",
    }
}

/// Who wrote what a row says, when, and through what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorship {
    /// The diary's revision by it.
    pub revision: Revision,
    /// When.
    pub at: Instant,
    /// As what.
    pub role: AuthorRole,
    /// Who, unless it was the owner or the operator.
    pub user_id: Option<Id>,
    /// By which operation of the contract, if by one.
    pub through: Option<String>,
    /// By which personal access token, as it was called then, if by one.
    pub token_name: Option<String>,
}

/// The same in a column, short: there is one for each row.
#[derive(Serialize, Deserialize)]
struct Stored<T> {
    r: i64,
    t: i64,
    a: AuthorRole,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    u: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    o: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    k: Option<T>,
}

impl Authorship {
    /// Of what is written with this stamp, as it is stored.
    ///
    /// # Errors
    /// Never, as far as anybody knows.
    pub fn stamped(diary: &WritableDiary, stamp: Stamp) -> Result<String> {
        let role = match (diary.user_id(), diary.role()) {
            (None, _) => AuthorRole::Operator,
            (Some(_), Role::Owner) => AuthorRole::Owner,
            (Some(_), _) => AuthorRole::Contributor,
        };
        let user_id = diary.user_id().filter(|_| role == AuthorRole::Contributor).map(Id::as_str);
        stored_json::write(&Stored {
            r: stamp.revision.0,
            t: diary.told_at(stamp).micros(),
            a: role,
            u: user_id,
            o: diary.through(),
            k: diary.token_name().map(Name::as_str),
        })
    }

    /// As it was stored.
    ///
    /// # Errors
    /// When it was not.
    pub fn read(stored: &str) -> Result<Self> {
        let Stored { r, t, a, u, o, k } = stored_json::read::<Stored<String>>("authorship", stored)?;
        let (revision, at) = (Revision(r), Instant::from_micros(t));
        Ok(Self { revision, at, role: a, user_id: u.map(Id::stored), through: o, token_name: k })
    }
}

/// As what those wrote who wrote some rows, by the keys of these, of whom it is known.
///
/// # Errors
/// When what was stored says nothing.
pub fn roles<K: Eq + Hash>(stored: Vec<(K, Option<String>)>) -> Result<HashMap<K, AuthorRole>> {
    let told = stored.into_iter().filter_map(|(key, written)| Some((key, written?)));
    told.map(|(key, written)| Ok((key, Authorship::read(&written)?.role))).collect()
}

/// What a row said from some revision on.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The diary's revision when it was written.
    pub revision: Revision,
    /// What the person told; `None` when it was deleted.
    pub told: Option<Value>,
    /// Who told it, as far as that is known.
    pub authorship: Option<Authorship>,
}

/// The last first day of a view that shows what a version says: a view that begins later does not.
#[must_use]
pub fn shown_up_to(table: Table, told: &Value) -> NaiveDate {
    let date = |field: &str| told[field].as_str().and_then(|text| text.parse().ok());
    match table {
        Table::Episodes => date("local_date").unwrap_or(NaiveDate::MIN),
        // What has not ended is shown for ever. The others keep their day.
        Table::Treatments => date("ended_on").unwrap_or(NaiveDate::MAX),
        Table::CheckIns | Table::Settings | Table::Soreness => NaiveDate::MAX,
    }
}
