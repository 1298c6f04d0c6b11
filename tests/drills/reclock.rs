//! The tz database changes: what an operator is told, and how clocks of before are put right.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    client::{Caller, Row},
    postgres::Database,
    support::{Ended, Home, Server, drill},
};

/// More than are put right in one transaction.
const CRAMPS: usize = 260;

fn start(home: &Home, rules: &Path) -> Server {
    home.start_with(&[("TZ_DATA", rules.to_str().unwrap()), ("LOG", "warn,cramp_diary::service=info")])
}

fn reclock(home: &Home, rules: &Path, arguments: &[&str]) -> Command {
    let mut command = home.command(&["reclock"]);
    command.args(arguments).env("CRAMP_DIARY_TZ_DATA", rules);
    command
}

/// Every hour and 20 minutes of two November weeks, and a cramp that has another zone.
async fn logs_cramps(person: &Caller) {
    for number in 0..CRAMPS {
        let (day, minute) = (6 + number / 18, number % 18 * 80);
        let zone = if number == 100 { "America/Toronto" } else { "America/Vancouver" };
        let cramp = json!({
            "id": format!("cramp-{number}"), "time_zone": zone, "context": "asleep", "duration_seconds": 60 + number,
            "started_at": format!("2026-11-{day:02}T{:02}:{:02}:00Z", minute / 60, minute % 60),
        });
        person.sends(&cramp).await.is(201);
    }
}

/// What is told of the cramps, without when it was written, and each of them as it is.
async fn told(person: &Caller) -> (Vec<Value>, Vec<Row>) {
    let mut answers = Vec::new();
    for question in ["night-share", "summary", "time-of-day"] {
        let path = format!("/v1/diaries/me/analytics/{question}?from=2026-11-01&to=2026-11-25");
        let mut answer = person.get(path).await.is(200).json();
        answer.as_object_mut().unwrap().remove("revision");
        answers.push(answer);
    }
    let rows = person.lists_all("/v1/diaries/me/episodes".to_owned()).await;
    answers.extend(rows.iter().map(|row| json!([row["id"], row["started_at"], row["night_of"], row["period"]])));
    (answers, rows)
}

async fn clocks_of_before_are_put_right(home: Home) {
    // Until 2026, clocks in Vancouver were those of Los Angeles.
    let (old, new) =
        (home.zoneinfo("2999a", &[("America/Vancouver", "America/Los_Angeles")]), home.zoneinfo("2999b", &[]));
    let server = start(&home, &old);
    let kim = server.patient("kim@example.org").await;
    logs_cramps(&kim).await;
    let before = told(&kim).await;
    drop(server);
    let log = || fs::read_to_string(home.path("log.txt")).unwrap();
    let hint = "may have a wrong clock: `cramp-diary reclock --dry-run` lists them";
    assert!(!log().contains(hint), "{}", log());

    // Where it will be, and not before the service has the same rules: what it logs meanwhile would be wrong again.
    let listed = Ended::of(&mut reclock(&home, &new, &["--dry-run"])).succeeds();
    assert_eq!(listed.lines().count(), CRAMPS, "{listed}");
    Ended::of(&mut reclock(&home, &new, &[])).is_refused_over("no service was started on this database with 2999b");
    for times in 1..=2 {
        drop(start(&home, &new));
        assert_eq!(log().matches(hint).count(), times, "a start says so until it is done");
    }
    let server = start(&home, &new);
    let kim = kim.at(&server);
    // Nothing moved by itself, nor by asking what would.
    assert_eq!(told(&kim).await, before);
    let listed = Ended::of(&mut reclock(&home, &new, &["--dry-run"])).succeeds();
    let total = format!("would be put right: {0} (America/Vancouver {0}); stay wrong: 0; in diaries: 1\n", CRAMPS - 1);
    assert!(listed.lines().count() == CRAMPS && listed.ends_with(&total), "{listed}");
    assert!(
        listed.contains("  cramp cramp-7  America/Vancouver  +60 min\n") && !listed.contains("cramp-100 "),
        "{listed}"
    );
    assert_eq!(told(&kim).await, before);

    // By the rules of before, what is right would be moved; so it is refused.
    home.run(&["reclock"]).is_refused_over("clocks in this database follow 2999b of the tz database");
    Ended::of(&mut reclock(&home, &old, &["--dry-run"])).is_refused_over("set TZ_DATA to newer ones");

    // Cut off after its first lines, it goes on when it is asked again.
    let mut first = reclock(&home, &new, &[]).stdout(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(first.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(line.ends_with("America/Vancouver  +60 min"), "{line}");
    Ended::of(&mut reclock(&home, &new, &[])).succeeds();
    let last = Ended::of(&mut reclock(&home, &new, &[])).succeeds();
    assert_eq!(last.lines().count(), 1, "{last}");
    assert!(last.contains("put right: 0; stay wrong: 0; in diaries: 0"), "{last}");

    // All is as though it had been logged today, and what was logged right was not touched.
    let lee = server.patient("lee@example.org").await;
    logs_cramps(&lee).await;
    let (after, of_today) = (told(&kim).await, told(&lee).await);
    assert_eq!(after.0, of_today.0);
    assert_ne!(after.0, before.0);
    for (row, was) in after.1.iter().zip(&before.1) {
        assert_eq!(row == was, row.id() == "cramp-100", "{}", row.id());
    }
    home.run(&["audit", "verify"]).succeeds();

    // Who forgets TZ_DATA for a while has new clocks that are wrong, and is told afterwards.
    drop(server);
    let told_before = log().matches(hint).count();
    drop(start(&home, &new));
    assert_eq!(log().matches(hint).count(), told_before);
    drop(start(&home, &old));
    assert!(log().contains("time zones follow older rules than before"), "{}", log());
    drop(start(&home, &new));
    assert_eq!(log().matches(hint).count(), told_before + 1);
}

#[test]
fn nothing_is_made_where_no_database_is() {
    let home = Home::new();
    home.run(&["reclock", "--dry-run"]).is_refused_over("there is no such file");
    home.run(&["audit", "verify"]).is_refused_over("there is no such file");
    home.run(&["report", "--diary", "me@example.org", "--out", "me.pdf"]).is_refused_over("there is no such file");
    assert!(!home.database().exists());
}

#[test]
fn clocks_of_before_are_put_right_in_a_file() {
    drill(clocks_of_before_are_put_right(Home::new()));
}

#[test]
fn clocks_of_before_are_put_right_on_postgres() {
    let database = Database::empty();
    drill(clocks_of_before_are_put_right(Home::of_node(&database.url)));
}
