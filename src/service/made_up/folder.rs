//! A folder for made-up people that is thrown away.

use std::{env, fs, io, os::unix::fs::DirBuilderExt, path::PathBuf};

use crate::{foundation::ids::Id, service::config::Config, storage::Address};

/// A new folder among the system's temporary ones, for nobody else's eyes. It goes with this value; a process that is
/// killed leaves it there.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes it.
    ///
    /// # Errors
    /// When there can be none.
    pub fn make() -> io::Result<Self> {
        let folder = env::temp_dir().join(format!("cramp-diary-demo-{}", Id::random()));
        // Not one that is there already: that would be somebody else's.
        fs::DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self(folder))
    }

    /// The settings, with everything that is kept in this folder: the database and the keys that they named are left
    /// alone.
    #[must_use]
    pub fn instead_of(&self, config: Config) -> Config {
        Config {
            database: Address::Sqlite(self.0.join("cramp-diary.db")),
            replica: None,
            signing_key_file: self.0.join("signing.key"),
            secrets_key_file: self.0.join("secrets.key"),
            ledger_file: Some(self.0.join("ended.ledger")),
            ..config
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "the folder was not thrown away");
        }
    }
}
