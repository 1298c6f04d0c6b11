//! What a newcomer does first: look around with the demo, in a browser and as the README asks.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    client::Browser,
    support::{Home, drill},
};

const README: &str = include_str!("../../README.md");

const CLINICIAN: &str = "okafor@example.org";

/// The paths of the README's part about the demo: lines of the form `curl -s "$BASE/v1/…" -H "$AUTH"`.
fn asked_in_the_readme() -> Vec<&'static str> {
    let (_, demo) = README.split_once("## Look around with the demo").unwrap();
    let paths: Vec<_> = demo
        .lines()
        .filter(|line| line.starts_with("curl -s \"$BASE/") && !line.contains("-X "))
        .filter_map(|line| line.strip_prefix("curl -s \"$BASE")?.split('"').next())
        .collect();
    assert!(paths.len() >= 6, "the README asks for {paths:?} alone");
    paths
}

fn people(printed: &str) -> (String, Vec<String>) {
    let password =
        printed.lines().find_map(|line| line.strip_prefix("sign in with the password  ")).unwrap().to_owned();
    let emails: Vec<_> = printed.split_whitespace().filter(|word| word.contains('@')).map(str::to_owned).collect();
    (password, emails)
}

#[test]
fn the_demo_answers_every_question_of_the_readme() {
    drill(async {
        let home = Home::new();
        let (password, emails) = people(&home.run(&["demo"]).succeeds());
        assert_eq!(emails.len(), 4);
        let server = home.start();
        for email in emails.into_iter().filter(|email| email != CLINICIAN) {
            let person = server.nobody().signs_in_as(&email, &password).await;
            for path in asked_in_the_readme() {
                let answer = person.get(path).await;
                assert_eq!(answer.status, 200, "{email}, {answer}");
                if path.contains("report.pdf") {
                    assert_eq!(answer.header("content-type"), Some("application/pdf"), "{email}, {path}");
                } else {
                    is_sensible(path, &answer.json());
                }
            }
            assert_eq!(person.cramps().await.len(), person.counted_cramps().await, "{email}");
        }
    });
}

fn is_sensible(path: &str, answer: &Value) {
    let rows = answer["items"].as_array().map(Vec::len);
    match path.rsplit('/').next().unwrap().split('?').next().unwrap() {
        "me" => assert_eq!(answer["role"], "owner"),
        "episodes" | "check-ins" => assert!(rows > Some(2), "{path}: {answer}"),
        "treatments" => assert_eq!(rows, Some(1), "{path}: {answer}"),
        "prompts" => assert!(rows.is_some(), "{path}: {answer}"),
        "night-share" => {
            let share = answer["night_share"].as_f64().unwrap();
            let interval = &answer["night_share_ci95"];
            assert!(interval["low"].as_f64().unwrap() <= share && share <= interval["high"].as_f64().unwrap());
            assert!(answer["episodes"].as_u64().unwrap() >= 5, "{answer}");
            assert!((30..=90).contains(&answer["coverage"]["covered"].as_u64().unwrap()), "{answer}");
            assert_ne!(answer["verdict"], "insufficient_data", "{answer}");
        }
        "summary" => {
            assert_eq!(answer["insufficient_data"], false, "{answer}");
            assert!(answer["at_least_per_week"].as_f64() <= answer["per_week"]["per_week"].as_f64(), "{answer}");
        }
        other => panic!("nobody knows what is sensible for {other}"),
    }
}

#[test]
fn a_second_demo_changes_nothing() {
    drill(async {
        let home = Home::new();
        home.run(&["demo"]).succeeds();
        let again = home.run(&["demo"]).succeeds();
        assert_eq!(again.matches("(was there before)").count(), 4, "{again}");
    });
}

#[test]
fn who_serves_the_demo_looks_around_in_a_browser_and_leaves_nothing_behind() {
    drill(async {
        let home = Home::new();
        assert!(README.contains("\ncargo run --release -- serve --demo\n"));
        let mut server = home.start_demo();
        let printed = server.prints_up_to(CLINICIAN);
        let url = printed.lines().find_map(|line| line.trim().strip_prefix("open ")?.strip_suffix(" in a browser"));
        let url = url.unwrap_or_else(|| panic!("no address for a browser in:\n{printed}")).trim();
        assert_eq!(url, format!("http://{}", server.address));
        let (password, emails) = people(&printed.replace("me@example.org", ""));
        assert_eq!(emails.len(), 4, "{printed}");
        let [folder] = &home.thrown_away()[..] else { panic!("one folder") };
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(folder.join("cramp-diary.db").exists() && !home.data("").exists());

        let fields = [("email", CLINICIAN), ("password", password.as_str())];
        let patients = Browser::of(server.nobody()).signs_in(&fields).await.opens("/clinic").await.is(200).text();
        for name in ["Margarete Lindner", "Tiago Moreira", "Abigail Osei"] {
            assert!(patients.contains(name), "{name} is not in {patients}");
        }

        server.signal("TERM");
        assert_eq!(server.ends_within(Duration::from_secs(20)).await.and_then(|status| status.code()), Some(0));
        assert!(home.thrown_away().is_empty(), "{:?} is left", home.thrown_away());
    });
}

#[test]
fn who_stops_the_demo_while_it_is_filled_leaves_nothing_behind_either() {
    drill(async {
        let home = Home::new();
        let mut child = home.demo().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while home.thrown_away().is_empty() && begun.elapsed() < Duration::from_secs(30) {
            thread::sleep(Duration::from_millis(5));
        }
        let stopped = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
        let status = child.wait().unwrap();
        assert!(stopped.unwrap().success());
        assert_eq!(status.code(), Some(0));
        assert!(home.thrown_away().is_empty(), "{:?} is left", home.thrown_away());
    });
}
