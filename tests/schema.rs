//! The tables that the migrations make are those that the code believes in, and keep the rules of `ARCHITECTURE.md`.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use cramp_diary::storage::{Address, Options, Store};
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection,
    sql_types::{Integer, Text},
};

const SCHEMA: &str = include_str!("../src/storage/schema.rs");

/// Tables that belong to people and not to diaries.
const OF_PEOPLE: [&str; 5] = ["users", "sessions", "refresh_tokens", "sign_in_failures", "address_allowances"];

#[derive(Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: &'static str,
    may_be_null: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Table {
    key: Vec<String>,
    columns: Vec<Column>,
}

#[derive(QueryableByName)]
struct TableRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Integer)]
    strict: i32,
    #[diesel(sql_type = Integer)]
    wr: i32,
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Integer)]
    not_null: i32,
    #[diesel(sql_type = Integer)]
    key: i32,
}

fn migrated() -> (tempfile::TempDir, SqliteConnection) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cramp-diary.db");
    Store::open(&Options::of(Address::Sqlite(file.clone()))).unwrap();
    let db = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    (folder, db)
}

fn tables(db: &mut SqliteConnection) -> Vec<TableRow> {
    diesel::sql_query(
        "SELECT name, strict, wr FROM pragma_table_list
         WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '__diesel%'
         ORDER BY name",
    )
    .load(db)
    .unwrap()
}

fn columns(db: &mut SqliteConnection, table: &str) -> Vec<ColumnRow> {
    diesel::sql_query("SELECT name, type AS kind, \"notnull\" AS not_null, pk AS key FROM pragma_table_info(?)")
        .bind::<Text, _>(table)
        .load(db)
        .unwrap()
}

fn made_by_the_migrations() -> BTreeMap<String, Table> {
    let (_folder, mut db) = migrated();
    let names: Vec<_> = tables(&mut db).into_iter().map(|table| table.name).collect();
    names
        .into_iter()
        .map(|name| {
            let rows = columns(&mut db, &name);
            let mut key: Vec<_> = rows.iter().filter(|row| row.key > 0).collect();
            key.sort_by_key(|row| row.key);
            let key = key.into_iter().map(|row| row.name.clone()).collect();
            let columns = rows
                .into_iter()
                .map(|row| Column {
                    kind: match row.kind.as_str() {
                        "TEXT" => "TEXT",
                        "INTEGER" => "INTEGER",
                        "BLOB" => "BLOB",
                        other => panic!("{name}.{}: {other}", row.name),
                    },
                    may_be_null: row.not_null == 0,
                    name: row.name,
                })
                .collect();
            (name, Table { key, columns })
        })
        .collect()
}

fn believed_by_the_code() -> BTreeMap<String, Table> {
    let mut tables = BTreeMap::new();
    for block in SCHEMA.split("diesel::table! {").skip(1) {
        let mut lines = block.lines().map(str::trim).skip_while(|line| line.is_empty() || line.starts_with("use "));
        let (name, key) = lines.next().unwrap().split_once(" (").unwrap();
        let key = key.split_once(')').unwrap().0.split(", ").map(str::to_owned).collect();
        let columns = lines.take_while(|line| *line != "}").map(column).collect();
        tables.insert(name.to_owned(), Table { key, columns });
    }
    tables
}

fn column(line: &str) -> Column {
    let (name, kind) = line.trim_end_matches(',').split_once(" -> ").unwrap();
    let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
    let storage = match inner.unwrap_or(kind) {
        "Text" | "Date" => "TEXT",
        "Integer" | "BigInt" | "Bool" | "Moment" => "INTEGER",
        "Binary" => "BLOB",
        other => panic!("{name}: {other}"),
    };
    Column { name: name.to_owned(), kind: storage, may_be_null: inner.is_some() }
}

#[test]
fn the_migrations_make_the_tables_that_the_code_believes_in() {
    let (made, believed) = (made_by_the_migrations(), believed_by_the_code());
    assert_eq!(made.keys().collect::<Vec<_>>(), believed.keys().collect::<Vec<_>>());
    for (name, table) in &made {
        assert_eq!(table.columns, believed[name].columns, "{name}");
        // Cramps are clustered by onset; the code finds them by their id, which is unique as well.
        if name != "episodes" {
            assert_eq!(table.key, believed[name].key, "{name}");
        }
    }
    assert_eq!(made["episodes"].key, ["diary_id", "started_at", "id"]);
}

#[test]
fn the_key_of_every_table_of_a_diary_begins_with_the_diary() {
    for (name, table) in made_by_the_migrations() {
        if !OF_PEOPLE.contains(&name.as_str()) {
            let expected = if name == "diaries" { "id" } else { "diary_id" };
            assert_eq!(table.key[0], expected, "{name}");
        }
    }
}

#[test]
fn tables_are_strict_and_lie_in_the_order_of_their_key() {
    let (_folder, mut db) = migrated();
    for table in tables(&mut db) {
        assert_eq!((table.strict, table.wr), (1, 1), "{}", table.name);
    }
}
