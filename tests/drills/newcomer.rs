//! What a newcomer does first: fill the demo, start the service, sign in, and ask what the README asks.

use serde_json::{Value, json};

use crate::support::{Home, drill};

const README: &str = include_str!("../../README.md");

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
        assert_eq!(emails.len(), 3);
        let server = home.start();
        for email in emails {
            let tokens =
                server.stranger().post("/v1/auth/login", &json!({"email": email, "password": password})).await.body;
            let person = server.stranger().with_token(&tokens);
            for path in asked_in_the_readme() {
                let answer = person.get(path).await;
                assert_eq!(answer.status, 200, "{email}, {path}: {answer:?}");
                if path.contains("format=pdf") {
                    assert_eq!(answer.header("content-type"), Some("application/pdf"), "{email}, {path}");
                } else {
                    is_sensible(path, &answer.body);
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
        assert_eq!(again.matches("(was there before)").count(), 3, "{again}");
    });
}
