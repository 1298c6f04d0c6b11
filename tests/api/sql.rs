//! The SQL that the service issues: every statement on a table of diaries names the diary, so that the tables can be
//! spread over machines by it.

use std::{
    collections::BTreeSet,
    sync::{Mutex, OnceLock, PoisonError},
};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

/// The tables that are spread, and the column that they are spread by.
const SPREAD: [(&str, &str); 17] = [
    ("diaries", "id"),
    ("grants", "diary_id"),
    ("episodes", "diary_id"),
    ("soreness", "diary_id"),
    ("check_ins", "diary_id"),
    ("treatments", "diary_id"),
    ("tombstones", "diary_id"),
    ("forgotten", "diary_id"),
    ("versions", "diary_id"),
    ("covered_days", "diary_id"),
    ("consents", "diary_id"),
    ("access_log", "diary_id"),
    ("access_entries", "diary_id"),
    ("access_chains", "diary_id"),
    ("former_grants", "diary_id"),
    ("reviews", "diary_id"),
    ("report_links", "diary_id"),
];

/// What asks all machines: which days nobody has tallied yet, and which rows of the access log nobody has chained, when a
/// service starts; what is so old that it is forgotten; which diaries there are, when an operator has clocks put right; which
/// links to reports there are, when their keys are sealed anew; and what one person was given, for the list of their diaries
/// and to end it with their account.
const ACROSS_ALL: [(&str, &str); 7] = [
    ("diaries", "diaries.id > "),
    ("covered_days", "covered_days.tally IS NULL"),
    ("access_chains", "access_chains.number < access_chains.older"),
    ("grants", "grants.user_id = "),
    ("tombstones", "tombstones.deleted_at < "),
    ("versions", "versions.ended_at < "),
    ("report_links", "report_links.diary_id >= "),
];

static ISSUED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Notes every statement of connections that are opened from now on, of both engines.
pub fn watch() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| set_default_instrumentation(|| Some(Box::new(Note))).unwrap());
}

struct Note;

impl Instrumentation for Note {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let statement = text.split(" -- binds:").next().unwrap_or_default().replace(['`', '"'], "");
            // A migration goes everywhere, once.
            if !["CREATE TABLE", "ALTER TABLE"].iter().any(|change| statement.contains(change)) {
                ISSUED.lock().unwrap_or_else(PoisonError::into_inner).insert(statement);
            }
        }
    }
}

pub fn names_the_diary_everywhere() {
    let issued = ISSUED.lock().unwrap_or_else(PoisonError::into_inner);
    let on_spread = issued.iter().filter(|statement| SPREAD.iter().any(|(table, _)| uses(statement, table)));
    assert!(on_spread.count() > 60, "hardly anything was seen: {issued:#?}");
    let at_work = issued.iter().filter(|statement| !asks_all(statement));
    let nameless: Vec<_> = at_work.filter(|statement| !names_the_diary(statement)).collect();
    assert!(nameless.is_empty(), "these go to every machine: {nameless:#?}");
}

fn asks_all(statement: &str) -> bool {
    ACROSS_ALL.iter().any(|(table, condition)| {
        let asked = statement.split_once(&format!(" FROM {table} WHERE "));
        asked.is_some_and(|(_, conditions)| conditions.trim_start_matches('(').starts_with(condition))
    })
}

fn uses(statement: &str, table: &str) -> bool {
    ["FROM", "JOIN", "UPDATE", "INTO"].iter().any(|word| {
        statement
            .split(&format!("{word} {table}"))
            .skip(1)
            .any(|rest| !rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()))
    })
}

fn names_the_diary(statement: &str) -> bool {
    SPREAD.iter().filter(|(table, _)| uses(statement, table)).all(|(table, column)| {
        if let Some((_, columns)) = statement.split_once(&format!("INSERT INTO {table} (")) {
            return columns.starts_with(&format!("{column},"));
        }
        let condition = format!("{table}.{column} = ");
        let conditions = statement.split_once(" WHERE ").map_or("", |(_, conditions)| conditions);
        // A condition that may be left out by another one is none.
        conditions
            .split(" AND ")
            .any(|part| part.trim_start_matches('(').starts_with(&condition) && !part.contains(" OR "))
    })
}

#[test]
fn a_statement_that_names_no_diary_is_found() {
    for good in [
        "SELECT episodes.id FROM episodes WHERE ((episodes.diary_id = $1) AND (episodes.id = $2)) LIMIT $3",
        "INSERT INTO episodes (diary_id, id) VALUES ($1, $2)",
        "UPDATE diaries SET revision = $1 WHERE (diaries.id = $2)",
        "SELECT users.id FROM users LIMIT 1",
        "SELECT users.diary_id FROM users",
    ] {
        assert!(names_the_diary(good), "{good}");
    }
    for bad in [
        "SELECT episodes.id FROM episodes LIMIT 1",
        "SELECT episodes.id FROM episodes WHERE (episodes.id = $1)",
        "DELETE FROM soreness WHERE (soreness.diary_id > $1)",
        "SELECT diaries.id FROM diaries WHERE (diaries.owner_id = $1)",
        "SELECT episodes.id FROM episodes WHERE (episodes.diary_id = $1 OR episodes.id = $2)",
        "INSERT INTO episodes (id, diary_id) VALUES ($1, $2)",
    ] {
        assert!(!names_the_diary(bad), "{bad}");
    }
}
