//! The vault: secrets that the service has to read back, sealed by keys that are in a file and not in the database. Whoever
//! has the database alone reads none of them. The database knows by which keys they are sealed, and which of these seals now:
//! so all processes seal by the same one, and none begins with a key that is another one.

mod rows;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

pub use self::rows::{Known, finish, known, retire};
use super::{Db, Error, Result};
use crate::foundation::{
    clock::Instant,
    key_file::{self, Key, KeyFileError},
    sealed::{self, Place},
};

/// The keys of a file, as they were when it was last read; clones share them. Debug shows none of them.
#[derive(Clone, Default)]
pub struct Vault(Arc<Shared>);

#[derive(Default)]
struct Shared {
    file: PathBuf,
    keys: RwLock<Arc<Vec<Key>>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("file", &self.0.file).finish_non_exhaustive()
    }
}

/// Why the keys of a file and the database do not go together.
#[derive(Debug, thiserror::Error)]
pub enum Disagreement {
    /// The file lacks one.
    #[error("it lacks the key {0}, by which secrets in the database are sealed")]
    Lacks(String),
    /// One of the file has the name of another.
    #[error("its key {0} is not the one by which secrets in the database are sealed")]
    IsAnother(String),
}

impl Vault {
    /// The vault with the keys of a file, which is not read yet.
    #[must_use]
    pub fn of(file: &Path) -> Self {
        Self(Arc::new(Shared { file: file.to_owned(), keys: RwLock::default() }))
    }

    /// Where its keys are.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.0.file
    }

    /// Reads the keys; whether there is a file at all.
    ///
    /// # Errors
    /// When the file can't be used.
    pub fn read(&self) -> Result<bool, KeyFileError> {
        let Some(text) = key_file::read(&self.0.file)? else { return Ok(false) };
        let keys = key_file::parse(&text)?;
        if let Some(key) = keys.iter().find(|key| !(1..=LONGEST_ID).contains(&key.id.len())) {
            return Err(KeyFileError::Unusable(format!("the key id {} has more than {LONGEST_ID} bytes", key.id)));
        }
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(true)
    }

    /// Makes the file with one new key, where there is none, and reads it.
    ///
    /// # Errors
    /// When it can't be written or used.
    pub fn make(&self) -> Result<(), KeyFileError> {
        key_file::create(&self.0.file)?;
        self.read().map(drop)
    }

    /// Puts keys in the place of those that the file has.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn replace(&self, keys: &[Key]) -> Result<(), KeyFileError> {
        key_file::replace(&self.0.file, keys)?;
        self.read().map(drop)
    }

    /// The keys, in the order of the file.
    #[must_use]
    pub fn keys(&self) -> Arc<Vec<Key>> {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it has every key by which something in the database is sealed.
    ///
    /// # Errors
    /// The first key that it has not.
    pub fn agrees_with(&self, known: &[Known]) -> Result<(), Disagreement> {
        let keys = self.keys();
        for Known { id, proof, .. } in known {
            let key = keys.iter().find(|key| key.id == *id).ok_or_else(|| Disagreement::Lacks(id.clone()))?;
            if sealed::open(key, &place_of_proof(id), proof).is_none() {
                return Err(Disagreement::IsAnother(id.clone()));
            }
        }
        Ok(())
    }

    /// Has a key of the file seal from now on; in place of another one, if there is one. What is sealed by that one, or not
    /// at all, is to be sealed anew.
    ///
    /// # Errors
    /// When the database fails.
    pub fn let_seal(&self, db: &mut Db, key: &Key, now: Instant) -> Result<()> {
        rows::let_seal(db, &key.id, &proof(key)?, now, None)
    }

    /// What seals, until the transaction ends. In a database in which nothing is sealed, the first key of the file does from
    /// now on.
    ///
    /// # Errors
    /// When the database fails, or the key is not in the file.
    pub fn sealer(&self, db: &mut Db, now: Instant) -> Result<Sealer> {
        self.sealer_where(db, now, Some(now))
    }

    /// The same, for what an older version kept as it was: until all of that is sealed, the key has to do.
    ///
    /// # Errors
    /// When the database fails, or the key is not in the file.
    fn sealer_of_older(&self, db: &mut Db, now: Instant) -> Result<Sealer> {
        self.sealer_where(db, now, None)
    }

    fn sealer_where(&self, db: &mut Db, now: Instant, finished_at: Option<Instant>) -> Result<Sealer> {
        if let Some(id) = rows::that_seals(db)? {
            return Ok(Sealer { key: self.key(&id)?.ok_or_else(|| lost(&id))? });
        }
        if !known(db)?.is_empty() {
            // Another one took its place while we waited for it; the next look finds that.
            return Err(Error::Contended("the key that seals secrets is another one by now".into()));
        }
        let first = self.keys().first().cloned();
        let key = first.ok_or_else(|| Error::Failed("there is no key that could seal a secret".into()))?;
        rows::let_seal(db, &key.id, &proof(&key)?, now, finished_at)?;
        Ok(Sealer { key })
    }

    /// Opens what is sealed at a place.
    ///
    /// # Errors
    /// When it is not sealed, was sealed at another place, or by a key that is not in the file.
    pub fn open(&self, place: &Place, value: &[u8]) -> Result<Vec<u8>> {
        let id = sealed::key_id(value).ok_or_else(|| Error::corrupt("secret that is not sealed"))?;
        let key = self.key(id)?.ok_or_else(|| lost(id))?;
        sealed::open(&key, place, value).ok_or_else(|| Error::corrupt("sealed secret"))
    }

    /// A key by its id. One that is not known may have been added since the file was read.
    fn key(&self, id: &str) -> Result<Option<Key>> {
        let find = || self.keys().iter().find(|key| key.id == id).cloned();
        if let Some(key) = find() {
            return Ok(Some(key));
        }
        self.read().map_err(|error| Error::Failed(format!("the keys of secrets can't be read again: {error}")))?;
        let found = find();
        if found.is_some() {
            tracing::info!(file = %self.0.file.display(), id, "the keys of secrets have changed");
        }
        Ok(found)
    }
}

/// Longer ids of keys are refused: each sealed value has one.
const LONGEST_ID: usize = 64;

/// Sealed beside the id of a key, it shows that a key is this one.
const PROOF: &[u8] = b"this key seals secrets";

fn proof(key: &Key) -> Result<Vec<u8>> {
    seal(key, &place_of_proof(&key.id), PROOF)
}

fn place_of_proof(id: &str) -> Place {
    Place::of("sealing_keys", "proof", &[id])
}

fn seal(key: &Key, place: &Place, secret: &[u8]) -> Result<Vec<u8>> {
    sealed::seal(key, place, secret).map_err(|_| Error::Failed("a secret could not be sealed".into()))
}

fn lost(id: &str) -> Error {
    Error::Failed(format!("secrets are sealed by the key {id}, which SECRETS_KEY_FILE has not"))
}

/// Seals by the key that seals in this transaction. Until that ends, no other key takes its place.
#[derive(Debug)]
pub struct Sealer {
    key: Key,
}

impl Sealer {
    /// Seals a secret at a place.
    ///
    /// # Errors
    /// When the library refuses it.
    pub fn seal(&self, place: &Place, secret: &[u8]) -> Result<Vec<u8>> {
        seal(&self.key, place, secret)
    }
}

/// The key of a row, and what it has sealed, or what an older version kept there as it was.
pub type Stored = ((String, String), Place, Vec<u8>);

/// What came of some rows that were looked at.
#[derive(Debug, Default)]
pub struct Looked {
    /// The key of the last one; `None` when there was none.
    pub last: Option<(String, String)>,
    /// How many were sealed anew.
    pub sealed: usize,
    /// How many stay as they are, since no key opens them.
    pub lost: usize,
}

impl Vault {
    /// Seals some rows anew that another key has sealed, or none, and has each of them put.
    ///
    /// # Errors
    /// When the database fails.
    pub fn seal_anew(
        &self,
        db: &mut Db,
        rows: Vec<Stored>,
        now: Instant,
        put: impl Fn(&mut Db, &(String, String), Vec<u8>) -> Result<()>,
    ) -> Result<Looked> {
        let mut looked = Looked { last: rows.last().map(|(key, ..)| key.clone()), ..Looked::default() };
        if rows.is_empty() {
            return Ok(looked);
        }
        let sealer = self.sealer_of_older(db, now)?;
        for (row, place, value) in rows {
            let secret = match sealed::key_id(&value) {
                Some(id) if id == sealer.key.id => continue,
                Some(id) => self.key(id)?.and_then(|key| sealed::open(&key, &place, &value)),
                None => Some(value),
            };
            match secret {
                Some(secret) => {
                    put(db, &row, sealer.seal(&place, &secret)?)?;
                    looked.sealed += 1;
                }
                None => looked.lost += 1,
            }
        }
        Ok(looked)
    }
}
