//! The store: what the rest of the service knows of the database.

use std::sync::Arc;

use super::{
    address::Address,
    db::Db,
    engines::{
        postgres::{self, Lanes},
        sqlite,
    },
    error::{Error, Failure},
    ledger::Ledger,
    postgres::{address::PgAddress, connection::Preparation},
    transaction::{Answer, Boxed, Work},
};

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the database is.
    pub address: Address,
    /// Where reads that may be a moment old can go, on PostgreSQL.
    pub replica: Option<PgAddress>,
    /// How many reads run at once.
    pub read_connections: usize,
    /// How many writes run at once, on PostgreSQL; SQLite has one writer.
    pub write_connections: usize,
    /// How many writes may wait before further ones are refused.
    pub write_queue: usize,
    /// Whether PostgreSQL keeps prepared statements.
    pub prepared_statements: bool,
    /// Where what ends is noted beside the database.
    pub ledger: Option<Ledger>,
}

impl Options {
    /// Those that hold unless somebody says otherwise.
    #[must_use]
    pub const fn of(address: Address) -> Self {
        Self {
            address,
            replica: None,
            read_connections: 4,
            write_connections: 8,
            write_queue: 1024,
            prepared_statements: true,
            ledger: None,
        }
    }
}

/// The door to the database; clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<Engine>,
    ledger: Option<Ledger>,
}

#[derive(Debug)]
enum Engine {
    Sqlite(sqlite::Engine),
    Postgres(postgres::Engine),
}

#[derive(Debug, Clone, Copy)]
enum How {
    Read,
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
            Address::Sqlite(file) => {
                let ledger = options.ledger.as_ref();
                Engine::Sqlite(sqlite::Engine::open(file, options.read_connections, options.write_queue, ledger)?)
            }
            Address::Postgres(primary) => {
                let lanes = Lanes {
                    read_connections: options.read_connections,
                    write_connections: options.write_connections,
                    write_queue: options.write_queue,
                    preparation: if options.prepared_statements { Preparation::Kept } else { Preparation::EachTime },
                };
                let ledger = options.ledger.as_ref();
                Engine::Postgres(postgres::Engine::open(primary, options.replica.as_ref(), lanes, ledger)?)
            }
        };
        Ok(Self { engine: Arc::new(engine), ledger: options.ledger.clone() })
    }

    /// Where what ends is noted beside the database, if anywhere.
    #[must_use]
    pub const fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
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
    /// the closure undoes it. The closure may
    /// run again when another transaction was in the way.
    ///
    /// # Errors
    /// What the closure answers, or why the database could not be changed.
    pub async fn write<T: Send + 'static, E: Failure>(&self, work: impl Work<T, E>) -> Result<T, E> {
        self.run(How::Write, Boxed::of(work)).await.and_then(Boxed::answer)
    }

    async fn run<E: Failure>(&self, how: How, work: Boxed<E>) -> Result<Answer, E> {
        let work = move |db: &mut Db| work.run(db);
        match (&*self.engine, how) {
            (Engine::Sqlite(engine), How::Read | How::ReadReplica) => engine.read(work).await,
            (Engine::Sqlite(engine), How::Write) => engine.write(work).await,
            (Engine::Postgres(engine), How::Read) => engine.read(work).await,
            (Engine::Postgres(engine), How::ReadReplica) => engine.read_replica(work).await,
            (Engine::Postgres(engine), How::Write) => engine.write(work).await,
        }
    }
}
