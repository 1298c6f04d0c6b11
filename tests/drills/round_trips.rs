//! A database that is far away: what a request waits for there is ways to it and back, and these are counted.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    client::DiaryPath,
    postgres::{Durability, Server},
    support::{Home, cramp, drill_alone},
};

/// How long it takes to the database or back.
const FAR: Duration = Duration::from_millis(1);
/// How often each operation is done: housekeeping asks a little beside it, which does not count.
const TIMES: u32 = 40;

/// What stands between a service and its database, and holds up what goes through.
struct Proxy {
    port: u16,
    ways: Arc<AtomicU32>,
}

impl Proxy {
    fn before(postgres: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, there) = (listener.local_addr().unwrap().port(), postgres.port());
        let ways = Arc::new(AtomicU32::new(0));
        let counted = ways.clone();
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let server = TcpStream::connect(("127.0.0.1", there)).unwrap();
                // What is sent after an answer sets out anew; what follows it at once goes the same way.
                let answered = Arc::new(AtomicBool::new(true));
                let (counted, is_answered) = (counted.clone(), answered.clone());
                pass(&client, &server, move || {
                    if is_answered.swap(false, SeqCst) {
                        counted.fetch_add(1, SeqCst);
                    }
                });
                pass(&server, &client, move || answered.store(true, SeqCst));
            }
        });
        Self { port, ways }
    }

    /// How many ways to the database and back some work takes each time, and how long that is.
    async fn ways_of(&self, name: &str, mut work: impl AsyncFnMut(u32)) -> u32 {
        // Statements are prepared once for each connection.
        for number in 0..TIMES {
            work(number).await;
        }
        let (before, since) = (self.ways.load(SeqCst), Instant::now());
        for number in TIMES..2 * TIMES {
            work(number).await;
        }
        let (all, took) = (self.ways.load(SeqCst) - before, since.elapsed() / TIMES);
        println!("{name}: {:.2} ways, {took:?}", f64::from(all) / f64::from(TIMES));
        all / TIMES
    }
}

/// Hands on what one end says to the other.
fn pass(from: &TcpStream, to: &TcpStream, mut passes: impl FnMut() + Send + 'static) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    to.set_nodelay(true).unwrap();
    thread::spawn(move || {
        let mut some = [0; 8_192];
        while let Ok(length @ 1..) = from.read(&mut some) {
            passes();
            thread::sleep(FAR);
            if to.write_all(&some[..length]).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Both));
    });
}

#[test]
fn a_request_goes_to_a_distant_database_as_seldom_as_it_can() {
    drill_alone(async {
        let postgres = Server::start(Durability::None);
        let proxy = Proxy::before(&postgres);
        let database = postgres.create_database("diary");
        let home = Home::of_node(&database.replace(&postgres.port().to_string(), &proxy.port.to_string()));
        let node = home.start_with(&[("READ_CONNECTIONS", "1"), ("WRITE_CONNECTIONS", "1")]);
        let person = node.patient("me@example.org").await;
        person.logs(cramp("one", 1)).await;

        // One of what is read may be its end, for which nobody waits.
        for (name, path) in [("get", "episodes/one"), ("list", "episodes"), ("night share", "analytics/night-share")] {
            let path = format!("/v1/diaries/me/{path}");
            let read = async |_| drop(person.get(&path).await.is(200));
            let ways = proxy.ways_of(name, read).await;
            assert!(ways <= 3, "{name}: {ways} ways to the database");
        }
        // The session, the grants, the diaries, whose they are, what those are called, and the end: however many diaries are
        // looked through.
        let carer = node.patient("carer@example.org").await;
        for number in 0..12 {
            let other = node.patient(&format!("other-{number}@example.org")).await;
            let id = other.shares_with(&carer).await["diary_id"].as_str().unwrap().to_owned();
            carer.post(DiaryPath::of(&id).reviews(), json!({})).await.is(201);
        }
        for (name, query) in [("own diary", "role=owner"), ("nothing new", "unreviewed=true")] {
            let list = async |_| drop(carer.get(format!("/v1/diaries?{query}")).await.is(200));
            let ways = proxy.ways_of(name, list).await;
            assert!(ways <= 6, "{name}: {ways} ways to the database");
        }

        let log = async |number| drop(person.sends(&cramp(&format!("more-{number}"), number)).await.is(201));
        let ways = proxy.ways_of("create", log).await;
        assert!(ways <= 4, "create: {ways} ways to the database");
    });
}
