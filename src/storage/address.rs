//! Where the database is: a file, or servers.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::postgres::address::PgAddress;

/// A database's address. Neither form of it shows a password.
#[derive(Debug, Clone)]
pub enum Address {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A server, or several of which one is the primary.
    Postgres(Box<PgAddress>),
}

/// Why a text is no address; names no part of it that could be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(String);

impl Address {
    /// Reads `sqlite://FILE` or `postgres://USER:PASSWORD@HOST,HOST/DATABASE?OPTIONS`.
    ///
    /// # Errors
    /// What it must be instead.
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        match url.split_once("://") {
            Some(("sqlite", "")) => Err(AddressError("must be sqlite:// and the path of a file".into())),
            Some(("sqlite", path)) => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => {
                PgAddress::parse(url).map(Box::new).map(Self::Postgres).map_err(AddressError)
            }
            Some((scheme, _)) => {
                Err(AddressError(format!("this version knows no database {scheme}://; use sqlite:// or postgres://")))
            }
            None => Err(AddressError(
                "must be a URL, as sqlite://data/cramp-diary.db or postgres://user@host/database".into(),
            )),
        }
    }

    /// The file, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(file) => Some(file),
            Self::Postgres(_) => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite://{}", file.display()),
            Self::Postgres(address) => address.fmt(f),
        }
    }
}
