//! Bringing a backup back, and with it nothing that has ended since.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use super::{config::Config, ledger, open_store};
use crate::{
    foundation::clock::Clock,
    storage::{
        Address, Options, Restoring, Store,
        ledger::Line,
        sealing::{self, Keys},
        vault::{self, Vault},
    },
};

/// Puts a backup in the place of the database, once everything is ended in it that the ledgers tell of, and says what that
/// was. When something goes wrong, there is no database in its place.
///
/// # Errors
/// One line about what went wrong.
pub fn restore(config: &Config, file: &Path, identity: Option<&Path>, more: &[PathBuf]) -> Result<String, String> {
    let failed = |error: String| format!("restore: {error}");
    let database = config.database.file().ok_or_else(|| {
        failed(format!("DATABASE_URL is {}, where pg_restore does this, and then replay-ledger", config.database))
    })?;
    let mut copy = open(file, identity).map_err(failed)?;
    let (lines, told) = lines(config, more).map_err(failed)?;
    let restoring = Restoring::begin(&mut copy, database).map_err(|error| failed(error.to_string()))?;
    let options = Options::of(Address::Sqlite(restoring.file().to_owned()));
    let store = Store::open(&options).map_err(|error| failed(error.to_string()))?;
    let replayed = run(&store, &lines).map_err(failed)?;
    let keys = told_of_keys(&store, config).map_err(failed)?;
    drop(store);
    restoring.put_in_place().map_err(|error| failed(error.to_string()))?;
    Ok(format!("{} is what {} holds{told}\n{replayed}{keys}", database.display(), file.display()))
}

/// Ends again in the database of the settings what the ledgers tell of, and says what that was.
///
/// # Errors
/// One line about what went wrong.
pub fn replay(config: &Config, more: &[PathBuf]) -> Result<String, String> {
    let failed = |error: String| format!("replay-ledger: {error}");
    let (lines, told) = lines(config, more).map_err(failed)?;
    // The file has these lines; the next start appends what it misses.
    let store = open_store(&Config { ledger_file: None, ..config.clone() }).map_err(failed)?;
    let replayed = run(&store, &lines).map_err(failed)?;
    Ok(format!("{} is as before{told}\n{replayed}", config.database))
}

/// A backup, opened if it is encrypted.
fn open(file: &Path, identity: Option<&Path>) -> Result<Box<dyn Read>, String> {
    let copy = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut copy = BufReader::new(copy);
    if !sealing::is_sealed(&mut copy).map_err(|error| format!("{}: {error}", file.display()))? {
        return Ok(Box::new(copy));
    }
    let identity = identity.ok_or_else(|| {
        format!("{} is encrypted; --identity names the file with the key that opens it", file.display())
    })?;
    let keys = Keys::read(identity).map_err(|error| format!("{}: {error}", identity.display()))?;
    Ok(Box::new(sealing::open(copy, &keys).map_err(|error| format!("{}: {error}", file.display()))?))
}

fn run(store: &Store, lines: &[Line]) -> Result<ledger::Replayed, String> {
    let now = Clock::system().now();
    let replayed = actix_web::rt::System::new().block_on(ledger::replay(store, lines, now));
    replayed.map_err(|error| error.to_string())
}

/// What is missing to read the secrets that the backup has: nothing, or one line.
fn told_of_keys(store: &Store, config: &Config) -> Result<String, String> {
    let known = actix_web::rt::System::new().block_on(store.read(vault::known)).map_err(|error| error.to_string())?;
    let vault = Vault::of(&config.secrets_key_file);
    let is_there = vault.read().map_err(|error| error.to_string());
    let missing = is_there.and_then(|_| vault.agrees_with(&known).map_err(|error| error.to_string()));
    Ok(match missing {
        Ok(()) => String::new(),
        Err(why) => format!("the service will not start: SECRETS_KEY_FILE ({}): {why}\n", vault.file().display()),
    })
}

/// What the ledgers tell, and in words what came of them.
fn lines(config: &Config, more: &[PathBuf]) -> Result<(Vec<Line>, String), String> {
    let own = config.ledger_file.as_deref().filter(|file| file.exists());
    let files: Vec<_> = own.into_iter().chain(more.iter().map(PathBuf::as_path)).collect();
    let lines = ledger::lines_of(files.iter().copied())?;
    let told = if files.is_empty() {
        "; there is no ledger, so what was erased or withdrawn after the backup is back".to_owned()
    } else {
        format!(", but for what ended since ({} lines of the ledger)", lines.len())
    };
    Ok((lines, told))
}
