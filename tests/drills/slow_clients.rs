//! Clients that begin and do not end.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{Home, Wire, credentials, drill, request, whole};

const HALF_HEAD: &str = "GET /health/live HTTP/1.1\r\nhost: loc";
const WHOLE_HEAD: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// What a client does, and what happens to it.
struct Case {
    what: &'static str,
    /// Before the clock starts; it is answered.
    first: Vec<String>,
    begin: String,
    /// Goes on with a byte a second.
    trickles: bool,
    /// The status that it must see, unless it may be cut without a word.
    status: Option<u16>,
    /// When the connection is over.
    within: Duration,
}

impl Case {
    fn run(&self, address: SocketAddr) {
        let mut wire = Wire::open(address).unwrap();
        for request in &self.first {
            wire.send(request).unwrap();
            assert!(whole(&wire.answer()).is_some_and(|status| status < 500));
        }
        wire.send(&self.begin).unwrap();
        let begun = Instant::now();
        let (bytes, took) = thread::scope(|scope| {
            if self.trickles {
                let mut wire = wire.another();
                // Until the server has had enough.
                scope.spawn(move || {
                    for _ in 0..40 {
                        thread::sleep(Duration::from_secs(1));
                        if wire.send("x").is_err() {
                            break;
                        }
                    }
                });
            }
            let bytes = wire.rest();
            let took = begun.elapsed();
            wire.close();
            (bytes, took)
        });
        println!("{}: {:?} after {took:?}", self.what, whole(&bytes));
        let text = String::from_utf8_lossy(&bytes);
        if self.status.is_some() || !bytes.is_empty() {
            assert_eq!(whole(&bytes), Some(self.status.unwrap_or(408)), "{}: {text}", self.what);
            assert!(text.contains("application/problem+json") && text.contains("request_timeout"), "{text}");
        }
        assert!(took < self.within, "{}: {took:?}", self.what);
    }
}

#[test]
fn slow_clients_are_cut_off_and_told_why() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        server.patient("me@example.org").await;
        let head = Duration::from_secs(10);
        let body = Duration::from_secs(15);
        let sign_in = |length: usize| {
            format!(
                "POST /v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                 content-length: {length}\r\n\r\n"
            )
        };
        let full = request("POST", "/v1/auth/login", "", &credentials("me@example.org"));
        let refused = request("POST", "/v1/auth/login", "", &json!({"email": 1}));
        let case = |what, first: &[&str], begin: &str, trickles, status, within| Case {
            what,
            first: first.iter().map(|&request| request.to_owned()).collect(),
            begin: begin.to_owned(),
            trickles,
            status,
            within,
        };
        let half_body = format!("{}{{\"email\"", sign_in(100));
        let cases = [
            case("half a head", &[], HALF_HEAD, false, None, head),
            case("a trickling head", &[], HALF_HEAD, true, None, head),
            case("no body", &[], &sign_in(100), false, Some(408), body),
            case("half a body", &[], &half_body, false, Some(408), body),
            case("a trickling body", &[], &half_body, true, Some(408), body),
            case("half a second head", &[WHOLE_HEAD], HALF_HEAD, false, None, head),
            case("a trickling second head", &[WHOLE_HEAD], HALF_HEAD, true, None, head),
            case("half a head after a body", &[&full], HALF_HEAD, false, None, head),
            case("half a head after a refusal", &[&refused], HALF_HEAD, false, None, head),
            case("no second body", &[&full, WHOLE_HEAD], &sign_in(100), false, Some(408), body),
            case("a trickling second body", &[&full], &half_body, true, Some(408), body),
        ];
        let address = server.address;
        let outcomes: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = cases.iter().map(|case| scope.spawn(|| case.run(address))).collect();
            running.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        let failed: Vec<_> =
            cases.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_err()).map(|(case, _)| case.what).collect();
        assert!(failed.is_empty(), "not as promised: {failed:?}");
        // Everybody else is served as before.
        server.nobody().get("/health/ready").await.is(200);
    });
}
