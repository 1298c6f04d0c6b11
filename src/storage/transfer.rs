//! A whole service from one database into another, of either engine.

use std::path::Path;

use diesel::{QueryResult, prelude::*};

use super::{
    address::Address,
    db::Db,
    engines::{migrations, postgres},
    error::Error,
    schema,
    sqlite::{
        self,
        connection::{self, Use},
    },
    tables::BATCH,
    transaction::transaction,
};
use crate::foundation::private_file;

/// How many rows of which table were copied.
pub type Copied = Vec<(&'static str, i64)>;

/// Copies everything that one database holds into another one, which must hold nothing. All of it arrives or nothing
/// does: it is one snapshot of the one and one transaction of the other, compared before it is committed.
///
/// # Errors
/// When the source is not there or not up to date, the target holds something, or what arrived differs.
pub fn copy(from: &Address, to: &Address) -> Result<Copied, Error> {
    let mut source = open_source(from)?;
    let mut target = open_target(to)?;
    let copied = transaction(&mut source, begin_snapshot, |source| {
        transaction(&mut target, begin_everything, |target| {
            refuse_what_holds_something(target)?;
            // A start noted rules by which no clock was worked out yet, and a key that has sealed nothing.
            diesel::delete(schema::zone_rules::table).execute(target)?;
            diesel::delete(schema::sealing_keys::table).execute(target)?;
            let mut copied = Copied::new();
            for (table, copy) in schema::KEYED {
                copied.push((table, copy(source, target)?));
            }
            copied.extend(diaries(source, target)?);
            Ok::<_, Error>(copied)
        })
    })?;
    drop(target);
    if let Address::Sqlite(file) = to {
        sqlite::files::empty_log(file)?;
    }
    Ok(copied)
}

fn open_source(address: &Address) -> Result<Db, Error> {
    let mut db = match address {
        Address::Sqlite(file) => {
            must_exist(file)?;
            Db::Sqlite(connection::connect(file, Use::Read)?)
        }
        Address::Postgres(address) => Db::Postgres(postgres::connect(address)?),
    };
    if migrations::is_current(&mut db)? {
        Ok(db)
    } else {
        Err(Error::Failed(format!("{address} is not up to date; run migrate on it first")))
    }
}

fn must_exist(file: &Path) -> Result<(), Error> {
    if file.is_file() { Ok(()) } else { Err(Error::Failed(format!("{}: there is no such file", file.display()))) }
}

fn open_target(address: &Address) -> Result<Db, Error> {
    let mut db = match address {
        Address::Sqlite(file) => {
            private_file::make(file).map_err(|error| Error::Failed(error.to_string()))?;
            Db::Sqlite(connection::connect(file, Use::Write)?)
        }
        Address::Postgres(address) => Db::Postgres(postgres::connect(address)?),
    };
    migrations::migrate(&mut db)?;
    Ok(db)
}

fn begin_snapshot(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(db) => connection::begin(db, "BEGIN"),
        Db::Postgres(connection) => connection.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
    }
}

fn begin_everything(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(db) => connection::begin(db, "BEGIN IMMEDIATE"),
        Db::Postgres(connection) => connection.begin("BEGIN"),
    }
}

/// Everything else hangs on a person.
fn refuse_what_holds_something(target: &mut Db) -> Result<(), Error> {
    let rows = [
        schema::users::table.count().get_result::<i64>(target)?,
        schema::sign_in_failures::table.count().get_result(target)?,
        schema::address_allowances::table.count().get_result(target)?,
    ];
    if rows == [0, 0, 0] { Ok(()) } else { Err(Error::Failed("the target is not empty; nothing was copied".into())) }
}

/// The diaries one after the other, each with what hangs on it.
fn diaries(source: &mut Db, target: &mut Db) -> Result<Copied, Error> {
    let mut copied: Copied = schema::OF_A_DIARY.iter().map(|(table, _)| (*table, 0)).collect();
    let mut last = String::new();
    loop {
        let following = schema::diaries::table.select(schema::diaries::id).filter(schema::diaries::id.gt(&last));
        let ids: Vec<String> = following.order(schema::diaries::id).limit(BATCH).load(source)?;
        let Some(id) = ids.last() else { return Ok(copied) };
        last.clone_from(id);
        for id in &ids {
            for ((_, sum), (_, copy)) in copied.iter_mut().zip(schema::OF_A_DIARY) {
                *sum += copy(source, target, id)?;
            }
            same_diary(source, target, id)?;
        }
    }
}

/// The revision is the same, and the kept sums count the cramps that are there.
fn same_diary(source: &mut Db, target: &mut Db, id: &str) -> Result<(), Error> {
    let revision = || schema::diaries::table.find(id).select(schema::diaries::revision);
    let revisions: (i64, i64) = (revision().first(source)?, revision().first(target)?);
    let cramps: i64 = schema::episodes::table.filter(schema::episodes::diary_id.eq(id)).count().get_result(target)?;
    let counted: Option<i64> = schema::covered_days::table
        .filter(schema::covered_days::diary_id.eq(id))
        .select(diesel::dsl::sum(schema::covered_days::episodes))
        .get_result(target)?;
    if revisions.0 == revisions.1 && cramps == counted.unwrap_or(0) {
        Ok(())
    } else {
        Err(Error::Failed(format!("the diary {id} did not arrive as it was; nothing was copied")))
    }
}
