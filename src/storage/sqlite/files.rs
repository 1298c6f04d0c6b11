//! The one file as a whole: copies of it, and putting one in its place.

use std::path::{Path, PathBuf};

use super::connection::{self, Use};
use crate::{foundation::private_file, storage::Error};

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
    if let Err(error) = connection::inspect(&partial).and_then(|()| has_all_its_pages(&partial)) {
        drop(std::fs::remove_file(&partial));
        return Err(error);
    }
    put_in_place(&partial, database)
}

/// A file that is cut off within its last page looks whole to SQLite when that page's end is empty.
fn has_all_its_pages(file: &Path) -> Result<(), Error> {
    use std::os::unix::fs::FileExt;
    let measured = || {
        let file = std::fs::File::open(file)?;
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
    match measured().map_err(|error: std::io::Error| Error::Failed(error.to_string()))? {
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
        std::fs::File::open(partial)?.sync_all()?;
        std::fs::rename(partial, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()
    };
    put().map_err(|error: std::io::Error| Error::Failed(error.to_string()))
}
