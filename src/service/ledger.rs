//! The ledger and the database: each gets what only the other knows. What a restored backup brought back is ended again.

use std::{collections::HashSet, fmt, path::Path, time::Duration};

use actix_web::rt::task::spawn_blocking;

use crate::{
    access::{connections, passkeys, sessions, tokens},
    diary::tombstones,
    foundation::clock::Instant,
    people::{accounts::erasure, second_factor},
    sharing::{
        consents::{self, model::Kind},
        deliveries,
    },
    storage::{
        self, Db, Store,
        ledger::{self, KEPT, Ledger, Line, What},
        refusal::Refusal,
    },
};

/// How many lines, or sessions, one transaction takes.
const STEP: usize = 250;

/// What the file has of the time before its last line is whole but for this much: whatever could not be written is tried
/// again every few minutes.
const OVERLAP: Duration = Duration::from_hours(24);

/// What was ended again.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Lines that the database did not know.
    pub lines: usize,
    /// Accounts, with their diaries.
    pub accounts: usize,
    /// Rights of others on a diary.
    pub grants: usize,
    /// Invitations whose code was open again.
    pub invitations: usize,
    /// Links to a report.
    pub links: usize,
    /// Passkeys that their people had removed.
    pub passkeys: usize,
    /// Everybody has to sign in anew.
    pub sessions: usize,
    /// Everybody has to make theirs anew.
    pub tokens: usize,
    /// Everybody has to let theirs in anew.
    pub connections: usize,
    /// Their owners look at them, and switch them on again.
    pub webhooks: usize,
}

impl fmt::Display for Replayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  accounts erased       {:>8}", self.accounts)?;
        writeln!(f, "  grants ended          {:>8}", self.grants)?;
        writeln!(f, "  invitations ended     {:>8}", self.invitations)?;
        writeln!(f, "  report links ended    {:>8}", self.links)?;
        writeln!(f, "  passkeys removed      {:>8}", self.passkeys)?;
        writeln!(f, "  sessions ended        {:>8}", self.sessions)?;
        writeln!(f, "  personal tokens ended {:>8}", self.tokens)?;
        writeln!(f, "  apps' access ended    {:>8}", self.connections)?;
        writeln!(f, "  webhooks switched off {:>8}", self.webhooks)
    }
}

/// Ends every session, personal token and connection of an app in the database, since what was open when the backup was made may have been
/// ended since; switches webhooks off, which may have been deleted and were told what the backup takes for untold; has every device begin anew, which may have seen more than the backup has; and then ends what these
/// lines tell of and it does not know. Whatever cuts it off, lines are left that it does not know, and doing it again
/// does the rest.
///
/// # Errors
/// When the database fails.
pub async fn replay(store: &Store, lines: &[Line], now: Instant) -> Result<Replayed, Refusal> {
    let mut replayed = Replayed::default();
    loop {
        let step = i64::try_from(STEP).unwrap_or(i64::MAX);
        match store.write(move |db| sessions::store::end_first(db, now, step)).await? {
            0 => break,
            ended => replayed.sessions += ended,
        }
    }
    loop {
        let step = i64::try_from(STEP).unwrap_or(i64::MAX);
        match store.write(move |db| tokens::store::end_first(db, step)).await? {
            0 => break,
            ended => replayed.tokens += ended,
        }
    }
    loop {
        match store.write(connections::store::end_first).await? {
            0 => break,
            ended => replayed.connections += ended,
        }
    }
    loop {
        let step = i64::try_from(STEP).unwrap_or(i64::MAX);
        match store.write(move |db| deliveries::store::switch_first_off(db, now, step)).await? {
            0 => break,
            off => replayed.webhooks += off,
        }
    }
    let mut last = Some(String::new());
    while let Some(after) = last {
        let step = i64::try_from(STEP).unwrap_or(i64::MAX);
        last = store.write(move |db| tombstones::begin_anew(db, &after, step)).await?;
    }
    for some in lines.chunks(STEP) {
        let unknown = unknown(store, some).await?;
        replayed.lines += unknown.len();
        let (accounts, unknown): (Vec<_>, Vec<_>) =
            unknown.into_iter().partition(|line| line.what == What::AccountErased);
        let (passkeys, consents): (Vec<_>, Vec<_>) =
            unknown.into_iter().partition(|line| line.what == What::PasskeyRemoved);
        if !passkeys.is_empty() {
            replayed.passkeys += store.write(move |db| remove_passkeys(db, &passkeys)).await?;
        }
        if !consents.is_empty() {
            for (kind, had_accepted) in store.write(move |db| end_consents(db, &consents)).await? {
                match (kind, had_accepted) {
                    (Kind::ReportLink, _) => replayed.links += 1,
                    (Kind::Invitation, true) => replayed.grants += 1,
                    (Kind::Invitation, false) => replayed.invitations += 1,
                }
            }
        }
        for line in accounts {
            replayed.accounts += usize::from(erasure::erase_again(store, line.clone()).await?);
            // Also one that the backup does not have.
            store.write(move |db| ledger::remember(db, &line)).await?;
        }
    }
    store.forget_the_past_soon();
    Ok(replayed)
}

async fn unknown(store: &Store, some: &[Line]) -> Result<Vec<Line>, storage::Error> {
    let asked = some.to_vec();
    store.read(move |db| ledger::unknown(db, &asked)).await
}

/// What was back, and whether somebody had accepted it.
fn end_consents(db: &mut Db, lines: &[Line]) -> Result<Vec<(Kind, bool)>, Refusal> {
    let mut ended = Vec::new();
    for line in lines {
        let back = consents::store::end_again(db, line)?;
        ended.extend(back.map(|consent| (consent.kind, consent.acceptance.is_some())));
        ledger::remember(db, line)?;
    }
    Ok(ended)
}

/// How many passkeys were back.
fn remove_passkeys(db: &mut Db, lines: &[Line]) -> Result<usize, Refusal> {
    let mut removed = 0;
    for line in lines {
        if passkeys::store::remove_again(db, line)? {
            second_factor::store::forget_unneeded_codes(db, &line.whose)?;
            removed += 1;
        }
        ledger::remember(db, line)?;
    }
    Ok(removed)
}

/// Appends to the ledger what only the database knows, since a process was killed between a commit and the line, another
/// node ended it, or the file is new. Then says whether the database misses one of the last lines of the ledger.
///
/// # Errors
/// One line: which of them could not be read or written.
pub async fn append_missing(store: &Store, now: Instant) -> Result<bool, String> {
    let Some(ledger) = store.ledger().cloned() else { return Ok(false) };
    let lines = in_background(&ledger, Ledger::read).await?;
    let last = lines.iter().map(|line| line.at).max().map_or(Instant::EPOCH, |last| last.min(now));
    let since = last.minus(OVERLAP);
    let rows =
        store.read(move |db| ledger::since(db, since)).await.map_err(|error| format!("the database: {error}"))?;
    let recent: HashSet<_> = lines.iter().filter(|line| line.at >= since).map(Line::key).collect();
    let known: HashSet<_> = rows.iter().map(Line::key).collect();
    if !known.is_subset(&recent) {
        // What ended since it was read may be there by now.
        let added = in_background(&ledger, move |ledger| ledger.add_missing(&rows)).await?;
        if added > 0 {
            tracing::info!(lines = added, "the ledger got what it missed");
        }
    }
    Ok(lines.iter().any(|line| line.at >= since.max(oldest(now)) && !known.contains(&line.key())))
}

/// From when on the database must know a line. What it has forgotten for its age, it does not miss.
fn oldest(now: Instant) -> Instant {
    now.minus(KEPT).plus(OVERLAP)
}

/// At a start: what the ledger misses is appended, and what the database misses is ended again. A database that does not
/// know what the ledger knows is an old one, however it came there; or somebody cut this off before, and then it may be any
/// line that it does not know.
///
/// # Errors
/// One line about what went wrong.
pub async fn catch_up(store: &Store, now: Instant) -> Result<(), String> {
    let Some(ledger) = store.ledger() else { return Ok(()) };
    append_missing(store, now).await?;
    let mut lines = in_background(ledger, Ledger::read).await?;
    lines.retain(|line| line.at >= oldest(now));
    if misses_any(store, &lines).await.map_err(|error| format!("the database: {error}"))? {
        let replayed = replay(store, &lines, now).await.map_err(|error| format!("the database: {error}"))?;
        let Replayed { lines, accounts, grants, invitations, links, passkeys, sessions, tokens, connections, webhooks } =
            replayed;
        tracing::warn!(
            lines,
            accounts,
            grants,
            invitations,
            links,
            passkeys,
            sessions,
            tokens,
            connections,
            webhooks,
            "the database was older than its ledger: what had ended since was ended again, and so were all sessions, \
             personal access tokens and connected apps; all webhooks are off"
        );
    }
    in_background(ledger, move |ledger| ledger.forget_old(now)).await
}

/// Whether the database does not know one of the lines.
async fn misses_any(store: &Store, lines: &[Line]) -> Result<bool, storage::Error> {
    for some in lines.chunks(STEP) {
        if !unknown(store, some).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// While the service runs: appends what is missing, and says so when the database was exchanged for an older one.
pub async fn look_after(store: &Store, now: Instant) {
    match append_missing(store, now).await {
        Ok(false) => {}
        Ok(true) => tracing::error!(
            "the database is older than its ledger: stop the service and run replay-ledger, or restart it"
        ),
        Err(error) => tracing::warn!(%error, "the ledger could not be compared with the database"),
    }
}

/// The lines of some files, each of which must be there.
///
/// # Errors
/// One line that names the file.
pub fn lines_of<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for file in files {
        lines.extend(ledger::read(file).map_err(|error| format!("{}: {error}", file.display()))?);
    }
    Ok(lines)
}

async fn in_background<T: Send + 'static>(
    ledger: &Ledger,
    work: impl FnOnce(&Ledger) -> Result<T, ledger::LedgerError> + Send + 'static,
) -> Result<T, String> {
    let ledger = ledger.clone();
    let done = spawn_blocking(move || work(&ledger)).await.map_err(|error| error.to_string())?;
    done.map_err(|error| format!("LEDGER_FILE: {error}"))
}
