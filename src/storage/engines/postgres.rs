//! Lanes of connections. Each transaction runs on one of them; what another transaction or a broken connection got in
//! the way of is done once more.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use diesel::QueryResult;
use tokio::runtime;

use super::migrations;
use crate::{
    foundation::{
        fair_queue::Room,
        lane::{Lane, LaneError},
        party::Party,
    },
    storage::{
        Db, Error, Failure, Options,
        ledger::{self, Ledger},
        options::{LONG_READS, ROOM_OF_LONG_READS},
        postgres::{
            address::PgAddress,
            connection::{PgConnection, Preparation},
        },
        transaction::{Work, transaction},
    },
};

/// How long work may wait for a free connection.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long work that takes its time may wait for one.
const LONG_READ_PATIENCE: Duration = Duration::from_secs(20);
/// How long an answer may take: longer than the server lets a statement run.
const LONGEST_ANSWER: Duration = Duration::from_millis(5_500);
/// Migrations and copies may take their time.
const LONGEST_MIGRATION: Duration = Duration::from_hours(1);
/// How long a replica that failed is left alone: to ask one that is gone may cost its whole time limit.
const REPLICA_REST: Duration = Duration::from_secs(5);
/// How often work is tried at most, and for how long it is tried anew.
const TRIES: u32 = 6;
const PERSISTENCE: Duration = Duration::from_secs(2);

/// A snapshot, and an end to what takes too long. Of the transaction and not of the session: a pooler may give each
/// transaction another one.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL statement_timeout = 5000; SET LOCAL idle_in_transaction_session_timeout = 10000";
/// Each statement sees what was committed before it; what must not change in between is locked.
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = 3000;
    SET LOCAL statement_timeout = 5000; SET LOCAL idle_in_transaction_session_timeout = 10000";

/// Begins a transaction of one kind or the other.
type Begin = fn(&mut Db) -> QueryResult<()>;

/// The way to a PostgreSQL.
#[derive(Debug)]
pub struct Engine {
    readers: Lane<Slot>,
    long_readers: Lane<Slot>,
    writers: Lane<Slot>,
    replica: Option<Replica>,
}

/// A second place to read from.
#[derive(Debug)]
struct Replica {
    lane: Lane<Slot>,
    rests_until: Mutex<Option<Instant>>,
}

impl Engine {
    /// Brings the tables up to date and makes the lanes.
    ///
    /// # Errors
    /// When the server can't be reached or its tables not be migrated, or the system refuses threads.
    pub fn open(primary: &PgAddress, options: &Options) -> Result<Self, Error> {
        let preparation = if options.prepared_statements { Preparation::Kept } else { Preparation::EachTime };
        let migrate = || {
            let connection = connect_with(primary, LONGEST_MIGRATION, preparation)?;
            migrations::migrate(&mut Db::Postgres(connection))
        };
        // Not on this thread, which may be one of a runtime that must not wait.
        let migrated = thread::scope(|scope| scope.spawn(migrate).join());
        let applied = migrated.map_err(|_| Error::Failed("the migration panicked".into()))??;
        if applied > 0 {
            tracing::info!(applied, "the database was brought up to date");
        }
        let slots = |address: &PgAddress, connections: usize| {
            let address = Arc::new(address.clone());
            let ledger = options.ledger.clone();
            let slot = || Slot { address: address.clone(), preparation, ledger: ledger.clone(), connection: None };
            std::iter::repeat_with(slot).take(connections).collect::<Vec<_>>()
        };
        let no_thread = |error: std::io::Error| Error::Unavailable(error.to_string());
        let (reads, room_of_reads) = (options.read_connections, options.room_of_reads());
        let room_of_writes = Room {
            all: options.write_queue,
            each: options.waiting_each,
            at_once: options.write_connections.div_ceil(2),
        };
        Ok(Self {
            readers: Lane::start("reader", slots(primary, reads), room_of_reads).map_err(no_thread)?,
            long_readers: Lane::start_yielding("export", slots(primary, LONG_READS), ROOM_OF_LONG_READS)
                .map_err(no_thread)?,
            writers: Lane::start("writer", slots(primary, options.write_connections), room_of_writes)
                .map_err(no_thread)?,
            replica: options
                .replica
                .as_ref()
                .map(|address| {
                    let lane = Lane::start("replica", slots(address, reads), room_of_reads).map_err(no_thread)?;
                    Ok::<_, Error>(Replica { lane, rests_until: Mutex::new(None) })
                })
                .transpose()?,
        })
    }

    /// Whether there is a second place to read from, as far as is known.
    #[must_use]
    pub fn has_replica(&self) -> bool {
        self.replica.as_ref().is_some_and(|replica| !replica.rests())
    }

    /// Runs a read on a snapshot of the primary.
    ///
    /// # Errors
    /// What the work fails with, or why it was not done.
    pub async fn read<T: Send + 'static, E: Failure>(&self, party: Party, work: impl Work<T, E>) -> Result<T, E> {
        run(&self.readers, party, PATIENCE, begin_read, work).await
    }

    /// Runs a read that takes its time, on a connection that others do not wait for.
    ///
    /// # Errors
    /// What the work fails with, or why it was not done.
    pub async fn read_long<T: Send + 'static, E: Failure>(&self, party: Party, work: impl Work<T, E>) -> Result<T, E> {
        run(&self.long_readers, party, LONG_READ_PATIENCE, begin_read, work).await
    }

    /// Runs a read on a snapshot of the replica, which may be behind.
    ///
    /// # Errors
    /// What the work fails with, or why it was not done, such as that there is no replica.
    pub async fn read_replica<T: Send + 'static, E: Failure>(
        &self,
        party: Party,
        work: impl Work<T, E>,
    ) -> Result<T, E> {
        let Some(replica) = &self.replica else {
            return Err(E::from(Error::Unavailable("there is no replica".into())));
        };
        let asked = replica.lane.run(party, PATIENCE, move |slot| slot.persist(begin_read, work)).await;
        // That so many wait for it that this one was not asked says nothing against it.
        let outcome = asked.map_err(|busy| E::from(busy.into()))?;
        if let Err(error) = &outcome
            && let Some(error) = error.of_storage()
            && speaks_against_the_server(error)
        {
            tracing::warn!(%error, "the replica rests for a while");
            replica.rest();
        }
        outcome
    }

    /// Runs a write as one transaction and answers after its commit.
    ///
    /// # Errors
    /// What the work fails with, or why it was not done.
    pub async fn write<T: Send + 'static, E: Failure>(&self, party: Party, work: impl Work<T, E>) -> Result<T, E> {
        run(&self.writers, party, PATIENCE, begin_write, work).await
    }
}

/// Whether others would fare no better there: of a row that can't be understood, and of transactions that were in each
/// other's way, the server is innocent.
const fn speaks_against_the_server(error: &Error) -> bool {
    matches!(error, Error::Lost(_) | Error::Unavailable(_))
}

impl Replica {
    fn rests(&self) -> bool {
        let until = self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self) {
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REPLICA_REST);
    }
}

async fn run<T: Send + 'static, E: Failure>(
    lane: &Lane<Slot>,
    party: Party,
    patience: Duration,
    begin: Begin,
    work: impl Work<T, E>,
) -> Result<T, E> {
    let outcome = lane.run(party, patience, move |slot| slot.persist(begin, work)).await;
    outcome.unwrap_or_else(|lane: LaneError| Err(E::from(lane.into())))
}

/// Where a connection is, or will be.
struct Slot {
    address: Arc<PgAddress>,
    preparation: Preparation,
    ledger: Option<Ledger>,
    connection: Option<Db>,
}

impl Slot {
    /// Does the work, and does it again when another transaction was in the way or the connection broke before the
    /// commit: nothing was done then.
    fn persist<T, E: Failure>(
        &mut self,
        begin: Begin,
        work: impl FnOnce(&mut Db) -> Result<T, E> + Clone,
    ) -> Result<T, E> {
        let since = Instant::now();
        let mut tries = 1;
        loop {
            match self.attempt(begin, work.clone()) {
                Err(error) if tries < TRIES && since.elapsed() < PERSISTENCE && may_succeed_now(&error) => pause(tries),
                outcome => return outcome,
            }
            tries += 1;
        }
    }

    fn attempt<T, E: Failure>(&mut self, begin: Begin, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        let mut db = match self.connection.take() {
            Some(db) => db,
            None => connect_with(&self.address, LONGEST_ANSWER, self.preparation).map(Db::Postgres).map_err(E::from)?,
        };
        let (outcome, ended) = ledger::gather(|| transaction(&mut db, begin, work));
        // One that broke, or that fails in ways of its own, is not worth keeping: a server that became read-only, for
        // one, has a successor elsewhere. After a panic it is gone as well.
        let refused = outcome.as_ref().err().and_then(Failure::of_storage);
        let spoilt = matches!(refused, Some(Error::Lost(_) | Error::Unavailable(_)));
        if !spoilt && !is_lost(&db) {
            self.connection = Some(db);
        }
        if let Some(ledger) = self.ledger.as_ref().filter(|_| !ended.is_empty()) {
            // What was committed and can't be noted is not acknowledged.
            ledger.note(ended).map_err(|error| E::from(error.into()))?;
        }
        outcome
    }
}

/// A connection for work that takes its time, on a thread of its own.
///
/// # Errors
/// When the server can't be reached.
pub fn connect(address: &PgAddress) -> Result<PgConnection, Error> {
    connect_with(address, LONGEST_MIGRATION, Preparation::Kept)
}

fn connect_with(address: &PgAddress, patience: Duration, preparation: Preparation) -> Result<PgConnection, Error> {
    let unavailable = |error: std::io::Error| Error::Unavailable(error.to_string());
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(unavailable)?;
    let client = runtime.block_on(address.connect())?;
    Ok(PgConnection::new(client, runtime, patience, preparation))
}

fn begin_read(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Postgres(connection) => connection.begin_read(BEGIN_READ),
        Db::Sqlite(_) => Ok(()),
    }
}

fn begin_write(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Postgres(connection) => connection.begin(BEGIN_WRITE),
        Db::Sqlite(_) => Ok(()),
    }
}

fn is_lost(db: &Db) -> bool {
    matches!(db, Db::Postgres(connection) if connection.is_lost())
}

fn may_succeed_now(error: &impl Failure) -> bool {
    matches!(error.of_storage(), Some(Error::Contended(_) | Error::Lost(_)))
}

/// Longer from try to try, and not as long as those who were in the way wait.
fn pause(tries: u32) {
    let longest = 2_u64 << tries;
    thread::sleep(Duration::from_millis(rand::random_range(1..=longest)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_rests_for_what_others_would_meet_as_well() {
        assert!(speaks_against_the_server(&Error::Lost("the server closed the connection".into())));
        assert!(speaks_against_the_server(&Error::Unavailable("nobody listens there".into())));
        assert!(!speaks_against_the_server(&Error::corrupt("role")));
        assert!(!speaks_against_the_server(&Error::Contended("conflict with recovery".into())));
    }
}
