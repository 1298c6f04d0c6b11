//! How a version is shown.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::model::{AuthorRole, Version};
use crate::{
    access::{ReadableDiary, accounts},
    foundation::{clock::Instant, ids::Id, precondition::Revision, values::Name},
    storage::{Db, Result},
};

/// What a row said from some revision on.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct VersionView {
    pub revision: Revision,
    pub written_at: Option<Instant>,
    pub written_by: Option<AuthorView>,
    pub written_through: Option<String>,
    pub deleted: bool,
    pub row: Option<Value>,
}

/// Who wrote it.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct AuthorView {
    pub role: AuthorRole,
    pub user_id: Option<Id>,
    pub display_name: Option<Name>,
    pub token_name: Option<String>,
}

/// Versions as somebody sees them, with the names of those who wrote them as they are now.
pub fn shown(db: &mut Db, diary: &ReadableDiary, versions: Vec<Version>) -> Result<Vec<VersionView>> {
    let mut names: HashMap<Id, Option<Name>> = HashMap::new();
    let mut shown = Vec::with_capacity(versions.len());
    for Version { revision, told, authorship } in versions {
        let user_id = authorship.as_ref().and_then(|authorship| authorship.user_id.clone());
        let display_name = match &user_id {
            Some(id) if !names.contains_key(id) => {
                let account = accounts::store::find(db, id)?;
                let name = account.and_then(|account| account.user.display_name);
                names.insert(id.clone(), name.clone());
                name
            }
            Some(id) => names.get(id).cloned().flatten(),
            None => None,
        };
        let row = told.map(|mut told| {
            if !diary.view().include_notes {
                told["note"] = Value::Null;
            }
            told
        });
        let (written_at, written_by, written_through) = match authorship {
            Some(authorship) => {
                let by = AuthorView { role: authorship.role, user_id, display_name, token_name: authorship.token_name };
                (Some(authorship.at), Some(by), authorship.through)
            }
            None => (None, None, None),
        };
        shown.push(VersionView { revision, written_at, written_by, written_through, deleted: row.is_none(), row });
    }
    Ok(shown)
}
