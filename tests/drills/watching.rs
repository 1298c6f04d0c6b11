//! What an operator sees of a running service: log lines and metrics, without anybody's health or name in them.

use std::{collections::BTreeMap, fs, net::TcpListener};

use serde_json::{Value, json};

use crate::{
    client::Caller,
    support::{Home, Wire, cramp, drill},
};

const EMAIL: &str = "margaret.hale@example.org";

/// A month's worth of requests of every kind, good and bad.
async fn some_requests(person: &Caller) {
    person.logs(cramp("my-cramp", 1)).await;
    person.get("/v1/diaries/me/episodes/my-cramp?asked=in-private").await.is(200);
    person.get("/v1/diaries/me/episodes/not-there").await.is(404);
    person.get("/nothing/here/my-cramp").await.is(404);
    person.sends(&json!({"note": "the cramp my-cramp"})).await.is(422);
}

#[test]
fn each_request_is_one_line_in_the_log_and_no_line_tells_of_a_person() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&[("LOG", "info")]);
        let person = server.patient(EMAIL).await;
        some_requests(&person).await;
        drop(server);

        let log = fs::read_to_string(home.path("log.txt")).unwrap();
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let requests: Vec<_> = lines.iter().filter(|line| line["target"] == "request").collect();
        let seen: Vec<_> = requests
            .iter()
            .map(|line| {
                (line["method"].as_str().unwrap(), line["route"].as_str().unwrap(), line["status"].as_u64().unwrap())
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("POST", "/v1/auth/register", 201),
                ("POST", "/v1/diaries/{diary_id}/episodes", 201),
                ("GET", "/v1/diaries/{diary_id}/episodes/{id}", 200),
                ("GET", "/v1/diaries/{diary_id}/episodes/{id}", 404),
                ("GET", "unknown", 404),
                ("POST", "/v1/diaries/{diary_id}/episodes", 422),
            ]
        );
        let ids: std::collections::BTreeSet<_> =
            requests.iter().map(|line| line["request_id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), requests.len());
        assert!(requests.iter().all(|line| line["micros"].is_u64()));
        for personal in [EMAIL, "margaret", "my-cramp", "in-private", &person.tokens().access, "herons"] {
            assert!(!log.contains(personal), "{personal} is in the log:\n{log}");
        }
    });
}

#[test]
fn no_line_tells_of_what_lets_somebody_in() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&[("LOG", "debug")]);
        let person = server.patient(EMAIL).await;
        let asked = json!({"name": "Kitchen display", "scopes": ["diary:read"]});
        let token = person.post("/v1/tokens", asked).await.is(201).json()["secret"].as_str().unwrap().to_owned();
        let by_token = person.with_access_token(&token);
        by_token.get("/v1/diaries/me/episodes").await.is(200);
        by_token.sends(&json!({"started_at": "2026-03-01T02:00:00Z"})).await.is(403);
        by_token.get(format!("/v1/diaries/me/episodes?token={token}")).await.is(422);
        let code = person.invites(json!({"role": "viewer"})).await["code"].as_str().unwrap().to_owned();
        let page = format!("/clinic/redeem?code={code}");
        server.nobody().get(&page).await.is(303);
        let link = person.post(person.diary().report_links(), json!({})).await.is(201).row();
        let secret = link["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        server.nobody().get(format!("/r/{secret}")).await.is(200);
        drop(server);
        let log = fs::read_to_string(home.path("log.txt")).unwrap();
        assert!(log.lines().count() > 6, "{log}");
        for private in [&token[4..], &code, &secret[4..], "Kitchen display"] {
            assert!(!log.contains(private), "{private} is in the log:\n{log}");
        }
    });
}

#[test]
fn metrics_count_requests_by_route_on_an_address_of_their_own() {
    drill(async {
        let home = Home::new();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let server = home.start_with(&[("METRICS_LISTEN", &free.to_string())]);
        let person = server.patient(EMAIL).await;
        some_requests(&person).await;
        let mut odd = Wire::open(server.address).unwrap();
        odd.send("BREW /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        odd.rest();

        let mut wire = Wire::open(free).unwrap();
        wire.send("GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let answer = String::from_utf8(wire.rest()).unwrap();
        let counts: BTreeMap<&str, &str> =
            answer.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' ')).collect();
        let count = |method: &str, route: &str, status: u16| {
            let name = format!("http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
            counts.get(name.as_str()).copied().unwrap_or_else(|| panic!("no {name} in:\n{answer}"))
        };
        assert_eq!(count("POST", "/v1/diaries/{diary_id}/episodes", 201), "1");
        assert_eq!(count("POST", "/v1/diaries/{diary_id}/episodes", 422), "1");
        assert_eq!(count("GET", "unknown", 404), "1");
        assert_eq!(count("other", "/health/live", 405), "1");
        assert!(answer.contains("http_request_duration_seconds_bucket"), "{answer}");
        for personal in [EMAIL, "my-cramp", "BREW"] {
            assert!(!answer.contains(personal), "{personal} is in the metrics");
        }
        // The API's address serves none.
        person.get("/metrics").await.is(404);
    });
}
