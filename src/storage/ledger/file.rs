//! The file of the ledger.

use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{KEPT, Line};
use crate::{
    foundation::{clock::Instant, private_file},
    storage::Error,
};

/// What stands on top, for whoever comes across it.
const HEAD: &str = "# What was erased or withdrawn from a cramp diary: when, what, whose, which. Ids only.\n\
                    # `cramp-diary restore` and `cramp-diary replay-ledger` end it again in a restored database.\n";

/// Why a ledger can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file can't be read or written.
    #[error("{0}")]
    File(#[from] io::Error),
    /// There is something else in it.
    #[error("line {0} is no line of a ledger")]
    Foreign(usize),
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::File(error) if error.kind() == ErrorKind::StorageFull => {
                Self::Full(format!("ledger: {error}"))
            }
            LedgerError::File(error) => Self::Unavailable(format!("ledger: {error}")),
            LedgerError::Foreign(_) => Self::Failed(format!("ledger: {error}")),
        }
    }
}

/// A file of lines, to which lines are added; clones share it. It is opened each time: what ends is rare, and a file that
/// was moved away is made anew.
#[derive(Debug, Clone)]
pub struct Ledger {
    path: PathBuf,
    /// What could not be written yet.
    owed: Arc<Mutex<Vec<Line>>>,
}

impl Ledger {
    /// Makes the file when it is not there (mode 0600), and looks whether it can be written.
    ///
    /// # Errors
    /// When it can't, or something else is in it.
    pub fn open(file: &Path) -> Result<Self, LedgerError> {
        private_file::make_folder(file)?;
        let ledger = Self { path: file.to_owned(), owed: Arc::default() };
        drop(ledger.locked()?);
        ledger.read()?;
        Ok(ledger)
    }

    /// Adds lines, with those that could not be added before, and returns when they are synced.
    ///
    /// # Errors
    /// When the file can't be written; some of them may be in it then, and all are tried again the next time.
    pub fn append(&self, lines: impl IntoIterator<Item = Line>) -> Result<(), LedgerError> {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        owed.extend(lines);
        if owed.is_empty() {
            return Ok(());
        }
        let mut file = self.locked()?;
        file.write_all(text(owed.iter()).as_bytes())?;
        file.sync_data()?;
        owed.clear();
        Ok(())
    }

    /// All lines.
    ///
    /// # Errors
    /// When the file can't be read, or something else is in it.
    pub fn read(&self) -> Result<Vec<Line>, LedgerError> {
        read(&self.path)
    }

    /// Takes out what is older than any backup, if anything is. Whoever appends meanwhile waits, and appends to the new
    /// file.
    ///
    /// # Errors
    /// When the file can't be read or written.
    pub fn forget_old(&self, now: Instant) -> Result<(), LedgerError> {
        let long_ago = now.minus(KEPT);
        let held = self.locked()?;
        let lines = self.read()?;
        if lines.iter().all(|line| line.at > long_ago) {
            return Ok(());
        }
        let kept = text(lines.iter().filter(|line| line.at > long_ago));
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let mut new = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        new.write_all(HEAD.as_bytes())?;
        new.write_all(kept.as_bytes())?;
        new.sync_all()?;
        fs::rename(&beside, &self.path)?;
        sync_folder(&self.path)?;
        drop(held);
        Ok(())
    }

    /// The file, open at its end, with a whole last line, and for nobody else until it is closed.
    fn locked(&self) -> io::Result<File> {
        loop {
            let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.path)?;
            file.lock()?;
            // While it waited, another one may have come in its place.
            let there = match fs::metadata(&self.path) {
                Ok(there) => there,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let here = file.metadata()?;
            if (here.ino(), here.dev()) != (there.ino(), there.dev()) {
                continue;
            }
            return self.whole(file, here.len());
        }
    }

    fn whole(&self, mut file: File, length: u64) -> io::Result<File> {
        if length == 0 {
            file.write_all(HEAD.as_bytes())?;
            file.sync_all()?;
            sync_folder(&self.path)?;
            return Ok(file);
        }
        let mut last = [0];
        file.read_exact_at(&mut last, length - 1)?;
        if last != *b"\n" {
            // A line that was not written to its end, since the power failed or the disk was full, was told to nobody.
            let bytes = fs::read(&self.path)?;
            let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
            file.set_len(whole as u64)?;
            file.sync_all()?;
        }
        Ok(file)
    }
}

/// The lines of any ledger, such as a copy that is kept elsewhere. What follows the last whole line is left out.
///
/// # Errors
/// When the file can't be read, or something else is in it.
pub fn read(file: &Path) -> Result<Vec<Line>, LedgerError> {
    let bytes = fs::read(file)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let mut lines = Vec::new();
    for (number, line) in bytes[..whole].split(|byte| *byte == b'\n').enumerate() {
        // A power failure may leave zeros in the place of what was never synced.
        if line.is_empty() || line.starts_with(b"#") || line.contains(&0) {
            continue;
        }
        let line = std::str::from_utf8(line).ok().and_then(Line::parse);
        lines.push(line.ok_or(LedgerError::Foreign(number + 1))?);
    }
    Ok(lines)
}

fn text<'a>(lines: impl Iterator<Item = &'a Line>) -> String {
    lines.fold(String::new(), |mut text, line| {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{line}");
        text
    })
}

fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{foundation::ids::Id, storage::ledger::What};

    fn line(at: i64) -> Line {
        let at = Instant::from_micros(at * 1_000_000);
        Line { at, what: What::WithdrawnByOwner, whose: Id::random(), id: Id::random() }
    }

    #[test]
    fn half_a_line_is_cut_off_and_the_next_one_stands_for_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ended.ledger");
        let ledger = Ledger::open(&path).unwrap();
        let (first, second) = (line(1), line(2));
        ledger.append([first.clone()]).unwrap();
        for torn in [&b"1970-01-01T00:0"[..], &[0; 700], b"#"] {
            OpenOptions::new().append(true).open(&path).unwrap().write_all(torn).unwrap();
            assert_eq!(read(&path).unwrap(), std::slice::from_ref(&first), "a copy of it");
        }
        ledger.append([second.clone()]).unwrap();
        assert_eq!(read(&path).unwrap(), [first, second]);
    }

    #[test]
    fn what_is_older_than_any_backup_is_forgotten_and_others_write_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ended.ledger");
        let (ledger, other) = (Ledger::open(&path).unwrap(), Ledger::open(&path).unwrap());
        let now = Instant::EPOCH.plus(KEPT).plus(std::time::Duration::from_secs(10));
        let (old, kept, new) = (line(10), line(11), line(12));
        ledger.append([old, kept.clone()]).unwrap();
        ledger.forget_old(now).unwrap();
        other.append([new.clone()]).unwrap();
        assert_eq!(ledger.read().unwrap(), [kept, new]);
    }

    #[test]
    fn another_file_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter.txt");
        fs::write(&path, "to whom it may concern\n").unwrap();
        assert!(matches!(Ledger::open(&path), Err(LedgerError::Foreign(1))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "to whom it may concern\n");
    }
}
