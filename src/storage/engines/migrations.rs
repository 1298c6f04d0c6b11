//! The tables, brought up to date.

use diesel::{QueryResult, backend::Backend, connection::SimpleConnection, migration::MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::storage::{
    Db, Error,
    sqlite::connection::{self, dangling_rows},
    transaction::transaction,
};

const OF_SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const OF_POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any number, as long as nobody else locks it in this database: "crmp".
const LOCK: i64 = 0x6372_6D70;

/// Brings the tables up to date, all or nothing, and says how many steps that took. Of several processes that start at
/// once, one does it and the others wait.
///
/// # Errors
/// When they are those of a newer version, or a step fails.
pub fn migrate(db: &mut Db) -> Result<usize, Error> {
    let applied = transaction(db, begin, |db| match db {
        Db::Sqlite(connection) => {
            let applied = apply(connection, OF_SQLITE)?;
            // The check reads every row: only who changed tables has to pay for it.
            if applied > 0 && dangling_rows(connection)? > 0 {
                return Err(failed("rows refer to rows that are not there"));
            }
            Ok(applied)
        }
        Db::Postgres(connection) => apply(connection, OF_POSTGRES),
    })?;
    if let Db::Sqlite(connection) = db {
        connection.batch_execute("PRAGMA foreign_keys = ON")?;
    }
    Ok(applied)
}

/// Whether the tables are those of this version.
///
/// # Errors
/// When they are those of a newer one.
pub fn is_current(db: &mut Db) -> Result<bool, Error> {
    match db {
        Db::Sqlite(connection) => nothing_pends(connection, OF_SQLITE),
        Db::Postgres(connection) => nothing_pends(connection, OF_POSTGRES),
    }
}

fn begin(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(db) => {
            // A migration that builds a table anew drops the old one, which would take the rows that refer to it along.
            // The setting can't change within a transaction.
            db.batch_execute("PRAGMA foreign_keys = OFF")?;
            connection::begin(db, "BEGIN IMMEDIATE")
        }
        Db::Postgres(connection) => {
            connection.begin("BEGIN")?;
            // Of the transaction and not of the session: a pooler may give the next transaction another one.
            connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})"))
        }
    }
}

fn apply<DB: Backend>(db: &mut impl MigrationHarness<DB>, migrations: EmbeddedMigrations) -> Result<usize, Error>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    refuse_newer_version(db, &migrations)?;
    Ok(db.run_pending_migrations(migrations).map_err(failed)?.len())
}

fn nothing_pends<DB: Backend>(db: &mut impl MigrationHarness<DB>, migrations: EmbeddedMigrations) -> Result<bool, Error>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    refuse_newer_version(db, &migrations)?;
    db.has_pending_migration(migrations).map(|pending| !pending).map_err(failed)
}

/// There is no way back: an older version would write into tables that it does not know.
fn refuse_newer_version<DB: Backend>(
    db: &mut impl MigrationHarness<DB>,
    migrations: &EmbeddedMigrations,
) -> Result<(), Error>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known = migrations.migrations().map_err(failed)?;
    let applied = db.applied_migrations().map_err(failed)?;
    if applied.iter().all(|version| known.iter().any(|known| known.name().version() == *version)) {
        Ok(())
    } else {
        Err(Error::Failed("the database was brought up to date by a newer version of this service".into()))
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Failed(format!("migration failed: {error}"))
}
