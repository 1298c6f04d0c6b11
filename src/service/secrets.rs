//! The keys that seal secrets: what a start asks of them, and what an operator does with them.

use std::{fmt::Write, time::Duration};

use clap::Subcommand;

use super::config::Config;
use crate::{
    foundation::{
        clock::{Clock, Instant},
        key_file::Key,
    },
    people::second_factor,
    sharing::{report_links, webhooks},
    storage::{
        Address, Db, Error, Result as Stored, Store,
        vault::{self, Known, Looked, Vault},
    },
};

/// Seals some secrets of a kind anew, behind one of them.
type SealAnew = fn(&mut Db, &Vault, &(String, String), i64, Instant) -> Stored<Looked>;

/// Whatever the service has to read back.
const SECRETS: [SealAnew; 3] =
    [second_factor::store::seal_anew, webhooks::store::seal_anew, report_links::store::seal_anew];

/// How many secrets are sealed in one transaction.
const STEP: i64 = 100;

/// How long others have their turn: longer than what waits for SQLite's one writer ever sleeps before it tries again.
const PAUSE: Duration = Duration::from_millis(120);

/// Has the keys and the database agree before anybody needs them. For a database in which nothing is sealed the file is made
/// when there is none; one in which something is takes no other keys than those that it knows.
///
/// # Errors
/// One line that names the setting to look at.
pub async fn begin(store: &Store, config: &Config) -> Result<(), String> {
    let vault = store.vault().clone();
    let wrong = |why: &dyn std::fmt::Display| named(&vault, why);
    let known = store.read(vault::known).await.map_err(|error| database(&error))?;
    if !vault.read().map_err(|error| wrong(&error))? {
        if let Some(Known { id, .. }) = known.last() {
            return Err(wrong(&format!(
                "there is no such file, and secrets in the database are sealed by its key {id}"
            )));
        }
        if matches!(config.database, Address::Postgres(_)) {
            // Each process would make one of its own, and one of them would be taken.
            return Err(wrong(
                &"there is no such file; processes that share a database must be given one and the same, which \
                  `cramp-diary secrets add` makes",
            ));
        }
        vault.make().map_err(|error| wrong(&error))?;
    }
    vault.agrees_with(&known).map_err(|error| wrong(&error))
}

fn named(vault: &Vault, why: &dyn std::fmt::Display) -> String {
    format!("SECRETS_KEY_FILE ({}): {why}", vault.file().display())
}

fn database(error: &Error) -> String {
    format!("the database: {error}")
}

/// Seals what an older version kept as it was, and what a rotation that was cut off left to do.
///
/// # Errors
/// When the database fails, in one line.
pub async fn seal_older(store: &Store, now: Instant) -> Result<(), String> {
    let known = store.read(vault::known).await.map_err(|error| database(&error))?;
    if known.last().is_none_or(|last| last.finished_at.is_none()) {
        let (_, done) = seal_everything(store, now, Duration::ZERO).await.map_err(|error| database(&error))?;
        if done.sealed > 0 {
            tracing::info!(secrets = done.sealed, "secrets were sealed by the key that seals now");
        }
        if done.lost > 0 {
            tracing::warn!(secrets = done.lost, "secrets are sealed by keys that SECRETS_KEY_FILE has not");
        }
    }
    Ok(())
}

/// Seals everything by the key that seals now, in small steps, notes that it did, and says which key it is. There is none
/// where there is nothing to seal.
async fn seal_everything(store: &Store, now: Instant, pause: Duration) -> Stored<(Option<String>, Looked)> {
    let mut all = Looked::default();
    for seal_anew in SECRETS {
        let mut after = (String::new(), String::new());
        loop {
            let (vault, behind) = (store.vault().clone(), after.clone());
            let looked = store.write(move |db| seal_anew(db, &vault, &behind, STEP, now)).await?;
            all.sealed += looked.sealed;
            all.lost += looked.lost;
            let Some(last) = looked.last else { break };
            after = last;
            if looked.sealed > 0 && !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
        }
    }
    let finish = move |db: &mut Db| {
        let id = vault::known(db)?.pop().map(|last| last.id);
        id.as_deref().map_or(Ok(()), |id| vault::finish(db, id, now))?;
        Ok::<_, Error>(id)
    };
    let id = store.write(finish).await?;
    if all.sealed > 0 {
        store.forget_the_past_soon();
    }
    Ok((id, all))
}

/// What the operator does with the keys.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Secrets {
    /// List the keys by which secrets in the database are sealed.
    List,
    /// Put a new key in front of `SECRETS_KEY_FILE`. It seals nothing yet: where several machines share a database, each has to
    /// have the file before `rotate`.
    Add,
    /// Have the first key of the file seal, or a new one if it does already, and seal everything anew by it, also while the
    /// service runs.
    Rotate,
    /// Take the keys behind it out of the file, by which nothing in the database is sealed any more. Backups from before still
    /// need them.
    Drop,
}

/// Does it, and says what came of it.
///
/// # Errors
/// One line about what went wrong.
pub(super) async fn run(store: &Store, config: &Config, what: Secrets, clock: &Clock) -> Result<String, String> {
    match what {
        Secrets::List => list(store).await,
        Secrets::Add => add(store, config).await,
        Secrets::Rotate => rotate(store, config, clock).await,
        Secrets::Drop => drop_old(store, config).await,
    }
}

async fn list(store: &Store) -> Result<String, String> {
    let known = store.read(vault::known).await.map_err(|error| database(&error))?;
    store.vault().read().map_err(|error| named(store.vault(), &error))?;
    let keys = store.vault().keys();
    let mut lines = String::new();
    for Known { id, since, seals, finished_at, .. } in &known {
        let does = match (seals, finished_at) {
            (true, Some(_)) => "seals, and has sealed everything",
            (true, None) => "seals, and not everything yet",
            (false, _) => "sealed before",
        };
        let lacks = if keys.iter().any(|key| key.id == *id) { "" } else { ", and is not in the file" };
        // Writing to a String can't fail.
        let _ = writeln!(lines, "{id}  since {}  {does}{lacks}", since.rfc3339());
    }
    for key in keys.iter().filter(|key| !known.iter().any(|known| known.id == key.id)) {
        let _ = writeln!(lines, "{}  has sealed nothing in this database", key.id);
    }
    Ok(if lines.is_empty() { "there is no key\n".to_owned() } else { lines })
}

async fn add(store: &Store, config: &Config) -> Result<String, String> {
    let vault = store.vault();
    let is_first =
        store.read(vault::known).await.map_err(|error| database(&error))?.is_empty() && !vault.file().exists();
    if is_first {
        vault.make().map_err(|error| named(vault, &error))?;
    } else {
        begin(store, config).await?;
        put_new_in_front(vault)?;
    }
    let id = vault.keys().first().map(|key| key.id.clone()).unwrap_or_default();
    Ok(format!("{} begins with the new key {id}; every machine has to have this file\n", vault.file().display()))
}

fn put_new_in_front(vault: &Vault) -> Result<(), String> {
    let keys: Vec<Key> = std::iter::once(Key::random()).chain(vault.keys().iter().cloned()).collect();
    vault.replace(&keys).map_err(|error| named(vault, &error))
}

async fn rotate(store: &Store, config: &Config, clock: &Clock) -> Result<String, String> {
    begin(store, config).await?;
    let known = store.read(vault::known).await.map_err(|error| database(&error))?;
    // One that was cut off is brought to its end, and so is what an older version left to do.
    if known.last().is_some_and(|last| last.finished_at.is_some()) {
        let (key, vault, now) = (next(store.vault(), config, &known)?, store.vault().clone(), clock.now());
        store.write(move |db| vault.let_seal(db, &key, now)).await.map_err(|error| database(&error))?;
    }
    let (key, done) = seal_everything(store, clock.now(), PAUSE).await.map_err(|error| database(&error))?;
    let Some(key) = key else { return Ok("nothing is sealed yet, so there is nothing to rotate\n".to_owned()) };
    let lost = match done.lost {
        0 => String::new(),
        lost => format!("; {lost} are sealed by keys that the file has not, and stay as they are"),
    };
    Ok(format!("secrets are sealed by the key {key}: {} were sealed anew{lost}\n", done.sealed))
}

/// The key that seals next: the first one of the file, or a new one in front of it where that has sealed already.
fn next(vault: &Vault, config: &Config, known: &[Known]) -> Result<Key, String> {
    let has_sealed = |key: &Key| known.iter().any(|known| known.id == key.id);
    if vault.keys().first().is_some_and(has_sealed) {
        if matches!(config.database, Address::Postgres(_)) {
            return Err(named(
                vault,
                &"its first key has sealed already: `cramp-diary secrets add` puts a new one in front; give the file to \
                  every machine, and come back",
            ));
        }
        put_new_in_front(vault)?;
    }
    vault.keys().first().cloned().ok_or_else(|| named(vault, &"there is no key in it"))
}

async fn drop_old(store: &Store, config: &Config) -> Result<String, String> {
    begin(store, config).await?;
    let vault = store.vault();
    let known = store.write(|db| {
        vault::retire(db)?;
        vault::known(db)
    });
    let known = known.await.map_err(|error| database(&error))?;
    let [Known { id, finished_at: Some(all_sealed_at), .. }] = known.as_slice() else {
        return Err(
            "secrets: not everything is sealed by one key yet; `cramp-diary secrets rotate` does that".to_owned()
        );
    };
    let keys = vault.keys();
    // Those in front of it are to seal later.
    let stay = keys.iter().position(|key| key.id == *id).map_or(keys.len(), |at| at + 1);
    let (stay, old) = keys.split_at(stay);
    if old.is_empty() {
        return Ok("there is no old key in the file\n".to_owned());
    }
    vault.replace(stay).map_err(|error| named(vault, &error))?;
    let old: Vec<_> = old.iter().map(|key| key.id.as_str()).collect();
    let (old, before) = (old.join(", "), all_sealed_at.rfc3339());
    Ok(format!("taken out: {old}; a backup from before {before} still needs it\n"))
}
