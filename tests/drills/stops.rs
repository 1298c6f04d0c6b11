//! SIGTERM and SIGINT under load.

use std::{
    net::SocketAddr,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{Home, Wire, cramp, credentials, drill, request, whole};

const EMAIL: &str = "me@example.org";
/// A request that was sent so long before the signal was in the server's hands, also on a busy machine.
const SURELY_THERE: Duration = Duration::from_millis(100);

/// How a request on a connection of its own ended.
enum Exchange {
    Refused,
    Unanswered { sent: Instant },
    Answered { status: u16 },
}

fn exchange(address: SocketAddr, request: &str) -> Exchange {
    let Ok(mut wire) = Wire::open(address) else { return Exchange::Refused };
    if wire.send(request).is_err() {
        return Exchange::Refused;
    }
    let sent = Instant::now();
    let bytes = wire.rest();
    if bytes.is_empty() {
        return Exchange::Unanswered { sent };
    }
    let status = whole(&bytes).unwrap_or_else(|| panic!("cut: {}", String::from_utf8_lossy(&bytes)));
    Exchange::Answered { status }
}

fn write_until_refused(address: SocketAddr, token: &str, client: u32) -> (Vec<Value>, Option<Instant>) {
    let headers = format!("authorization: Bearer {token}\r\nconnection: close\r\n");
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let cramp = cramp(&format!("c{client}-{number}"), number * 8 + client);
        match exchange(address, &request("POST", "/v1/diaries/me/episodes", &headers, &cramp)) {
            Exchange::Answered { status: 201 } => acknowledged.push(cramp),
            Exchange::Answered { status } => panic!("a cramp was answered with {status}"),
            Exchange::Refused => return (acknowledged, None),
            Exchange::Unanswered { sent } => return (acknowledged, Some(sent)),
        }
    }
    unreachable!("the server did not stop");
}

/// The last cramps of clients may be stored although nobody could be told any more.
fn unsaid(acknowledged: &[Value]) -> Vec<Value> {
    (0..8)
        .map(|client| {
            let mine = format!("c{client}-");
            let count = acknowledged.iter().filter(|cramp| cramp["id"].as_str().unwrap().starts_with(&mine)).count();
            let number = u32::try_from(count).unwrap();
            cramp(&format!("{mine}{number}"), number * 8 + client)
        })
        .collect()
}

async fn stops_on(signal: &str) {
    let home = Home::new();
    let mut server = home.start();
    let person = server.patient(EMAIL).await;
    let address = server.address;

    let mut idle = Wire::open(address).unwrap();
    idle.send("GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(whole(&idle.answer()), Some(200));

    let mut acknowledged = Vec::new();
    thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|client| {
                let token = person.tokens().access.as_str();
                scope.spawn(move || write_until_refused(address, token, client))
            })
            .collect();
        thread::sleep(Duration::from_millis(300));
        // Sign-ins take some 30 ms each and two at once: most of them still wait when the signal comes.
        let (sent, all_sent) = mpsc::channel();
        let sign_ins: Vec<_> = (0..16)
            .map(|_| {
                let sent = sent.clone();
                scope.spawn(move || {
                    let mut wire = Wire::open(address).unwrap();
                    wire.send(&request("POST", "/v1/auth/login", "connection: close\r\n", &credentials(EMAIL)))
                        .unwrap();
                    sent.send(()).unwrap();
                    (wire.rest(), Instant::now())
                })
            })
            .collect();
        for _ in &sign_ins {
            let _ = all_sent.recv_timeout(Duration::from_secs(10));
        }
        thread::sleep(SURELY_THERE);

        let signalled = Instant::now();
        server.signal(signal);
        let status = server.end_within(Duration::from_secs(20));
        let took = signalled.elapsed();
        // Also one that does not stop must let its clients go.
        server.kill();
        let mut answered_after = 0;
        for sign_in in sign_ins {
            let (bytes, ended) = sign_in.join().unwrap();
            assert_eq!(whole(&bytes), Some(200), "a sign-in before {signal}: {}", String::from_utf8_lossy(&bytes));
            answered_after += u32::from(ended > signalled);
        }
        let mut turned_away = 0;
        for writer in writers {
            let (written, last) = writer.join().unwrap();
            acknowledged.extend(written);
            if let Some(sent) = last {
                assert!(sent + SURELY_THERE > signalled, "a request before {signal} got no answer");
                turned_away += 1;
            }
        }
        println!(
            "{signal}: ended after {took:?} with {status:?}; {} cramps written, {answered_after} sign-ins answered \
             after the signal, {turned_away} requests turned away that came together with it",
            acknowledged.len()
        );
        assert_eq!(status.and_then(|status| status.code()), Some(0), "{status:?}");
        assert!(took < Duration::from_secs(10), "{took:?}");
    });
    let log = std::fs::metadata(home.data("cramp-diary.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "the database is not all in one file");
    assert!(idle.ends(), "the idle connection got an answer that nobody asked for");
    let unsaid = unsaid(&acknowledged);
    let server = home.start();
    person.at(&server).signs_in().await.has_exactly(&acknowledged, &unsaid).await;
}

#[test]
fn a_term_signal_under_load_cuts_nobody_off() {
    drill(stops_on("TERM"));
}

#[test]
fn an_interrupt_under_load_cuts_nobody_off() {
    drill(stops_on("INT"));
}

#[test]
fn clients_that_stall_do_not_hold_up_the_stop() {
    drill(async {
        let home = Home::new();
        let mut server = home.start();
        let half_head = "GET /health/live HTTP/1.1\r\nhost: loc";
        let half_body = request("POST", "/v1/auth/login", "", &json!({"email": EMAIL}));
        let mut stalled = Vec::new();
        for request in [half_head, &half_body[..half_body.len() - 5], ""] {
            let mut wire = Wire::open(server.address).unwrap();
            wire.send(request).unwrap();
            stalled.push(wire);
        }
        thread::sleep(SURELY_THERE);
        let signalled = Instant::now();
        server.signal("TERM");
        let status = server.end_within(Duration::from_secs(20));
        println!("with stalled clients: ended after {:?} with {status:?}", signalled.elapsed());
        assert_eq!(status.and_then(|status| status.code()), Some(0), "{status:?}");
        // Ten seconds are promised; a busy machine may take a little longer to tell.
        assert!(signalled.elapsed() < Duration::from_secs(12));
    });
}
