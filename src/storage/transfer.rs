//! A whole service from one database into another, of either engine.

use std::path::Path;

use chrono::NaiveDate;
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
    transaction::transaction,
};
use crate::foundation::{clock::Instant, private_file};

/// How many rows are in memory at a time.
const BATCH: i64 = 1_000;

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
            let mut copied = people(source, target)?;
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

/// Copies some rows of a table. Every column is named here, and all of them are asked for: one that is added to the
/// schema alone does not compile.
macro_rules! insert_rows {
    ($target:ident, $rows:expr, $table:ident { $($column:ident: $type:ty),+ }) => {
        for row in $rows {
            let ($($column,)+): ($($type,)+) = row;
            diesel::insert_into(schema::$table::table)
                .values(($(schema::$table::$column.eq($column),)+))
                .execute($target)?;
        }
    };
}

/// Tables of people, whose rows are found by one key.
macro_rules! people {
    ($($table:ident by $key:ident: $key_type:ty { $($column:ident: $type:ty),+ $(,)? })+) => {
        fn people(source: &mut Db, target: &mut Db) -> Result<Copied, Error> {
            Ok(vec![$((stringify!($table), {
                let mut last: Option<$key_type> = None;
                loop {
                    let mut query = schema::$table::table
                        .select(schema::$table::all_columns)
                        .order(schema::$table::$key)
                        .limit(BATCH)
                        .into_boxed();
                    if let Some(last) = &last {
                        query = query.filter(schema::$table::$key.gt(last.clone()));
                    }
                    let rows: Vec<($($type,)+)> = query.load(source)?;
                    let Some(row) = rows.last() else { break };
                    // The key is every table's first column.
                    last = Some(row.0.clone());
                    insert_rows!(target, rows, $table { $($column: $type),+ });
                }
                let counts = (
                    schema::$table::table.count().get_result(source)?,
                    schema::$table::table.count().get_result(target)?,
                );
                same(stringify!($table), counts)?
            })),+])
        }
    };
}

people! {
    users by id: String {
        id: String, email: String, email_key: String, password_hash: String, display_name: Option<String>,
        kind: String, time_zone: String, diary_id: Option<String>, created_at: Instant, updated_at: Instant,
    }
    sessions by id: String {
        id: String, user_id: String, device_name: Option<String>, created_at: Instant, last_used_at: Instant,
        expires_at: Instant, ended_at: Option<Instant>, ends_at: Instant,
    }
    refresh_tokens by token_hash: Vec<u8> {
        token_hash: Vec<u8>, session_id: String, expires_at: Instant, spent_at: Option<Instant>,
        child_hash: Option<Vec<u8>>, sealed_child: Option<Vec<u8>>,
    }
    second_factors by user_id: String {
        user_id: String, secret: Vec<u8>, confirmed_at: Option<Instant>, last_step: Option<i64>, created_at: Instant,
    }
    recovery_codes by code_hash: Vec<u8> { code_hash: Vec<u8>, user_id: String }
    page_keys by key_hash: Vec<u8> { key_hash: Vec<u8>, session_id: String }
    sign_in_failures by guesser: Vec<u8> {
        guesser: Vec<u8>, failures: i32, last_failed_at: Instant, blocked_until: Instant,
    }
    address_allowances by address: Vec<u8> { address: Vec<u8>, spent_until: Instant }
}

/// Copies the diaries one after the other, each with what hangs on it.
fn diaries(source: &mut Db, target: &mut Db) -> Result<Copied, Error> {
    type Row = (String, String, Option<String>, String, i32, i32, i32, i64, i64, Instant, Instant);
    let mut total: Copied = Vec::new();
    let mut count = 0;
    let mut last: Option<String> = None;
    loop {
        let mut query = schema::diaries::table
            .select(schema::diaries::all_columns)
            .order(schema::diaries::id)
            .limit(BATCH)
            .into_boxed();
        if let Some(last) = &last {
            query = query.filter(schema::diaries::id.gt(last.clone()));
        }
        let rows: Vec<Row> = query.load(source)?;
        let Some(row) = rows.last() else { break };
        last = Some(row.0.clone());
        for row in rows {
            let id = row.0.clone();
            insert_rows!(target, [row], diaries {
                id: String, owner_id: String, display_name: Option<String>, time_zone: String, night_start: i32,
                night_end: i32, evening_start: i32, revision: i64, complete_since: i64, created_at: Instant,
                updated_at: Instant
            });
            let copied = diary(source, target, &id)?;
            same_diary(source, target, &id)?;
            count += 1;
            if total.is_empty() {
                total = copied;
            } else {
                total.iter_mut().zip(copied).for_each(|((_, sum), (_, rows))| *sum += rows);
            }
        }
    }
    total.insert(0, ("diaries", count));
    Ok(total)
}

/// Tables of a diary.
macro_rules! of_a_diary {
    ($($table:ident { $($column:ident: $type:ty),+ $(,)? })+) => {
        fn diary(source: &mut Db, target: &mut Db, id: &str) -> Result<Copied, Error> {
            Ok(vec![$((stringify!($table), {
                for batch in 0.. {
                    let rows: Vec<($($type,)+)> = schema::$table::table
                        .filter(schema::$table::diary_id.eq(id))
                        .select(schema::$table::all_columns)
                        .order(schema::$table::table.primary_key())
                        .limit(BATCH)
                        .offset(batch * BATCH)
                        .load(source)?;
                    if rows.is_empty() {
                        break;
                    }
                    insert_rows!(target, rows, $table { $($column: $type),+ });
                }
                let rows = || schema::$table::table.filter(schema::$table::diary_id.eq(id)).count();
                same(stringify!($table), (rows().get_result(source)?, rows().get_result(target)?))?
            })),+])
        }
    };
}

of_a_diary! {
    grants {
        diary_id: String, user_id: String, role: String, created_at: Instant, id: String,
        access_until: Option<Instant>, visible_from: Option<NaiveDate>, include_notes: bool,
    }
    consents {
        diary_id: String, id: String, kind: String, role: String, label: Option<String>,
        visible_from: Option<NaiveDate>, include_notes: bool, access_until: Option<Instant>, words_version: String,
        language: String, given_at: Instant, open_until: Instant, accepted_at: Option<Instant>,
        accepted_by: Option<String>, accepted_name: Option<String>, accepted_email: Option<String>,
        withdrawn_at: Option<Instant>, withdrawn_by: Option<String>,
    }
    report_links {
        diary_id: String, id: String, from_date: Option<NaiveDate>, to_date: Option<NaiveDate>,
        passcode_hash: Option<String>,
    }
    share_keys { key_hash: Vec<u8>, diary_id: String, consent_id: String, expires_at: Instant }
    access_log {
        diary_id: String, id: String, at: Instant, consent_id: Option<String>, user_id: Option<String>,
        user_name: Option<String>, user_email: Option<String>, role: String, access: String, what: String,
        target: Option<String>,
    }
    reviews {
        diary_id: String, id: String, user_id: String, user_name: Option<String>, revision: i64,
        reviewed_at: Instant,
    }
    episodes {
        diary_id: String, id: String, started_at: Instant, time_zone: String, local_date: NaiveDate, local_minute: i32,
        duration_seconds: Option<i32>, intensity: Option<i32>, sites: String, context: Option<String>,
        interrupted_sleep: Option<bool>, sleep_disturbance: Option<i32>, triggers: String, relief: String,
        note: Option<String>, soreness_days_logged: i32, soreness_peak: Option<i32>, soreness_last_level: Option<i32>,
        soreness_resolved_day: Option<i32>, revision: i64, created_at: Instant, updated_at: Instant,
    }
    soreness {
        diary_id: String, episode_id: String, date: NaiveDate, day: i32, level: i32, tender_to_touch: Option<bool>,
        limits_walking: Option<bool>, revision: i64, created_at: Instant, updated_at: Instant,
    }
    check_ins {
        diary_id: String, date: NaiveDate, cramp_free: bool, note: Option<String>, revision: i64, created_at: Instant,
        updated_at: Instant,
    }
    treatments {
        diary_id: String, id: String, kind: String, name: String, started_on: NaiveDate, ended_on: Option<NaiveDate>,
        note: Option<String>, revision: i64, created_at: Instant, updated_at: Instant,
    }
    tombstones { diary_id: String, kind: String, id: String, revision: i64, deleted_at: Instant }
    covered_days {
        diary_id: String, date: NaiveDate, checked_in: bool, episodes: i32, night_begun_this_date: i32,
        night_begun_the_date_before: i32, evening: i32, sleep_interrupted: i32, sleep_not_interrupted: i32,
        late_and_sleep_interrupted: i32, in_bed: i32, not_in_bed: i32, on_the_move: i32,
        tally: Option<String>,
    }
}

fn same(table: &str, (source, target): (i64, i64)) -> Result<i64, Error> {
    if source == target {
        Ok(target)
    } else {
        Err(Error::Failed(format!("{table}: of {source} rows, {target} arrived; nothing was copied")))
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
