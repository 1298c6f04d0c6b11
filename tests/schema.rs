//! The tables that the migrations make are those that the code believes in, and keep the rules of `ARCHITECTURE.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "postgres/mod.rs"]
mod postgres;

use std::collections::{BTreeMap, BTreeSet};

use cramp_diary::storage::{Address, Options, Store};
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_types::{Integer, Text},
};

const SCHEMA: &str = include_str!("../src/storage/schema.rs");

/// Tables that belong to people and not to diaries, lead to a diary from a secret, tell of diaries that are gone, or of all.
const OF_NO_DIARY: [&str; 26] = [
    "users",
    "sessions",
    "refresh_tokens",
    "sign_in_failures",
    "address_allowances",
    "second_factors",
    "recovery_codes",
    "passkeys",
    "passkey_challenges",
    "share_keys",
    "page_keys",
    "known_devices",
    "letters",
    "mail_keys",
    "notices",
    "email_changes",
    "personal_tokens",
    "clients",
    "connections",
    "connection_tokens",
    "webhooks",
    "webhook_deliveries",
    "webhook_diaries",
    "endings",
    "zone_rules",
    "sealing_keys",
];

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

/// A table in Diesel's words: its name, its key, and its columns with their types.
type Declared = (&'static str, &'static str, Vec<(&'static str, &'static str)>);

fn declared() -> Vec<Declared> {
    let mut tables: Vec<Declared> = Vec::new();
    for line in SCHEMA.lines().map(str::trim) {
        if let Some((name, key)) = line.strip_suffix(") {").and_then(|line| line.split_once(" (")) {
            tables.push((name, key, Vec::new()));
        } else if let Some(column) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            tables.last_mut().unwrap().2.push(column);
        }
    }
    tables
}

/// A type of the code, and whether it may be null.
fn unwrapped(kind: &'static str) -> (&'static str, bool) {
    let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
    (inner.unwrap_or(kind), inner.is_some())
}

fn believed_by_the_code() -> BTreeMap<String, Table> {
    let table = |(name, key, columns): (&str, &str, Vec<(&'static str, &'static str)>)| {
        let key = key.split(", ").map(str::to_owned).collect();
        (name.to_owned(), Table { key, columns: columns.into_iter().map(column).collect() })
    };
    declared().into_iter().map(table).collect()
}

fn column((name, kind): (&str, &'static str)) -> Column {
    let (kind, may_be_null) = unwrapped(kind);
    let storage = match kind {
        "Text" | "Date" => "TEXT",
        "Integer" | "BigInt" | "Bool" | "Moment" => "INTEGER",
        "Binary" => "BLOB",
        other => panic!("{name}: {other}"),
    };
    Column { name: name.to_owned(), kind: storage, may_be_null }
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

/// The same of PostgreSQL, in SQLite's words.
fn made_by_postgres() -> (postgres::Database, BTreeMap<String, Table>) {
    let database = postgres::Database::empty();
    Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let columns = postgres::sql(
        &database.url,
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations' ORDER BY table_name, ordinal_position",
    );
    for line in columns.lines() {
        let [table, name, kind, may_be_null] = line.split('|').collect::<Vec<_>>().try_into().unwrap();
        let column = Column { name: name.into(), kind: kept_as(kind), may_be_null: may_be_null == "YES" };
        tables.entry(table.into()).or_insert_with(|| Table { key: vec![], columns: vec![] }).columns.push(column);
    }
    let keys = postgres::sql(
        &database.url,
        "SELECT table_name, column_name FROM information_schema.key_column_usage
         JOIN information_schema.table_constraints USING (constraint_name, table_name)
         WHERE constraint_type = 'PRIMARY KEY' AND table_constraints.table_schema = 'public' AND table_name <> '__diesel_schema_migrations' ORDER BY table_name, ordinal_position",
    );
    for line in keys.lines() {
        let (table, column) = line.split_once('|').unwrap();
        tables.get_mut(table).unwrap().key.push(column.into());
    }
    (database, tables)
}

/// What SQLite keeps a PostgreSQL type as.
fn kept_as(kind: &str) -> &'static str {
    match kind {
        "text" | "date" => "TEXT",
        "integer" | "bigint" | "boolean" | "timestamp with time zone" => "INTEGER",
        "bytea" => "BLOB",
        other => panic!("{other}"),
    }
}

/// What PostgreSQL must keep a type of the code as.
fn postgres_type(believed: &str) -> &'static str {
    match believed {
        "Text" => "text",
        "Integer" => "integer",
        "BigInt" => "bigint",
        "Bool" => "boolean",
        "Date" => "date",
        "Moment" => "timestamp with time zone",
        "Binary" => "bytea",
        other => panic!("{other}"),
    }
}

#[test]
fn both_engines_have_the_same_tables() {
    let (sqlite, (_database, postgres)) = (made_by_the_migrations(), made_by_postgres());
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, table) in &postgres {
        assert_eq!(table.columns, sqlite[name].columns, "{name}");
        // PostgreSQL clusters nothing, and finds the order of onsets in an index.
        let key =
            if name == "episodes" { ["diary_id", "id"].map(str::to_owned).to_vec() } else { sqlite[name].key.clone() };
        assert_eq!(table.key, key, "{name}");
    }
}

#[test]
fn both_engines_refer_from_table_to_table_in_the_same_way() {
    let (_folder, mut sqlite) = migrated();
    let of_sqlite: BTreeSet<String> = diesel::sql_query(
        "SELECT t.name || '.' || group_concat(f.\"from\", ',') || ' ' || f.\"table\" || ' ' || f.on_delete AS name, 0 AS strict, 0 AS wr
         FROM pragma_table_list t, pragma_foreign_key_list(t.name) f WHERE t.schema = 'main' GROUP BY t.name, f.id",
    )
    .load::<TableRow>(&mut sqlite)
    .unwrap()
    .into_iter()
    .map(|row| row.name)
    .collect();
    let (database, _) = made_by_postgres();
    let of_postgres: BTreeSet<String> = postgres::sql(
        &database.url,
        "SELECT c.conrelid::regclass || '.' || string_agg(a.attname, ',' ORDER BY k.place) || ' ' || c.confrelid::regclass || ' ' ||
            CASE c.confdeltype WHEN 'c' THEN 'CASCADE' ELSE 'NO ACTION' END
         FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY k(number, place), pg_attribute a
         WHERE c.contype = 'f' AND a.attrelid = c.conrelid AND a.attnum = k.number GROUP BY c.oid, c.conrelid, c.confrelid, c.confdeltype",
    )
    .lines()
    .map(str::to_owned)
    .collect();
    assert!(of_sqlite.len() >= 10);
    assert_eq!(of_sqlite, of_postgres);
}

#[test]
fn postgres_keeps_each_type_of_the_code_as_itself_and_sorts_ids_by_their_bytes() {
    let (database, _) = made_by_postgres();
    let columns = postgres::sql(
        &database.url,
        "SELECT table_name || '.' || column_name, data_type, coalesce(collation_name, '')
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'",
    );
    let mut found: BTreeMap<String, (String, String)> = BTreeMap::new();
    for line in columns.lines() {
        let [name, kind, collation] = line.split('|').collect::<Vec<_>>().try_into().unwrap();
        found.insert(name.into(), (kind.into(), collation.into()));
    }
    for (table, _, columns) in declared() {
        for (name, kind) in columns {
            let (is, collation) = &found[&format!("{table}.{name}")];
            assert_eq!(is, postgres_type(unwrapped(kind).0), "{table}.{name}");
            if name == "id" || name.ends_with("_id") {
                assert_eq!(collation, "C", "{table}.{name}");
            }
        }
    }
}

/// What spreads the tables of a PostgreSQL over the machines of a cluster: those that are declared `of a diary` beside
/// `diaries`, with the foreign keys that lead from one of them to another.
fn statements_that_spread(database: &postgres::Database) -> Vec<String> {
    let keyed = SCHEMA.split_once("of a diary {").unwrap().0;
    let is_keyed = |table: &str| keyed.contains(&format!(" {table} ("));
    let names = || declared().into_iter().map(|(name, ..)| name);
    let spread: Vec<_> = ["diaries"].into_iter().chain(names().filter(|name| !is_keyed(name))).collect();
    let told = postgres::sql(
        &database.url,
        "SELECT conrelid::regclass, conname, confrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE contype = 'f' ORDER BY conrelid::regclass::text, conname",
    );
    let keys: Vec<[&str; 4]> =
        told.lines().map(|line| line.split('|').collect::<Vec<_>>().try_into().unwrap()).collect();
    let is_spread = |table: &str| spread.contains(&table);
    assert!(
        keys.iter().all(|[from, _, to, _]| is_spread(from) || !is_spread(to)),
        "a local table refers to a spread one"
    );

    let of_spread = || keys.iter().filter(|[from, ..]| is_spread(from));
    let mut statements: Vec<_> =
        of_spread().map(|[from, name, ..]| format!("ALTER TABLE {from} DROP CONSTRAINT {name};")).collect();
    statements
        .push("ALTER TABLE share_keys DROP CONSTRAINT share_keys_pkey, ADD PRIMARY KEY (key_hash, diary_id);".into());
    statements.extend(spread.iter().map(|table| match *table {
        "diaries" => "SELECT create_distributed_table('diaries', 'id');".to_owned(),
        table => format!("SELECT create_distributed_table('{table}', 'diary_id', colocate_with => 'diaries');"),
    }));
    let among_spread = of_spread().filter(|[_, _, to, _]| is_spread(to));
    statements.extend(
        among_spread.map(|[from, name, _, key]| format!("ALTER TABLE {from} ADD CONSTRAINT {name}\n    {key};")),
    );
    // Tables that refer to others come along with these.
    let refers = |table: &str| keys.iter().any(|[from, ..]| *from == table);
    // And so does what is referred to by a table that came along already.
    let refers_to = |from: &str, to: &str| keys.iter().any(|key| (key[0], key[2]) == (from, to));
    let came_along = |table: &str| keys.iter().any(|[from, _, to, _]| *to == table && refers_to(from, "users"));
    let first = |name: &&str| !is_spread(name) && !refers(name) && (*name == "users" || !came_along(name));
    statements.extend(names().filter(first).map(|table| {
        format!("SELECT citus_add_local_table_to_metadata('{table}', cascade_via_foreign_keys => true);")
    }));
    statements.push("ALTER DATABASE diary SET citus.multi_shard_modify_mode TO 'sequential';".into());
    statements
}

#[test]
fn the_document_spreads_all_tables_over_a_cluster() {
    let (database, _) = made_by_postgres();
    let document = include_str!("../docs/scaling.md");
    let block = document.split("```sql\n").find(|block| block.contains("create_distributed_table")).unwrap();
    let written = block.split_once("```").unwrap().0;
    assert_eq!(written.trim_end(), statements_that_spread(&database).join("\n"), "docs/scaling.md");
    // What is unique in a spread table is so within a diary, or the cluster would not know.
    let unique = postgres::sql(
        &database.url,
        "SELECT indrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index
         WHERE indisunique AND indrelid::regclass::text NOT LIKE 'pg_%'",
    );
    for line in unique.lines() {
        let (table, index) = line.split_once('|').unwrap();
        let is_spread = written.contains(&format!("create_distributed_table('{table}', 'diary_id'"));
        assert!(!is_spread || table == "share_keys" || index.contains("diary_id"), "{index}");
    }
}

#[test]
fn the_migrations_of_both_engines_have_the_same_names_and_each_a_number_of_its_own() {
    let names = |engine: &str| -> BTreeSet<String> {
        let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    // What runs is known by its number: of two with the same one, only the first would.
    let numbers: BTreeSet<_> = names("sqlite").iter().map(|name| name.split('_').next().unwrap().to_owned()).collect();
    assert_eq!(numbers.len(), names("sqlite").len(), "two migrations have one number");
}

#[test]
fn the_key_of_every_table_of_a_diary_begins_with_the_diary() {
    for (name, table) in made_by_the_migrations() {
        if !OF_NO_DIARY.contains(&name.as_str()) {
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

#[test]
fn what_was_deleted_of_a_table_to_come_can_be_remembered_without_a_change_of_tombstones() {
    const ROWS: &str = "
        INSERT INTO users (id, email, email_key, password_hash, kind, time_zone, created_at, updated_at)
        VALUES ('u', 'u', 'u', 'u', 'patient', 'UTC', {now}, {now});
        INSERT INTO diaries (id, owner_id, time_zone, night_start, night_end, evening_start, revision, size,
                             complete_since, created_at, updated_at)
        VALUES ('d', 'u', 'UTC', 1320, 360, 1080, 1, 2, 0, {now}, {now});
        INSERT INTO tombstones (diary_id, kind, id, revision, deleted_at)
        VALUES ('d', 'episodes', 'e', 1, {now}), ('d', 'a table to come', 'r', 1, {now});";
    let (folder, mut db) = migrated();
    db.batch_execute(&ROWS.replace("{now}", "0")).unwrap();
    // The table is built anew over the rows that are in it.
    db.batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = '20261125000010'").unwrap();
    Store::open(&Options::of(Address::Sqlite(folder.path().join("cramp-diary.db")))).unwrap();
    let kept: Vec<_> =
        diesel::sql_query("SELECT kind AS name, 0 AS strict, 0 AS wr FROM tombstones ORDER BY kind DESC")
            .load::<TableRow>(&mut db)
            .unwrap()
            .into_iter()
            .map(|row| row.name)
            .collect();
    assert_eq!(kept, ["episodes", "a table to come"]);

    let (database, _) = made_by_postgres();
    postgres::sql(&database.url, &ROWS.replace("{now}", "now()"));
    assert_eq!(postgres::sql(&database.url, "SELECT count(*) FROM tombstones"), "2");
}

#[test]
fn after_an_upgrade_a_session_was_last_proved_when_it_began() {
    const ROWS: &str = "
        ALTER TABLE sessions DROP COLUMN proved_at;
        ALTER TABLE users DROP COLUMN password_changed_at;
        INSERT INTO users (id, email, email_key, password_hash, kind, time_zone, created_at, updated_at)
        VALUES ('u', 'u', 'u', 'u', 'patient', 'UTC', {now}, {now});
        INSERT INTO sessions (id, user_id, device_name, created_at, last_used_at, expires_at, ends_at)
        VALUES ('s', 'u', 'a phone', {now}, {now}, {now}, {now});
        INSERT INTO page_keys (key_hash, session_id) VALUES ({bytes}, 's');
        DELETE FROM __diesel_schema_migrations WHERE version = '20261125000011';";
    const KEPT: &str =
        "FROM sessions, page_keys, users WHERE proved_at = sessions.created_at AND session_id = sessions.id
        AND device_name = 'a phone' AND password_changed_at IS NULL";
    let (folder, mut db) = migrated();
    db.batch_execute(&ROWS.replace("{now}", "7").replace("{bytes}", "x'01'")).unwrap();
    Store::open(&Options::of(Address::Sqlite(folder.path().join("cramp-diary.db")))).unwrap();
    let kept = diesel::sql_query(format!("SELECT sessions.id AS name, 0 AS strict, 0 AS wr {KEPT}"));
    assert_eq!(kept.load::<TableRow>(&mut db).unwrap().len(), 1);

    let (database, _) = made_by_postgres();
    postgres::sql(&database.url, &ROWS.replace("{now}", "now()").replace("{bytes}", "'\\x01'"));
    Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    assert_eq!(postgres::sql(&database.url, &format!("SELECT count(*) {KEPT}")), "1");
}

#[test]
fn after_an_upgrade_a_check_in_says_what_it_said_and_has_no_triggers() {
    const ROWS: &str = "
        ALTER TABLE check_ins DROP COLUMN triggers;
        INSERT INTO users (id, email, email_key, password_hash, kind, time_zone, created_at, updated_at)
        VALUES ('u', 'u', 'u', 'u', 'patient', 'UTC', {now}, {now});
        INSERT INTO diaries (id, owner_id, time_zone, night_start, night_end, evening_start, revision, size,
                             complete_since, created_at, updated_at)
        VALUES ('d', 'u', 'UTC', 1320, 360, 1080, 2, 1, 0, {now}, {now});
        INSERT INTO check_ins (diary_id, date, cramp_free, note, revision, created_at, updated_at)
        VALUES ('d', '2026-03-30', {true}, 'a note', 2, {now}, {now});
        DELETE FROM __diesel_schema_migrations WHERE version = '20261126000010';";
    const KEPT: &str = "FROM check_ins JOIN diaries ON diaries.id = diary_id
        WHERE date = '2026-03-30' AND cramp_free AND note = 'a note' AND check_ins.revision = 2
        AND check_ins.created_at = diaries.created_at AND check_ins.updated_at = diaries.updated_at AND triggers = '[]'";
    let (folder, mut db) = migrated();
    db.batch_execute(&ROWS.replace("{now}", "7").replace("{true}", "1")).unwrap();
    Store::open(&Options::of(Address::Sqlite(folder.path().join("cramp-diary.db")))).unwrap();
    let kept = diesel::sql_query(format!("SELECT diary_id AS name, 0 AS strict, 0 AS wr {KEPT}"));
    assert_eq!(kept.load::<TableRow>(&mut db).unwrap().len(), 1);

    let (database, _) = made_by_postgres();
    postgres::sql(&database.url, &ROWS.replace("{now}", "'2026-03-30T20:15:00Z'").replace("{true}", "true"));
    Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    assert_eq!(postgres::sql(&database.url, &format!("SELECT count(*) {KEPT}")), "1");
}

#[test]
fn after_an_upgrade_days_with_cramps_wait_to_be_counted_and_others_stay_counted() {
    const OWNER: &str = "
        INSERT INTO users (id, email, email_key, password_hash, kind, time_zone, created_at, updated_at)
        VALUES ('u', 'u', 'u', 'u', 'patient', 'UTC', {now}, {now});
        INSERT INTO diaries (id, owner_id, time_zone, night_start, night_end, evening_start, revision, size,
                             complete_since, created_at, updated_at)
        VALUES ('d', 'u', 'UTC', 1320, 360, 1080, 2, 1, 0, {now}, {now});
        DELETE FROM __diesel_schema_migrations WHERE version = '20261126000011';";
    const COLUMNS: [&str; 16] = [
        "night_begun_this_date",
        "night_begun_the_date_before",
        "evening",
        "sleep_interrupted",
        "sleep_not_interrupted",
        "late_and_sleep_interrupted",
        "in_bed",
        "not_in_bed",
        "on_the_move",
        "night_begun_this_date_interrupted",
        "night_begun_the_date_before_interrupted",
        "soon",
        "soon_night_begun_this_date",
        "soon_night_begun_the_date_before",
        "night_begun_this_date_not_interrupted",
        "night_begun_the_date_before_not_interrupted",
    ];
    const KEPT: &str = "FROM covered_days WHERE diary_id = 'd' AND counts = '' AND
        (date = '2026-03-29' AND episodes = 2 AND tally IS NULL AND said_cramp_free IS NULL
         OR date = '2026-03-30' AND episodes = 0 AND tally = '' AND said_cramp_free)";
    let were =
        COLUMNS.map(|column| format!("ALTER TABLE covered_days ADD COLUMN {column} integer NOT NULL DEFAULT 1;"));
    let rows = |now: &str, yes: &str| {
        let days = format!(
            "ALTER TABLE covered_days DROP COLUMN counts;
             INSERT INTO covered_days (diary_id, date, episodes, tally, said_cramp_free)
             VALUES ('d', '2026-03-29', 2, '130,140', NULL), ('d', '2026-03-30', 0, '', {yes});"
        );
        OWNER.replace("{now}", now) + &were.concat() + &days
    };
    let (folder, mut db) = migrated();
    db.batch_execute(&rows("7", "1")).unwrap();
    Store::open(&Options::of(Address::Sqlite(folder.path().join("cramp-diary.db")))).unwrap();
    let kept = diesel::sql_query(format!("SELECT diary_id AS name, 0 AS strict, 0 AS wr {KEPT}"));
    assert_eq!(kept.load::<TableRow>(&mut db).unwrap().len(), 2);

    let (database, _) = made_by_postgres();
    postgres::sql(&database.url, &rows("'2026-03-30T20:15:00Z'", "true"));
    Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    assert_eq!(postgres::sql(&database.url, &format!("SELECT count(*) {KEPT}")), "2");
}

#[test]
fn after_an_upgrade_deletions_have_the_names_of_the_change_log_and_nobody_knows_who_wrote_what() {
    const BEFORE: &str = "
        DROP TABLE versions;
        DROP TABLE forgotten;
        DROP INDEX episodes_by_revision;
        DROP INDEX soreness_by_revision;
        DROP INDEX check_ins_by_revision;
        DROP INDEX treatments_by_revision;
        DROP INDEX tombstones_by_revision;
        DROP INDEX tombstones_by_age;
        ALTER TABLE episodes DROP COLUMN written;
        ALTER TABLE soreness DROP COLUMN written;
        ALTER TABLE check_ins DROP COLUMN written;
        ALTER TABLE treatments DROP COLUMN written;
        ALTER TABLE grants DROP COLUMN since_revision;
        ALTER TABLE diaries DROP COLUMN settings_revision;
        INSERT INTO users (id, email, email_key, password_hash, kind, time_zone, created_at, updated_at)
        VALUES ('u', 'u', 'u', 'u', 'patient', 'UTC', {now}, {now});
        INSERT INTO diaries (id, owner_id, time_zone, night_start, night_end, evening_start, revision, size,
                             complete_since, created_at, updated_at)
        VALUES ('d', 'u', 'UTC', 1320, 360, 1080, 2, 3, 0, {now}, {now});
        INSERT INTO check_ins (diary_id, date, cramp_free, revision, created_at, updated_at, triggers)
        VALUES ('d', '2026-03-30', {true}, 2, {now}, {now}, '[]');
        INSERT INTO tombstones (diary_id, kind, id, revision, deleted_at)
        VALUES ('d', 'soreness', 'a.b:2026-03-01', 2, {now}), ('d', 'episodes', 'a.b', 2, {now});
        DELETE FROM __diesel_schema_migrations WHERE version = '20261127000001';";
    const KEPT: &str = "FROM tombstones, check_ins, diaries WHERE tombstones.kind = 'soreness'
        AND tombstones.id = 'a.b.2026-03-01' AND check_ins.written IS NULL AND settings_revision IS NULL";
    let (folder, mut db) = migrated();
    db.batch_execute(&BEFORE.replace("{now}", "7").replace("{true}", "1")).unwrap();
    Store::open(&Options::of(Address::Sqlite(folder.path().join("cramp-diary.db")))).unwrap();
    let kept = diesel::sql_query(format!("SELECT diaries.id AS name, 0 AS strict, 0 AS wr {KEPT}"));
    assert_eq!(kept.load::<TableRow>(&mut db).unwrap().len(), 1);

    let (database, _) = made_by_postgres();
    postgres::sql(&database.url, &BEFORE.replace("{now}", "now()").replace("{true}", "true"));
    Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    assert_eq!(postgres::sql(&database.url, &format!("SELECT count(*) {KEPT}")), "1");
}
