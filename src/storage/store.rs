//! The store: what the rest of the service knows of the database.

use std::sync::Arc;

use super::{
    address::Address,
    db::Db,
    engines::{postgres, sqlite},
    error::{Error, Failure},
    ledger::Ledger,
    options::Options,
    transaction::{Answer, Boxed, Work},
    vault::Vault,
};
use crate::foundation::party::Party;

/// The door to the database; clones share it. What is done waits in the line of whose work it is.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<Engine>,
    ledger: Option<Ledger>,
    vault: Vault,
    party: Party,
}

#[derive(Debug)]
enum Engine {
    Sqlite(sqlite::Engine),
    Postgres(postgres::Engine),
}

#[derive(Debug, Clone, Copy)]
enum How {
    Read,
    ReadLong,
    ReadReplica,
    Write,
}

impl Store {
    /// Opens the database and brings its tables up to date. A file is made when it is not there.
    ///
    /// # Errors
    /// When it can't be reached or migrated, or the system refuses threads.
    pub fn open(options: &Options) -> Result<Self, Error> {
        let engine = match &options.address {
            Address::Sqlite(file) => Engine::Sqlite(sqlite::Engine::open(file, options)?),
            Address::Postgres(primary) => Engine::Postgres(postgres::Engine::open(primary, options)?),
        };
        let (ledger, vault) = (options.ledger.clone(), options.vault.clone());
        Ok(Self { engine: Arc::new(engine), ledger, vault, party: Party::Service })
    }

    /// The same database, for the work of somebody else than the service itself.
    #[must_use]
    pub fn on_behalf_of(&self, party: Party) -> Self {
        Self { party, ..self.clone() }
    }

    /// Where what ends is noted beside the database, if anywhere.
    #[must_use]
    pub const fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// What opens the secrets in it, and seals new ones.
    #[must_use]
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Has the past overwritten in the database's log as well, within a second or so: for erasing what somebody wants
    /// gone. In SQLite's file itself, what is deleted is overwritten at once. PostgreSQL overwrites it in its own time.
    pub fn forget_the_past_soon(&self) {
        match &*self.engine {
            Engine::Sqlite(engine) => engine.forget_the_past_soon(),
            Engine::Postgres(_) => {}
        }
    }

    /// Runs a read on a consistent snapshot, off the event loop.
    ///
    /// # Errors
    /// What the closure answers, or why the database could not be asked.
    pub async fn read<T: Send + 'static, E: Failure>(&self, work: impl Work<T, E>) -> Result<T, E> {
        self.run(How::Read, Boxed::of(work)).await.and_then(Boxed::answer)
    }

    /// Runs a read that takes its time, as [`Store::read`] does, on a connection that other reads do not wait for.
    ///
    /// # Errors
    /// What the closure answers, or why the database could not be asked.
    pub async fn read_long<T: Send + 'static, E: Failure>(&self, work: impl Work<T, E>) -> Result<T, E> {
        self.run(How::ReadLong, Boxed::of(work)).await.and_then(Boxed::answer)
    }

    /// Whether there is a replica to read from, as far as is known.
    #[must_use]
    pub fn has_replica(&self) -> bool {
        match &*self.engine {
            Engine::Sqlite(_) => false,
            Engine::Postgres(engine) => engine.has_replica(),
        }
    }

    /// Runs a read on a consistent snapshot of the replica. It may be behind, so the work has to look.
    ///
    /// # Errors
    /// What the closure answers, or why the replica could not be asked.
    pub async fn read_replica<T: Send + 'static, E: Failure>(&self, work: impl Work<T, E>) -> Result<T, E> {
        self.run(How::ReadReplica, Boxed::of(work)).await.and_then(Boxed::answer)
    }

    /// Runs a write as one transaction and answers after its commit, and after the ledger has what it ended; an error of
    /// the closure undoes it. The closure may run again when another transaction was in the way.
    ///
    /// # Errors
    /// What the closure answers, or why the database could not be changed.
    pub async fn write<T: Send + 'static, E: Failure>(&self, work: impl Work<T, E>) -> Result<T, E> {
        self.run(How::Write, Boxed::of(work)).await.and_then(Boxed::answer)
    }

    async fn run<E: Failure>(&self, how: How, work: Boxed<E>) -> Result<Answer, E> {
        let work = move |db: &mut Db| work.run(db);
        let party = self.party;
        match (&*self.engine, how) {
            (Engine::Sqlite(engine), How::Read | How::ReadReplica) => engine.read(party, work).await,
            (Engine::Sqlite(engine), How::ReadLong) => engine.read_long(party, work).await,
            (Engine::Sqlite(engine), How::Write) => engine.write(party, work).await,
            (Engine::Postgres(engine), How::Read) => engine.read(party, work).await,
            (Engine::Postgres(engine), How::ReadLong) => engine.read_long(party, work).await,
            (Engine::Postgres(engine), How::ReadReplica) => engine.read_replica(party, work).await,
            (Engine::Postgres(engine), How::Write) => engine.write(party, work).await,
        }
    }
}
