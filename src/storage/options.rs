//! How a store is opened.

use super::{Checkpoints, address::Address, ledger::Ledger, postgres::address::PgAddress, vault::Vault};
use crate::foundation::fair_queue::Room;

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
    /// How many reads, and how many writes, of one party may wait.
    pub waiting_each: usize,
    /// Whether PostgreSQL keeps prepared statements.
    pub prepared_statements: bool,
    /// Who moves SQLite's log into the database.
    pub checkpoints: Checkpoints,
    /// Where what ends is noted beside the database.
    pub ledger: Option<Ledger>,
    /// What opens the secrets in it.
    pub vault: Vault,
}

impl Options {
    /// Those that hold unless somebody says otherwise.
    #[must_use]
    pub fn of(address: Address) -> Self {
        Self {
            address,
            replica: None,
            read_connections: 4,
            write_connections: 8,
            write_queue: 1024,
            waiting_each: 256,
            prepared_statements: true,
            checkpoints: Checkpoints::Service,
            ledger: None,
            vault: Vault::default(),
        }
    }

    /// The room of the lanes that read: half of the connections are there for others, whatever one party asks.
    #[must_use]
    pub(super) const fn room_of_reads(&self) -> Room {
        Room { all: READ_QUEUE, each: self.waiting_each, at_once: self.read_connections.div_ceil(2) }
    }
}

/// How many reads may wait.
const READ_QUEUE: usize = 1024;
/// How many reads that take their time run at once, and how many wait: each of another party.
pub const LONG_READS: usize = 2;
/// The room of the lane for them.
pub const ROOM_OF_LONG_READS: Room = Room { all: 64, each: 2, at_once: 1 };
