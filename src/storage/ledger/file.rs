//! The file of the ledger.

use std::{
    collections::HashSet,
    fmt::Write as _,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Write},
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use super::{KEPT, Line};
use crate::{
    foundation::{clock::Instant, private_file},
    storage::Error,
};

/// What stands on top, for whoever comes across it.
const HEAD: &str = "# What was erased or withdrawn from a cramp diary: when, what, whose, which. Ids only.\n\
                    # `cramp-diary restore` and `cramp-diary replay-ledger` end it again in a restored database.\n";

/// How long the file may be somebody else's, such as a process that copies it, before what ends is refused. All other
/// writes wait behind that as well.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long, while it is known that it is: others of this process have it for as long as a line takes.
const PATIENCE_WHILE_HELD: Duration = Duration::from_millis(50);
/// So many lines are known to be there; beyond that, who ends something again may write a line a second time.
const MOST_KNOWN: usize = 10_000;

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
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    debt: Mutex<Debt>,
    /// Whether somebody else had the file for too long the last time.
    is_held: AtomicBool,
}

#[derive(Debug, Default)]
struct Debt {
    /// What could not be written yet.
    owed: Vec<Line>,
    /// The keys of that, and of what this process has written.
    known: HashSet<String>,
}

impl Ledger {
    /// Makes the file when it is not there (mode 0600), and looks whether it can be written.
    ///
    /// # Errors
    /// When it can't, or something else is in it.
    pub fn open(file: &Path) -> Result<Self, LedgerError> {
        private_file::make_folder(file)?;
        let shared = Shared { path: file.to_owned(), debt: Mutex::default(), is_held: AtomicBool::new(false) };
        let ledger = Self { shared: Arc::new(shared) };
        drop(ledger.locked()?);
        ledger.read()?;
        Ok(ledger)
    }

    /// Adds those of the lines that are not in the file, whoever was to write them, and says how many these were.
    ///
    /// # Errors
    /// When the file can't be read or written.
    pub fn add_missing(&self, lines: &[Line]) -> Result<usize, LedgerError> {
        let mut file = self.locked()?;
        let there: HashSet<_> = self.read()?.iter().map(Line::key).collect();
        let missing = || lines.iter().filter(|line| !there.contains(&line.key()));
        let count = missing().count();
        if count > 0 {
            file.write_all(text(missing()).as_bytes())?;
            file.sync_data()?;
        }
        // What somebody is about to write, and waits for the file with, is there now.
        let written: HashSet<_> = missing().map(Line::key).collect();
        let mut debt = self.debt();
        debt.owed.retain(|line| !written.contains(&line.key()));
        debt.known.extend(written);
        Ok(count)
    }

    /// Adds lines, with those that could not be added before, and returns when they are synced. What this process has
    /// written is not written again.
    ///
    /// # Errors
    /// When the file can't be written; all are tried again the next time.
    pub fn note(&self, lines: impl IntoIterator<Item = Line>) -> Result<(), LedgerError> {
        let mut debt = self.debt();
        for line in lines {
            if debt.known.insert(line.key()) {
                debt.owed.push(line);
            }
        }
        drop(debt);
        self.pay()
    }

    fn pay(&self) -> Result<(), LedgerError> {
        if self.debt().owed.is_empty() {
            return Ok(());
        }
        let mut file = self.locked()?;
        // Only now: whoever waits for the file keeps nobody from the debt, nor from a deadline of their own.
        let mut debt = self.debt();
        if debt.owed.is_empty() {
            return Ok(());
        }
        file.write_all(text(debt.owed.iter()).as_bytes())?;
        file.sync_data()?;
        debt.owed.clear();
        if debt.known.len() > MOST_KNOWN {
            debt.known.clear();
        }
        Ok(())
    }

    fn debt(&self) -> MutexGuard<'_, Debt> {
        self.shared.debt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All lines.
    ///
    /// # Errors
    /// When the file can't be read, or something else is in it.
    pub fn read(&self) -> Result<Vec<Line>, LedgerError> {
        read(&self.shared.path)
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
        let mut beside = self.shared.path.clone().into_os_string();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let mut new = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        new.write_all(HEAD.as_bytes())?;
        new.write_all(kept.as_bytes())?;
        new.sync_all()?;
        fs::rename(&beside, &self.shared.path)?;
        sync_folder(&self.shared.path)?;
        drop(held);
        Ok(())
    }

    /// The file, open at its end, with a whole last line, and for nobody else until it is closed.
    fn locked(&self) -> io::Result<File> {
        loop {
            let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.shared.path)?;
            self.lock(&file)?;
            // While it waited, another one may have come in its place.
            let there = match fs::metadata(&self.shared.path) {
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

    fn lock(&self, file: &File) -> io::Result<()> {
        let is_held = &self.shared.is_held;
        let patience = if is_held.load(Ordering::Relaxed) { PATIENCE_WHILE_HELD } else { PATIENCE };
        let begun = std::time::Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    is_held.store(false, Ordering::Relaxed);
                    return Ok(());
                }
                Err(TryLockError::WouldBlock) if begun.elapsed() < patience => thread::sleep(Duration::from_millis(5)),
                Err(TryLockError::WouldBlock) => {
                    is_held.store(true, Ordering::Relaxed);
                    return Err(io::Error::new(ErrorKind::TimedOut, "somebody else has it locked"));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    fn whole(&self, mut file: File, length: u64) -> io::Result<File> {
        if length == 0 {
            file.write_all(HEAD.as_bytes())?;
            file.sync_all()?;
            sync_folder(&self.shared.path)?;
            return Ok(file);
        }
        let mut last = [0];
        file.read_exact_at(&mut last, length - 1)?;
        if last != *b"\n" {
            // A line that was not written to its end, since the power failed or the disk was full, was told to nobody.
            let bytes = fs::read(&self.shared.path)?;
            let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
            file.set_len(whole as u64)?;
            file.sync_all()?;
        }
        Ok(file)
    }
}

/// The lines of any ledger, such as a copy that is kept elsewhere, each once. What follows the last whole line is left out.
///
/// # Errors
/// When the file can't be read, or something else is in it.
pub fn read(file: &Path) -> Result<Vec<Line>, LedgerError> {
    let bytes = fs::read(file)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let (mut lines, mut seen) = (Vec::new(), HashSet::new());
    for (number, line) in bytes[..whole].split(|byte| *byte == b'\n').enumerate() {
        // A power failure may leave zeros in the place of what was never synced.
        if line.is_empty() || line.starts_with(b"#") || line.contains(&0) {
            continue;
        }
        let line = std::str::from_utf8(line).ok().and_then(Line::parse);
        let line = line.ok_or(LedgerError::Foreign(number + 1))?;
        if seen.insert(line.key()) {
            lines.push(line);
        }
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
        ledger.note([first.clone()]).unwrap();
        for torn in [&b"1970-01-01T00:0"[..], &[0; 700], b"#"] {
            OpenOptions::new().append(true).open(&path).unwrap().write_all(torn).unwrap();
            assert_eq!(read(&path).unwrap(), std::slice::from_ref(&first), "a copy of it");
        }
        ledger.note([second.clone()]).unwrap();
        assert_eq!(read(&path).unwrap(), [first, second]);
    }

    #[test]
    fn what_is_older_than_any_backup_is_forgotten_and_others_write_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ended.ledger");
        let (ledger, other) = (Ledger::open(&path).unwrap(), Ledger::open(&path).unwrap());
        let now = Instant::EPOCH.plus(KEPT).plus(std::time::Duration::from_secs(10));
        let (old, kept, new) = (line(10), line(11), line(12));
        ledger.note([old, kept.clone()]).unwrap();
        ledger.forget_old(now).unwrap();
        other.note([new.clone()]).unwrap();
        assert_eq!(ledger.read().unwrap(), [kept, new]);
    }

    #[test]
    fn what_is_noted_twice_stands_there_once_and_what_others_wrote_twice_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ended.ledger");
        let (ledger, other) = (Ledger::open(&path).unwrap(), Ledger::open(&path).unwrap());
        let ended = line(1);
        ledger.note([ended.clone()]).unwrap();
        ledger.note([ended.clone()]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap().matches(ended.id.as_str()).count(), 1);
        other.note([ended.clone()]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap().matches(ended.id.as_str()).count(), 2);
        assert_eq!(ledger.read().unwrap(), [ended]);
    }

    #[test]
    fn what_was_missed_is_added_once_also_while_somebody_waits_to_write_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ended.ledger");
        let ledger = Ledger::open(&path).unwrap();
        let (first, second) = (line(1), line(2));
        ledger.note([first.clone()]).unwrap();
        let both = [first.clone(), second.clone()];
        let held = File::open(&path).unwrap();
        held.lock().unwrap();
        thread::scope(|scope| {
            let adding = scope.spawn(|| ledger.add_missing(&both).unwrap());
            let noting = scope.spawn(|| ledger.note([second.clone()]).unwrap());
            thread::sleep(Duration::from_millis(100));
            drop(held);
            noting.join().unwrap();
            assert!(adding.join().unwrap() <= 1);
        });
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), HEAD.lines().count() + 2);
        // Another file in its place gets what was written to the one before as well.
        fs::remove_file(&path).unwrap();
        assert_eq!(ledger.add_missing(&both).unwrap(), 2);
        assert_eq!((ledger.add_missing(&both).unwrap(), ledger.read().unwrap()), (0, both.to_vec()));
    }

    #[test]
    fn a_file_that_somebody_holds_is_waited_for_a_moment_and_written_when_it_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ended.ledger");
        let ledger = Ledger::open(&path).unwrap();
        let held = File::open(&path).unwrap();
        held.lock().unwrap();
        let (first, second) = (line(1), line(2));
        let begun = std::time::Instant::now();
        // Each of several at once, and whoever comes later hardly waits at all.
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| assert!(ledger.note([first.clone()]).is_err()));
            }
        });
        assert!(ledger.note([second.clone()]).is_err());
        assert!(ledger.note([first.clone()]).is_err(), "it is not there yet");
        let waited = begun.elapsed();
        assert!(waited >= PATIENCE && waited < PATIENCE * 2, "{waited:?}");
        drop(held);
        ledger.note([first.clone()]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), HEAD.lines().count() + 2);
        assert_eq!(ledger.read().unwrap(), [first, second]);
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
