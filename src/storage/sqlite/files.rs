//! The one file as a whole: copies of it, and putting one in its place.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use super::connection::{self, Use};
use crate::{
    foundation::private_file,
    storage::{
        Error,
        sealing::{self, Recipient},
    },
};

/// Moves what a database's log holds into the database and empties the log, so that the one file is all there is.
///
/// # Errors
/// When the database can't be opened. One that others still use may keep its log.
pub fn empty_log(database: &Path) -> Result<(), Error> {
    connection::empty_log(&mut connection::connect(database, Use::Write)?)
}

/// Writes a consistent copy of a database into a new file, also while a service uses it; encrypted, if it is for somebody.
///
/// # Errors
/// When the new file exists or can't be written.
pub fn backup(database: &Path, copy: &Path, recipients: &[Recipient]) -> Result<(), Error> {
    if copy.exists() {
        return Err(Error::Failed(format!("{} exists already", copy.display())));
    }
    // Under another name first: what has the asked-for name is whole.
    let partial = beside(copy, ".partial");
    drop(std::fs::remove_file(&partial));
    private_file::make(&partial).map_err(failed)?;
    let mut db = connection::connect(database, Use::Write)?;
    if recipients.is_empty() {
        connection::copy_into(&mut db, &partial)?;
    } else {
        // What can be read stays where the database itself can be.
        let snapshot = Passing::beside(database)?;
        connection::copy_into(&mut db, &snapshot.0)?;
        let mut plain = File::open(&snapshot.0).map_err(failed)?;
        let new = File::options().write(true).open(&partial).map_err(failed)?;
        sealing::seal(&mut plain, new, recipients).map_err(failed)?;
    }
    put_in_place(&partial, copy)
}

/// A file that goes with this value. One that a killed process left is taken over.
struct Passing(PathBuf);

impl Passing {
    fn beside(database: &Path) -> Result<Self, Error> {
        let passing = Self(beside(database, ".snapshot"));
        drop(std::fs::remove_file(&passing.0));
        private_file::make(&passing.0).map_err(failed)?;
        Ok(passing)
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// A backup that was read beside the place of a database and looked at, and is not there yet: what must be done to it
/// before anybody uses it can be done. If it is not put in place, nothing of it is left.
#[derive(Debug)]
pub struct Restoring {
    partial: PathBuf,
    database: PathBuf,
}

impl Restoring {
    /// Reads a backup beside the place of a database that is not there.
    ///
    /// # Errors
    /// When there is a database, or the backup can't be read or is not a whole database of this service.
    pub fn begin(copy: &mut impl Read, database: &Path) -> Result<Self, Error> {
        // A log without its database would be taken for the log of the restored one.
        for file in with_its_log(database) {
            if file.exists() {
                return Err(Error::Failed(format!("{} exists; move it away first", file.display())));
            }
        }
        private_file::make_folder(database).map_err(failed)?;
        // The copy is inspected, not the original: looking at a database writes beside it.
        let restoring = Self { partial: beside(database, ".partial"), database: database.to_owned() };
        restoring.remove();
        private_file::make(&restoring.partial).map_err(failed)?;
        let mut new = File::options().write(true).open(&restoring.partial).map_err(failed)?;
        std::io::copy(copy, &mut new).map_err(failed)?;
        connection::inspect(&restoring.partial)?;
        has_all_its_pages(&restoring.partial)?;
        Ok(restoring)
    }

    /// The database, where it is now.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.partial
    }

    /// Puts it in its place. Nobody may use it any more where it was.
    ///
    /// # Errors
    /// When it can't be moved there.
    pub fn put_in_place(self) -> Result<(), Error> {
        empty_log(&self.partial)?;
        put_in_place(&self.partial, &self.database)
    }

    fn remove(&self) {
        for file in with_its_log(&self.partial) {
            drop(std::fs::remove_file(file));
        }
    }
}

impl Drop for Restoring {
    fn drop(&mut self) {
        self.remove();
    }
}

fn with_its_log(database: &Path) -> [PathBuf; 3] {
    [database.to_owned(), beside(database, "-wal"), beside(database, "-shm")]
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Failed(error.to_string())
}

/// A file that is cut off within its last page looks whole to SQLite when that page's end is empty.
fn has_all_its_pages(file: &Path) -> Result<(), Error> {
    use std::os::unix::fs::FileExt;
    let measured = || {
        let file = File::open(file)?;
        // The head of the file: https://www.sqlite.org/fileformat.html, 1.3.
        let (mut page, mut pages) = ([0; 2], [0; 4]);
        file.read_exact_at(&mut page, 16)?;
        file.read_exact_at(&mut pages, 28)?;
        let page = match u16::from_be_bytes(page) {
            1 => 65_536,
            size => u64::from(size),
        };
        Ok((file.metadata()?.len(), page * u64::from(u32::from_be_bytes(pages))))
    };
    match measured().map_err(|error: std::io::Error| failed(error))? {
        (length, expected) if length == expected => Ok(()),
        (length, expected) => Err(Error::Failed(format!("the file is cut off: {length} of {expected} bytes"))),
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn put_in_place(partial: &Path, file: &Path) -> Result<(), Error> {
    let put = || {
        File::open(partial)?.sync_all()?;
        std::fs::rename(partial, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    put().map_err(|error: std::io::Error| failed(error))
}
