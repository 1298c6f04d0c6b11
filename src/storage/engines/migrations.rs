//! The tables in PostgreSQL.

use diesel::{QueryResult, connection::SimpleConnection, migration::MigrationSource, pg::Pg};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::storage::{Db, Error, postgres::connection::PgConnection, transaction::transaction};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any number, as long as nobody else locks it in this database: "crmp".
const LOCK: i64 = 0x6372_6D70;

/// Brings the tables up to date, all or nothing. Of several processes that start at once, one does it and the others
/// wait.
pub fn migrate(db: &mut Db) -> Result<usize, Error> {
    transaction(db, begin, |db| match db {
        Db::Postgres(connection) => {
            refuse_newer_version(connection)?;
            Ok(connection.run_pending_migrations(MIGRATIONS).map_err(failed)?.len())
        }
        Db::Sqlite(_) => Err(Error::Failed("these are PostgreSQL's migrations".into())),
    })
}

/// Whether the tables are those of this version.
///
/// # Errors
/// When they are those of a newer one.
pub fn is_current(db: &mut PgConnection) -> Result<bool, Error> {
    refuse_newer_version(db)?;
    db.has_pending_migration(MIGRATIONS).map(|pending| !pending).map_err(failed)
}

fn begin(db: &mut Db) -> QueryResult<()> {
    let Db::Postgres(connection) = db else { return Ok(()) };
    connection.begin("BEGIN")?;
    // Of the transaction and not of the session: a pooler may give the next transaction another one.
    connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})"))
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Failed(format!("migration failed: {error}"))
}

/// There is no way back: an older version would write into tables that it does not know.
fn refuse_newer_version(db: &mut PgConnection) -> Result<(), Error> {
    let known = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(failed)?;
    let applied = db.applied_migrations().map_err(failed)?;
    if applied.iter().all(|version| known.iter().any(|known| known.name().version() == *version)) {
        Ok(())
    } else {
        Err(Error::Failed("the database was brought up to date by a newer version of this service".into()))
    }
}
