//! The one file as a whole: copies of it, and putting one in its place.

use std::{
    ffi::OsStr,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
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
    let partial = Passing::beside(copy, ".partial")?;
    let mut db = connection::connect(database, Use::Write)?;
    if recipients.is_empty() {
        connection::copy_into(&mut db, &partial.file)?;
    } else {
        // What can be read stays where the database itself can be.
        let snapshot = Passing::beside(database, ".snapshot")?;
        connection::copy_into(&mut db, &snapshot.file)?;
        let mut plain = File::open(&snapshot.file).map_err(failed)?;
        let new = File::options().write(true).open(&partial.file).map_err(failed)?;
        sealing::seal(&mut plain, new, recipients).map_err(failed)?;
    }
    put_in_place(&partial.file, copy)
}

/// After so long without a change, nobody writes a file any more: the process that made it was killed.
const LEFT_AFTER: Duration = Duration::from_hours(12);

/// A new file beside another one that goes with this value. It has a name of its own: whoever does the same at the same
/// time does it to another one. A killed process leaves its file, which the next one clears away once it is old.
#[derive(Debug)]
struct Passing {
    file: PathBuf,
}

impl Passing {
    fn beside(file: &Path, ending: &str) -> Result<Self, Error> {
        private_file::make_folder(file).map_err(failed)?;
        clear_left(file, ending);
        let passing = Self { file: beside(file, &format!(".{}{ending}", uuid::Uuid::now_v7())) };
        private_file::write_new(&passing.file, &[]).map_err(failed)?;
        Ok(passing)
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        remove_with_its_log(&self.file);
    }
}

/// What can't be looked at or removed is left for the next time.
fn clear_left(file: &Path, ending: &str) {
    let Some(name) = file.file_name().and_then(OsStr::to_str) else { return };
    for found in std::fs::read_dir(folder_of(file)).into_iter().flatten().flatten() {
        let is_one = found.file_name().to_str().is_some_and(|found| {
            found.strip_prefix(name).is_some_and(|rest| rest.starts_with('.') && rest.ends_with(ending))
        });
        let unchanged = || found.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_one && unchanged().is_some_and(|age| age > LEFT_AFTER) {
            remove_with_its_log(&found.path());
        }
    }
}

fn remove_with_its_log(database: &Path) {
    for file in with_its_log(database) {
        drop(std::fs::remove_file(file));
    }
}

/// A backup that was read beside the place of a database and looked at, and is not there yet: what must be done to it
/// before anybody uses it can be done. If it is not put in place, nothing of it is left.
#[derive(Debug)]
pub struct Restoring {
    partial: Passing,
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
        // The copy is inspected, not the original: looking at a database writes beside it.
        let partial = Passing::beside(database, ".partial")?;
        let mut new = File::options().write(true).open(&partial.file).map_err(failed)?;
        std::io::copy(copy, &mut new).map_err(failed)?;
        connection::inspect(&partial.file)?;
        has_all_its_pages(&partial.file)?;
        Ok(Self { partial, database: database.to_owned() })
    }

    /// The database, where it is now.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.partial.file
    }

    /// Puts it in its place. Nobody may use it any more where it was.
    ///
    /// # Errors
    /// When it can't be moved there.
    pub fn put_in_place(self) -> Result<(), Error> {
        empty_log(&self.partial.file)?;
        put_in_place(&self.partial.file, &self.database)
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
        File::open(folder_of(file))?.sync_all()
    };
    put().map_err(|error: std::io::Error| failed(error))
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::storage::{Address, Options, Store};

    #[test]
    fn who_passes_at_the_same_time_has_another_file_and_what_was_left_long_ago_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("cramp-diary.db");
        let names = || {
            let mut names: Vec<_> =
                std::fs::read_dir(folder.path()).unwrap().map(|found| found.unwrap().path()).collect();
            names.sort();
            names
        };
        let age = |file: &Path| {
            File::options().write(true).open(file).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        };
        let first = Passing::beside(&database, ".snapshot").unwrap();
        let second = Passing::beside(&database, ".snapshot").unwrap();
        assert_eq!(names(), [first.file.clone(), second.file.clone()]);
        // As older versions called it, that of another backup, and what is none.
        let kept = ["cramp-diary.db", "cramp-diary.db-wal", "other.db.snapshot", "cramp-diary.db.partial"]
            .map(|name| folder.path().join(name));
        let old = beside(&database, ".snapshot");
        for file in kept.iter().chain([&old]) {
            private_file::make(file).unwrap();
            age(file);
        }
        age(&first.file);
        let third = Passing::beside(&database, ".snapshot").unwrap();
        let mut left: Vec<_> = kept.into_iter().chain([second.file.clone(), third.file.clone()]).collect();
        left.sort();
        assert_eq!(names(), left);
        drop((second, third));
        assert_eq!(names().len(), 4);
    }

    #[test]
    fn backups_at_once_are_each_whole() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("cramp-diary.db");
        drop(Store::open(&Options::of(Address::Sqlite(database.clone()))).unwrap());
        let recipient = Recipient::parse("age1ck3te0w00rt7m5uyc28hmy0gaw63fyj7g37euqkprt0t28gj85asnuq0sr").unwrap();
        let keys = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/numbers.key"));
        let keys = sealing::Keys::read(keys).unwrap();
        let copies: Vec<_> = (0..8).map(|number| folder.path().join(format!("copy-{number}.age"))).collect();
        std::thread::scope(|scope| {
            for copy in &copies {
                scope.spawn(|| backup(&database, copy, std::slice::from_ref(&recipient)).unwrap());
            }
        });
        for copy in &copies {
            let mut opened = sealing::open(std::io::BufReader::new(File::open(copy).unwrap()), &keys).unwrap();
            Restoring::begin(&mut opened, &folder.path().join("restored.db")).unwrap();
        }
    }
}
