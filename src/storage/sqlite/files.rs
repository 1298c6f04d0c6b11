//! The one file as a whole: copies of it, and putting one in its place.

use std::path::{Path, PathBuf};

use super::connection::{self, Use};
use crate::{private_file, storage::Error};

/// Moves what a database's log holds into the database and empties the log, so that the one file is all there is.
///
/// # Errors
/// When the database can't be opened. One that others still use may keep its log.
pub fn empty_log(database: &Path) -> Result<(), Error> {
    connection::empty_log(&mut connection::connect(database, Use::Write)?)
}

/// Writes a consistent copy of a database into a new file, also while a service uses it.
///
/// # Errors
/// When the new file exists or can't be written.
pub fn backup(database: &Path, copy: &Path) -> Result<(), Error> {
    if copy.exists() {
        return Err(Error::Failed(format!("{} exists already", copy.display())));
    }
    // Under another name first: what has the asked-for name is whole.
    let partial = beside(copy, ".partial");
    drop(std::fs::remove_file(&partial));
    private_file::make(&partial).map_err(|error| Error::Failed(error.to_string()))?;
    connection::copy_into(&mut connection::connect(database, Use::Write)?, &partial)?;
    put_in_place(&partial, copy)
}

/// Puts a backup in the place of a database that is not there.
///
/// # Errors
/// When there is a database, or the backup is not a whole database of this service.
pub fn restore(copy: &Path, database: &Path) -> Result<(), Error> {
    // A log without its database would be taken for the log of the restored one.
    for file in [database.to_owned(), beside(database, "-wal"), beside(database, "-shm")] {
        if file.exists() {
            return Err(Error::Failed(format!("{} exists; move it away first", file.display())));
        }
    }
    let failed = |error: std::io::Error| Error::Failed(error.to_string());
    private_file::make_folder(database).map_err(failed)?;
    // The copy is inspected, not the original: looking at a database writes beside it.
    let partial = beside(database, ".partial");
    drop(std::fs::remove_file(&partial));
    private_file::make(&partial).map_err(failed)?;
    let mut whole = std::fs::File::open(copy).map_err(failed)?;
    let mut new = std::fs::OpenOptions::new().write(true).open(&partial).map_err(failed)?;
    std::io::copy(&mut whole, &mut new).map_err(failed)?;
    if let Err(error) = connection::inspect(&partial) {
        drop(std::fs::remove_file(&partial));
        return Err(error);
    }
    put_in_place(&partial, database)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn put_in_place(partial: &Path, file: &Path) -> Result<(), Error> {
    let put = || {
        std::fs::File::open(partial)?.sync_all()?;
        std::fs::rename(partial, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()
    };
    put().map_err(|error: std::io::Error| Error::Failed(error.to_string()))
}
