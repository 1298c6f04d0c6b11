//! Several nodes on one database.

use std::{
    future::IntoFuture,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    client::{Answer, Caller, ORIGIN, PASSWORD, Row, Stream, Tokens},
    postgres::{Database, sql},
    support::{Home, Server, cramp, credentials, drill, drill_alone},
    writing::Writers,
};

struct TwoNodes {
    database: Database,
    homes: [Home; 2],
    nodes: [Server; 2],
}

impl TwoNodes {
    /// Both start at once, on an empty database.
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(settings: &[(&str, &str)]) -> Self {
        let database = Database::empty();
        let homes = [Home::of_node(&database.url), Home::of_node(&database.url)];
        let nodes = std::thread::scope(|scope| {
            let starting = homes.each_ref().map(|home| scope.spawn(|| home.start_with(settings)));
            starting.map(|node| node.join().unwrap())
        });
        Self { database, homes, nodes }
    }

    async fn patient(&self, email: &str) -> [Caller; 2] {
        let person = self.nodes[0].patient(email).await;
        let there = person.at(&self.nodes[1]);
        [person, there]
    }
}

#[test]
fn nodes_that_start_at_once_migrate_once() {
    drill(async {
        let both = TwoNodes::start();
        let [here, there] = both.patient("me@example.org").await;
        here.logs(cramp("a", 1)).await;
        assert_eq!(there.cramps().await.len(), 1);
        let applied =
            sql(&both.database.url, "SELECT count(*), count(DISTINCT version) FROM __diesel_schema_migrations");
        let known = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres")).unwrap().count();
        assert_eq!(applied, format!("{known}|{known}"));
    });
}

#[test]
fn what_one_node_asks_of_a_passkey_another_takes_and_none_twice() {
    drill(async {
        let both = TwoNodes::start_with(&[("PUBLIC_URL", ORIGIN)]);
        let [here, there] = both.patient("me@example.org").await;
        let (passkey, _) = here.adds_a_passkey("Phone").await;
        let signed = json!({"credential": passkey.signs(&here.is_asked_for_a_passkey().await)});
        // Sent to both at once, again and again: one of them lets somebody in.
        let tries = (0..20).map(|number| {
            let node = if number % 2 == 0 { &here } else { &there };
            node.signed_out().post("/v1/auth/passkey/finish", signed.clone()).into_future()
        });
        let statuses: Vec<_> = join_all(tries).await.iter().map(Answer::status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 19, "{statuses:?}");
    });
}

#[test]
fn a_token_that_is_ended_at_one_node_is_ended_at_the_other() {
    drill(async {
        let both = TwoNodes::start();
        let [here, there] = both.patient("me@example.org").await;
        let asked = json!({"id": "kitchen", "name": "Kitchen display", "scopes": ["diary:read"]});
        let made = here.post("/v1/tokens", asked.clone()).await.is(201).json();
        let by = |made: &Value| there.with_access_token(made["secret"].as_str().unwrap());
        by(&made).get("/v1/diaries/me").await.is(200);
        // Another secret at one node ends the first at the other.
        let again = here.post("/v1/tokens", asked).await.is(200).json();
        by(&made).get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
        by(&again).get("/v1/diaries/me").await.is(200);
        here.delete("/v1/tokens/kitchen").await.is(204);
        by(&again).get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    });
}

#[test]
fn a_stream_at_one_node_tells_what_happens_at_the_other_and_ends_with_the_right() {
    drill(async {
        let both = TwoNodes::start();
        let account = json!({"email": "me@example.org", "password": PASSWORD, "kind": "patient"});
        let here = both.nodes[0].nobody().registers(account).await;
        let (there, path) = (here.at(&both.nodes[1]), here.diary().events());
        let mut stream = Stream::of(&there, &path, None).await;
        stream.says().await;
        let carer = both.nodes[0].patient("carer@example.org").await;
        let grant = here.shares_on(json!({"role": "contributor"}), &carer).await;
        let mut carers = Stream::of(&carer.at(&both.nodes[1]), &path, None).await;
        carers.says().await;
        here.logs(cramp("a", 1)).await;
        let told = Duration::from_secs(5);
        for stream in [&mut stream, &mut carers] {
            assert!(stream.says_within(told).await.unwrap().starts_with("event: revision"));
        }
        here.revokes(&grant).await;
        carers.ends().await;
        here.request(Method::POST, "/v1/auth/logout").await.is(204);
        stream.ends().await;
    });
}

#[test]
fn what_one_node_ends_is_over_at_the_other_one() {
    drill(async {
        let both = TwoNodes::start();
        let [here, there] = both.patient("me@example.org").await;
        let elsewhere = there.signs_in().await;
        let sessions = here.get("/v1/auth/sessions").await.is(200).items();
        let other = sessions.iter().find(|row| row["current"] == false).unwrap();
        elsewhere.get("/v1/me").await.is(200);
        here.delete(format!("/v1/auth/sessions/{}", other.id())).await.is(204);
        elsewhere.get("/v1/me").await.is(401);
        here.request(Method::POST, "/v1/auth/logout").await.is(204);
        there.get("/v1/me").await.is(401);
    });
}

#[test]
fn what_is_sent_to_both_nodes_at_once_happens_once() {
    drill(async {
        let both = TwoNodes::start();
        for round in 0..20 {
            let email = format!("round{round}@example.org");
            let nobodies = both.nodes.each_ref().map(Server::nobody);
            let [one, other] = nobodies.each_ref().map(|nobody| nobody.post("/v1/auth/register", credentials(&email)));
            let (one, other) = tokio::join!(one.into_future(), other.into_future());
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{one} {other}");
            let registered = if one.status == 201 { one.json() } else { other.json() };
            let tokens = Tokens::of(&registered["tokens"]);

            let persons = nobodies.map(|nobody| nobody.with(tokens.clone()));
            let cramp = cramp("the-same", round);
            let [one, other] = persons.each_ref().map(|person| person.sends(&cramp));
            let (one, other) = tokio::join!(one.into_future(), other.into_future());
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 201], "{one} {other}");
            assert_eq!(one.json(), other.json());
            persons[0].has_exactly(&[cramp], &[]).await;

            let (one, other) =
                tokio::join!(persons[0].refreshes(&tokens.refresh), persons[1].refreshes(&tokens.refresh));
            assert_eq!((one.status, other.status), (200, 200), "{one} {other}");
            assert_eq!(one.json()["refresh_token"], other.json()["refresh_token"]);
        }
    });
}

#[test]
fn revisions_come_in_the_order_of_commits_whichever_node_writes() {
    drill(async {
        let both = TwoNodes::start();
        let at_both = both.patient("me@example.org").await;
        let writers = Writers::start(8, &at_both);
        tokio::time::sleep(Duration::from_millis(800)).await;
        let written = writers.stop().await;
        assert_eq!((written.refusals.len(), written.broken), (0, 0));
        at_both[1].has_exactly(&written.cramps(), &written.open).await;
        let mut revisions: Vec<_> = at_both[0].cramps().await.iter().map(Row::revision).collect();
        revisions.sort_unstable();
        let expected: Vec<_> = (2..).take(revisions.len()).collect();
        assert_eq!(revisions, expected, "a revision was given twice or never");
    });
}

#[test]
fn guesses_are_counted_over_all_nodes() {
    drill(async {
        let both = TwoNodes::start();
        both.patient("me@example.org").await;
        let guess = json!({"email": "me@example.org", "password": "not the password"});
        for number in 0..10 {
            both.nodes[number % 2].nobody().post("/v1/auth/login", guess.clone()).await.is(401);
        }
        for node in &both.nodes {
            node.nobody().post("/v1/auth/login", guess.clone()).await.is(429);
        }
    });
}

#[test]
fn the_allowance_of_an_address_is_one_for_all_nodes() {
    drill(async {
        let database = Database::empty();
        let homes = [Home::of_node(&database.url), Home::of_node(&database.url)];
        let nodes = homes.each_ref().map(|home| home.start_with(&[("AUTH_PER_MINUTE", "4")]));
        let guess = json!({"email": "me@example.org", "password": "not the password"});
        let mut statuses = Vec::new();
        for number in 0..6 {
            statuses.push(nodes[number % 2].nobody().post("/v1/auth/login", guess.clone()).await.status);
        }
        assert_eq!(statuses, [401, 401, 401, 401, 429, 429]);
    });
}

#[test]
fn a_node_that_is_killed_takes_nothing_with_it() {
    drill(async {
        let mut both = TwoNodes::start();
        let at_both = both.patient("me@example.org").await;
        let writers = Writers::start(8, &at_both);
        tokio::time::sleep(Duration::from_millis(500)).await;
        both.nodes[0].kill();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let written = writers.stop().await;
        assert!(written.broken > 0, "nobody noticed");
        assert_eq!(written.refusals.len(), 0);
        at_both[1].has_exactly(&written.cramps(), &written.open).await;
    });
}

/// What a load balancer does: it asks each node whether it is ready, and leaves out the others.
struct Balancer {
    ready: [AtomicBool; 2],
    stop: AtomicBool,
}

impl Balancer {
    async fn watch(self: Arc<Self>, nodes: [Caller; 2]) {
        while !self.stop.load(Ordering::Relaxed) {
            for (node, ready) in nodes.iter().zip(&self.ready) {
                let asked = node.get("/health/ready").try_send().await;
                ready.store(asked.is_ok_and(|answer| answer.status == 200), Ordering::Relaxed);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn log(&self, nodes: &[Caller; 2], turn: usize, cramp: &Value) -> u16 {
        let node = (0..2).map(|number| (turn + number) % 2).find(|node| self.ready[*node].load(Ordering::Relaxed));
        let node = &nodes[node.expect("one of them is ready")];
        node.sends(cramp).try_send().await.unwrap_or_else(|error| panic!("a request was dropped: {error:?}")).status
    }
}

#[test]
fn a_rolling_restart_fails_no_request() {
    drill_alone(async {
        let mut both = TwoNodes::start_with(&[("STOP_NOTICE", "1")]);
        let [here, there] = both.patient("me@example.org").await;
        let addresses = [both.nodes[0].address.to_string(), both.nodes[1].address.to_string()];
        let balancer = Arc::new(Balancer { ready: [true, true].map(AtomicBool::new), stop: AtomicBool::new(false) });
        let watching = tokio::spawn(balancer.clone().watch([here.one_shot(), there.one_shot()]));
        let mut clients = JoinSet::new();
        for client in 0..8 {
            let (nodes, balancer) = ([here.clone(), there.clone()], balancer.clone());
            clients.spawn(async move {
                let mut kept = Vec::new();
                for number in 0.. {
                    if balancer.stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let cramp = cramp(&format!("r{client}-{number}"), number);
                    assert_eq!(balancer.log(&nodes, (client + number) as usize, &cramp).await, 201);
                    kept.push(cramp);
                }
                kept
            });
        }
        for (number, address) in addresses.iter().enumerate() {
            tokio::time::sleep(Duration::from_millis(300)).await;
            both.nodes[number].signal("TERM");
            let ended = both.nodes[number].ends_within(Duration::from_secs(10)).await;
            assert!(ended.is_some_and(|status| status.success()));
            both.nodes[number] = both.homes[number].start_with(&[("LISTEN", address), ("STOP_NOTICE", "1")]);
            while !balancer.ready[number].load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        balancer.stop.store(true, Ordering::Relaxed);
        watching.await.unwrap();
        let kept: Vec<_> = clients.join_all().await.into_iter().flatten().collect();
        println!("{} requests over two restarts, none failed", kept.len());
        here.has_exactly(&kept, &[]).await;
    });
}
