//! Several nodes on one database.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    postgres::{Database, sql},
    support::{Home, Person, Server, cramp, credentials, drill, drill_alone},
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

    async fn register(&self, email: &str) -> [Person; 2] {
        let person = self.nodes[0].register(email).await;
        let there = person.at(&self.nodes[1]);
        [person, there]
    }
}

#[test]
fn nodes_that_start_at_once_migrate_once() {
    drill(async {
        let both = TwoNodes::start();
        let [here, there] = both.register("me@example.org").await;
        assert_eq!(here.log(&cramp("a", 1)).await.status, 201);
        assert_eq!(there.cramps().await.len(), 1);
        let applied =
            sql(&both.database.url, "SELECT count(*), count(DISTINCT version) FROM __diesel_schema_migrations");
        let known = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres")).unwrap().count();
        assert_eq!(applied, format!("{known}|{known}"));
    });
}

#[test]
fn what_one_node_ends_is_over_at_the_other_one() {
    drill(async {
        let both = TwoNodes::start();
        let [here, there] = both.register("me@example.org").await;
        let elsewhere = both.nodes[1].sign_in("me@example.org").await;
        let sessions = here.get("/v1/auth/sessions").await;
        let other = sessions.body["items"].as_array().unwrap().iter().find(|row| row["current"] == false).unwrap();
        assert_eq!(elsewhere.get("/v1/me").await.status, 200);
        let path = format!("/v1/auth/sessions/{}", other["id"].as_str().unwrap());
        assert_eq!(here.try_send(Method::DELETE, &path, None, None).await.unwrap().status, 204);
        assert_eq!(elsewhere.get("/v1/me").await.status, 401);
        assert_eq!(here.try_send(Method::POST, "/v1/auth/logout", None, None).await.unwrap().status, 204);
        assert_eq!(there.get("/v1/me").await.status, 401);
    });
}

#[test]
fn what_is_sent_to_both_nodes_at_once_happens_once() {
    drill(async {
        let both = TwoNodes::start();
        for round in 0..20 {
            let email = format!("round{round}@example.org");
            let strangers = [both.nodes[0].stranger(), both.nodes[1].stranger()];
            let body = credentials(&email);
            let (one, other) = tokio::join!(
                strangers[0].post("/v1/auth/register", &body),
                strangers[1].post("/v1/auth/register", &body)
            );
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{one:?} {other:?}");
            let tokens = if one.status == 201 { &one.body["tokens"] } else { &other.body["tokens"] };

            let persons = strangers.map(|stranger| stranger.with_token(tokens));
            let cramp = cramp("the-same", round);
            let (one, other) = tokio::join!(persons[0].log(&cramp), persons[1].log(&cramp));
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 201], "{one:?} {other:?}");
            assert_eq!(one.body, other.body);
            persons[0].has_exactly(&[cramp], &[]).await;

            let spend = json!({"refresh_token": tokens["refresh_token"]});
            let (one, other) =
                tokio::join!(persons[0].post("/v1/auth/refresh", &spend), persons[1].post("/v1/auth/refresh", &spend));
            assert_eq!((one.status, other.status), (200, 200), "{one:?} {other:?}");
            assert_eq!(one.body["refresh_token"], other.body["refresh_token"]);
        }
    });
}

#[test]
fn revisions_come_in_the_order_of_commits_whichever_node_writes() {
    drill(async {
        let both = TwoNodes::start();
        let at_both = both.register("me@example.org").await;
        let writers = Writers::start(8, &at_both);
        tokio::time::sleep(Duration::from_millis(800)).await;
        let written = writers.stop().await;
        assert_eq!((written.refusals.len(), written.broken), (0, 0));
        at_both[1].has_exactly(&written.cramps(), &written.open).await;
        let mut revisions: Vec<_> =
            at_both[0].cramps().await.iter().map(|row| row["revision"].as_u64().unwrap()).collect();
        revisions.sort_unstable();
        let expected: Vec<_> = (2..).take(revisions.len()).collect();
        assert_eq!(revisions, expected, "a revision was given twice or never");
    });
}

#[test]
fn guesses_are_counted_over_all_nodes() {
    drill(async {
        let both = TwoNodes::start();
        both.register("me@example.org").await;
        let guess = json!({"email": "me@example.org", "password": "not the password"});
        for number in 0..10 {
            let answer = both.nodes[number % 2].stranger().post("/v1/auth/login", &guess).await;
            assert_eq!(answer.status, 401, "{answer:?}");
        }
        for node in &both.nodes {
            assert_eq!(node.stranger().post("/v1/auth/login", &guess).await.status, 429);
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
            statuses.push(nodes[number % 2].stranger().post("/v1/auth/login", &guess).await.status);
        }
        assert_eq!(statuses, [401, 401, 401, 401, 429, 429]);
    });
}

#[test]
fn a_node_that_is_killed_takes_nothing_with_it() {
    drill(async {
        let mut both = TwoNodes::start();
        let at_both = both.register("me@example.org").await;
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
    async fn watch(self: Arc<Self>, nodes: [Person; 2]) {
        while !self.stop.load(Ordering::Relaxed) {
            for (node, ready) in nodes.iter().zip(&self.ready) {
                let asked = node.try_send(Method::GET, "/health/ready", None, None).await;
                ready.store(asked.is_ok_and(|answer| answer.status == 200), Ordering::Relaxed);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn log(&self, nodes: &[Person; 2], turn: usize, cramp: &Value) -> u16 {
        let node = (0..2).map(|number| (turn + number) % 2).find(|node| self.ready[*node].load(Ordering::Relaxed));
        let node = &nodes[node.expect("one of them is ready")];
        node.try_log(cramp).await.unwrap_or_else(|error| panic!("a request was dropped: {error:?}")).status
    }
}

#[test]
fn a_rolling_restart_fails_no_request() {
    drill_alone(async {
        let mut both = TwoNodes::start_with(&[("STOP_NOTICE", "1")]);
        let [here, there] = both.register("me@example.org").await;
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
