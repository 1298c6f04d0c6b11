//! Webhooks, as those see them who are told: each receiver is a server of its own on this machine.

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName},
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{sleep, timeout},
};

use crate::{
    client::{Caller, Row},
    postgres::Database,
    support::{Home, Wire, cramp, drill, drill_asleep},
    tls::Certificates,
};

const PATH: &str = "/v1/me/webhooks";
/// Far more than it takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);
/// Receivers of drills are on this machine, and tried again soon.
const HERE: [(&str, &str); 2] =
    [("WEBHOOKS_ALLOW_PRIVATE", "on"), ("WEBHOOK_RETRIES", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1")];

/// What a receiver was sent.
#[derive(Debug, Clone)]
struct Sent {
    path: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Sent {
    fn of(request: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(request).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let path = lines.next()?.strip_prefix("POST ")?.strip_suffix(" HTTP/1.1")?.to_owned();
        let pairs = lines.filter_map(|line| line.split_once(": "));
        let headers: BTreeMap<_, _> =
            pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        (headers.get("content-length")?.parse() == Ok(body.len())).then(|| Self {
            path,
            headers,
            body: body.to_owned(),
        })
    }

    fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// What the official library says of it.
    fn verified_with(&self, secret: &str) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let webhook = standardwebhooks::Webhook::new(secret).unwrap();
        webhook.verify(self.body.as_bytes(), &headers).map_err(|error| error.to_string())
    }
}

/// What a receiver answers.
#[derive(Clone)]
enum Answer {
    /// These bytes.
    Says(String),
    /// Nothing, for as long as the other side waits.
    Nothing,
}

fn status(line: &str) -> Answer {
    Answer::Says(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n"))
}

/// A program that is told.
struct Receiver {
    address: SocketAddr,
    sent: mpsc::UnboundedReceiver<Sent>,
    answer: Arc<Mutex<Answer>>,
    at_once: Arc<AtomicUsize>,
}

impl Receiver {
    async fn answering(answer: Answer) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").await.unwrap(), answer)
    }

    fn at(listener: TcpListener, answer: Answer) -> Self {
        let address = listener.local_addr().unwrap();
        let (tell, sent) = mpsc::unbounded_channel();
        let (answer, at_once) = (Arc::new(Mutex::new(answer)), Arc::new(AtomicUsize::new(0)));
        let (answers, most) = (answer.clone(), at_once.clone());
        tokio::spawn(async move {
            let open = Arc::new(AtomicUsize::new(0));
            while let Ok((stream, _)) = listener.accept().await {
                let (tell, answers, most, open) = (tell.clone(), answers.clone(), most.clone(), open.clone());
                tokio::spawn(async move {
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    receive(stream, &tell, &answers).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, sent, answer, at_once }
    }

    fn url(&self) -> String {
        format!("http://{}/hook?key=1", self.address)
    }

    fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    async fn next(&mut self) -> Sent {
        timeout(PATIENCE, self.sent.recv()).await.expect("nothing was sent").unwrap()
    }

    fn has_nothing_more(&mut self) -> bool {
        self.sent.try_recv().is_err()
    }
}

async fn receive(mut stream: TcpStream, tell: &mpsc::UnboundedSender<Sent>, answer: &Mutex<Answer>) {
    let mut request = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut request).await {
        // Somebody begins with TLS.
        if request[0] == 0x16 {
            drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await);
            return;
        }
        let Some(sent) = Sent::of(&request) else { continue };
        let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        drop(tell.send(sent));
        match answer {
            Answer::Says(answer) => drop(stream.write_all(answer.as_bytes()).await),
            Answer::Nothing => while let Ok(1..) = stream.read_buf(&mut request).await {},
        }
        return;
    }
}

/// Makes a webhook, and answers with its path and its secret.
async fn listens(person: &Caller, url: &str, events: &[&str]) -> (String, String) {
    let made = person.post(PATH, json!({"url": url, "events": events})).await.is(201).json();
    (format!("{PATH}/{}", made["id"].as_str().unwrap()), made["secret"].as_str().unwrap().to_owned())
}

/// The deliveries of a webhook, the latest first, once they are as somebody waits for.
async fn deliveries_once(person: &Caller, webhook: &str, are: impl Fn(&[Row]) -> bool) -> Vec<Row> {
    let looking = async {
        loop {
            let rows = person.get(format!("{webhook}/deliveries")).await.is(200).items();
            if are(&rows) {
                return rows;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, looking).await.expect("they never are")
}

fn have_arrived(rows: &[Row]) -> bool {
    !rows.is_empty() && rows.iter().all(|row| row["delivered_at"].is_string())
}

#[test]
fn what_is_told_says_where_to_look_and_the_official_library_verifies_it() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&HERE);
        let mut receiver = Receiver::answering(status("204 No Content")).await;
        let person = server.patient("me@example.org").await;
        let (webhook, secret) = listens(&person, &receiver.url(), &["diary.changed"]).await;
        let logged = person.logs(cramp("secret-cramp", 1)).await;
        let sent = receiver.next().await;
        let diary = person.get("/v1/diaries/me").await.row();
        let body = sent.json();
        assert_eq!(body["type"], "diary.changed");
        assert_eq!(body["data"], json!({"diary_id": diary.id(), "revision": logged.revision()}));
        assert!(body["timestamp"].is_string() && body.as_object().unwrap().len() == 3, "{body}");
        assert_eq!((sent.path.as_str(), sent.headers["content-type"].as_str()), ("/hook?key=1", "application/json"));
        assert_eq!(sent.verified_with(&secret), Ok(()));
        let (_, others) = listens(&person, &receiver.url(), &["link.opened"]).await;
        assert!(sent.verified_with(&others).is_err());
        let changed = Sent { body: sent.body.replace("diary.changed", "diary.deleted"), ..sent.clone() };
        assert!(changed.verified_with(&secret).is_err());

        let told = deliveries_once(&person, &webhook, have_arrived).await;
        assert_eq!((told.len(), told[0].id()), (1, sent.id()));
        assert_eq!((&told[0]["last_status"], &told[0]["attempts"]), (&json!(204), &json!(1)));
        assert!(person.get(&webhook).await.json()["last_delivered_at"].is_string());
        // Another change is another delivery.
        let later = person.logs(cramp("later", 2)).await;
        let sent = receiver.next().await;
        assert_eq!(sent.json()["data"]["revision"], later.revision());
        assert_ne!(sent.id(), told[0].id());
        let log = fs::read_to_string(home.path("log.txt")).unwrap();
        assert!(!log.contains("key=1") && !log.contains(&secret), "{log}");
    });
}

#[test]
fn a_receiver_that_is_down_gets_everything_once_it_is_up_under_the_same_ids() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&HERE);
        let person = server.patient("me@example.org").await;
        let carer = server.patient("carer@example.org").await;
        // Nobody listens there yet.
        let place = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = place.local_addr().unwrap();
        drop(place);
        let url = format!("http://{address}/");
        let (webhook, secret) = listens(&person, &url, &["diary.changed", "grant.created"]).await;
        person.logs(cramp("a", 1)).await;
        let grant = person.shares_on(json!({"role": "viewer"}), &carer).await;
        let failed = |rows: &[Row]| rows.len() == 2 && rows.iter().all(|row| row["attempts"].as_u64() > Some(1));
        let waiting = deliveries_once(&person, &webhook, failed).await;
        assert!(waiting.iter().all(|row| row["last_error"] == "connection" && row["last_status"].is_null()));
        let last = person.logs(cramp("b", 2)).await.revision();

        let mut receiver = Receiver::at(TcpListener::bind(address).await.unwrap(), status("200 OK"));
        let mut told = BTreeMap::new();
        let mut known = 0;
        while told.len() < 2 || known < last {
            let sent = receiver.next().await;
            assert_eq!(sent.verified_with(&secret), Ok(()));
            known = known.max(sent.json()["data"]["revision"].as_i64().unwrap_or_default());
            assert!(told.insert(sent.id().to_owned(), sent.json()).is_none(), "{sent:?} came twice");
        }
        for row in &waiting {
            assert!(told.contains_key(row.id()), "{row:?} never came");
        }
        assert!(told.values().any(|body| body["data"]["grant_id"] == grant.id()));
        deliveries_once(&person, &webhook, have_arrived).await;
    });
}

#[test]
fn a_receiver_that_never_answers_holds_up_no_other_and_no_write() {
    drill_asleep(async {
        let home = Home::new();
        let server = home.start_with(&HERE);
        let person = server.patient("me@example.org").await;
        let mut silent = Receiver::answering(Answer::Nothing).await;
        let mut quick = Receiver::answering(status("200 OK")).await;
        let (slow, _) = listens(&person, &silent.url(), &["diary.changed"]).await;
        let (fast, _) = listens(&person, &quick.url(), &["diary.changed"]).await;
        person.logs(cramp("a", 1)).await;
        silent.next().await;
        quick.next().await;
        let last = person.logs(cramp("b", 2)).await.revision();
        while quick.next().await.json()["data"]["revision"] != last {}
        deliveries_once(&person, &fast, have_arrived).await;
        // The first attempt is told of as it ended: the receiver was not heard.
        let over = |rows: &[Row]| rows.first().is_some_and(|row| row["last_error"].is_string());
        // Who asks for it once more meanwhile does not shorten what is left of it.
        let on_its_way = person.get(format!("{slow}/deliveries")).await.is(200).items();
        let retry = format!("{slow}/deliveries/{}/retry", on_its_way.last().unwrap().id());
        person.request(Method::POST, &retry).await.is(200);
        let rows = deliveries_once(&person, &slow, over).await;
        assert_eq!(person.get(&slow).await.json()["disabled"], false);
        assert_eq!((rows.len(), &rows[0]["last_error"]), (1, &json!("timeout")));
        // One at a time.
        assert_eq!(silent.at_once.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_redirect_is_not_followed() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&HERE);
        let person = server.patient("me@example.org").await;
        let mut elsewhere = Receiver::answering(status("200 OK")).await;
        let mut receiver =
            Receiver::answering(status(&format!("307 Temporary Redirect\r\nlocation: {}", elsewhere.url()))).await;
        let (webhook, _) = listens(&person, &receiver.url(), &["diary.changed"]).await;
        person.logs(cramp("a", 1)).await;
        receiver.next().await;
        receiver.next().await;
        let failed = |rows: &[Row]| rows.iter().any(|row| row["last_status"] == 307);
        assert_eq!(deliveries_once(&person, &webhook, failed).await[0]["last_error"], "status");
        assert!(elsewhere.has_nothing_more());
    });
}

#[test]
fn a_receiver_that_is_gone_is_told_nothing_more_and_that_is_counted() {
    drill(async {
        let home = Home::new();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let server = home.start_with(&[HERE[0], HERE[1], ("METRICS_LISTEN", &free.to_string())]);
        let person = server.patient("me@example.org").await;
        let mut receiver = Receiver::answering(status("410 Gone")).await;
        let (webhook, _) = listens(&person, &receiver.url(), &["diary.changed"]).await;
        person.logs(cramp("a", 1)).await;
        receiver.next().await;
        let over = |rows: &[Row]| rows.first().is_some_and(|row| row["next_attempt_at"].is_null());
        deliveries_once(&person, &webhook, over).await;
        let off = person.get(&webhook).await.json();
        assert_eq!((&off["disabled"], &off["disabled_reason"]), (&json!(true), &json!("gone")));
        let mut wire = Wire::open(free).unwrap();
        wire.send("GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let counts = String::from_utf8(wire.rest()).unwrap();
        for line in ["webhook_attempts_total{outcome=\"failed\"} 1", "webhook_deliveries_waiting 0"] {
            assert!(counts.lines().any(|counted| counted == line), "{line} in {counts}");
        }
    });
}

#[test]
fn who_fails_to_the_end_is_switched_off_and_what_is_left_is_sent_when_somebody_asks() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&[("WEBHOOKS_ALLOW_PRIVATE", "on"), ("WEBHOOK_RETRIES", "1,1")]);
        let person = server.patient("me@example.org").await;
        let carer = server.patient("carer@example.org").await;
        let mut receiver = Receiver::answering(status("500 Internal Server Error")).await;
        let (webhook, _) = listens(&person, &receiver.url(), &["grant.created", "diary.changed"]).await;
        person.shares_on(json!({"role": "viewer"}), &carer).await;
        let first = receiver.next().await;
        assert_eq!((first.id(), receiver.next().await.id()), (receiver.next().await.id(), first.id()));
        let over = |rows: &[Row]| rows.first().is_some_and(|row| row["next_attempt_at"].is_null());
        let failed = deliveries_once(&person, &webhook, over).await.remove(0);
        assert_eq!((&failed["attempts"], &failed["last_status"]), (&json!(3), &json!(500)));
        assert_eq!(person.get(&webhook).await.json()["disabled_reason"], "failing");
        let last = person.logs(cramp("while-it-is-off", 1)).await.revision();

        receiver.answers(status("200 OK"));
        assert!(receiver.has_nothing_more());
        person.patch(&webhook, json!({"disabled": false})).await.is(200);
        let retry = format!("{webhook}/deliveries/{}/retry", failed.id());
        person.request(Method::POST, retry).await.is(200);
        let told = [receiver.next().await, receiver.next().await];
        let again = told.iter().find(|sent| sent.id() == first.id()).unwrap();
        assert_eq!(again.body, first.body);
        assert!(told.iter().any(|sent| sent.json()["data"]["revision"] == last));
        deliveries_once(&person, &webhook, have_arrived).await;
    });
}

#[test]
fn who_may_not_see_a_diary_any_more_is_not_told_what_waited() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&HERE);
        let (person, carer) = (server.patient("me@example.org").await, server.patient("carer@example.org").await);
        let mut receiver = Receiver::answering(status("503 Service Unavailable")).await;
        let grant = person.shares_on(json!({"role": "viewer"}), &carer).await;
        let (webhook, _) = listens(&carer, &receiver.url(), &["diary.changed", "grant.ended"]).await;
        person.logs(cramp("a", 1)).await;
        receiver.next().await;
        person.revokes(&grant).await;
        let ended = |rows: &[Row]| rows.iter().any(|row| row["last_error"] == "right_ended");
        let rows = deliveries_once(&carer, &webhook, ended).await;
        assert!(rows.iter().all(|row| row["delivered_at"].is_null()));
        receiver.answers(status("200 OK"));
        loop {
            let sent = receiver.next().await.json();
            if sent["type"] == "grant.ended" {
                assert_eq!(sent["data"]["grant_id"], grant.id());
                break;
            }
        }
    });
}

#[test]
fn what_a_webhook_is_not_for_any_more_is_not_told_though_it_waited() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&HERE);
        let (person, carer) = (server.patient("me@example.org").await, server.patient("carer@example.org").await);
        let mut receiver = Receiver::answering(status("503 Service Unavailable")).await;
        let (webhook, _) = listens(&person, &receiver.url(), &["grant.created", "grant.ended"]).await;
        let grant = person.shares_on(json!({"role": "viewer"}), &carer).await;
        receiver.next().await;
        person.patch(&webhook, json!({"events": ["grant.ended"]})).await.is(200);
        receiver.answers(status("200 OK"));
        person.revokes(&grant).await;
        let over = |rows: &[Row]| rows.len() == 2 && rows.iter().all(|row| row["next_attempt_at"].is_null());
        let rows = deliveries_once(&person, &webhook, over).await;
        assert_eq!((&rows[1]["event"], &rows[1]["last_error"]), (&json!("grant.created"), &json!("unwanted")));
        assert!(rows[0]["delivered_at"].is_string());
    });
}

/// A name of this machine's own that is not `localhost`, which is refused as it stands.
fn name_of_this_machine() -> Option<String> {
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap();
    let names = hosts.lines().filter_map(|line| line.split('#').next().unwrap().split_once(char::is_whitespace));
    let own = names.filter(|(address, _)| address.parse().is_ok_and(|address: IpAddr| address.is_loopback()));
    let mut own = own.flat_map(|(_, names)| names.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    own.find(|name| !name.contains("localhost"))
}

#[test]
fn a_name_that_leads_into_this_network_is_not_called() {
    let Some(name) = name_of_this_machine() else { return println!("this machine has no name but localhost") };
    drill(async move {
        let home = Home::new();
        let server = home.start();
        let person = server.patient("me@example.org").await;
        let mut receiver = Receiver::answering(status("200 OK")).await;
        let url = format!("https://{name}:{}/hook", receiver.address.port());
        let (webhook, _) = listens(&person, &url, &["diary.changed"]).await;
        person.logs(cramp("a", 1)).await;
        let tried = |rows: &[Row]| rows.iter().any(|row| row["last_error"].is_string());
        let rows = deliveries_once(&person, &webhook, tried).await;
        assert_eq!(rows[0]["last_error"], "refused_address");
        assert!(receiver.has_nothing_more());
    });
}

#[test]
fn an_address_of_this_network_is_refused_once_the_operator_does_not_allow_it() {
    drill(async {
        let home = Home::new();
        let mut server = home.start_with(&HERE);
        let person = server.patient("me@example.org").await;
        let mut receiver = Receiver::answering(status("200 OK")).await;
        let (webhook, _) = listens(&person, &receiver.url(), &["diary.changed"]).await;
        server.kill();
        let server = home.start_with(&HERE[1..]);
        let person = person.at(&server);
        person.post(PATH, json!({"url": receiver.url(), "events": ["diary.changed"]})).await.is(422);
        person.logs(cramp("a", 1)).await;
        let failed = |rows: &[Row]| rows.iter().any(|row| row["last_error"].is_string());
        let rows = deliveries_once(&person, &webhook, failed).await;
        assert_eq!(rows[0]["last_error"], "refused_address");
        assert!(receiver.has_nothing_more());
    });
}

#[test]
fn what_was_committed_is_told_after_a_kill_and_what_was_on_its_way_once_more() {
    drill_asleep(async {
        let home = Home::new();
        let mut server = home.start_with(&[HERE[0], ("WEBHOOKS", "off")]);
        let person = server.patient("me@example.org").await;
        let carer = server.patient("carer@example.org").await;
        let mut receiver = Receiver::answering(Answer::Nothing).await;
        listens(&person, &receiver.url(), &["grant.created"]).await;
        let (webhook, _) = listens(&person, &receiver.url(), &["diary.changed"]).await;
        person.logs(cramp("a", 1)).await;
        person.shares_on(json!({"role": "viewer"}), &carer).await;
        server.kill();
        assert!(receiver.has_nothing_more());

        let mut server = home.start_with(&HERE);
        let on_their_way = [receiver.next().await, receiver.next().await];
        let kinds = on_their_way.each_ref().map(|sent| sent.json()["type"].as_str().unwrap().to_owned());
        assert!(kinds.contains(&"diary.changed".to_owned()) && kinds.contains(&"grant.created".to_owned()));
        server.kill();
        receiver.answers(status("200 OK"));
        let server = home.start_with(&HERE);
        let again = [receiver.next().await, receiver.next().await];
        for sent in &on_their_way {
            let same = again.iter().find(|other| other.id() == sent.id()).unwrap();
            assert_eq!(same.body, sent.body);
        }
        let person = person.at(&server);
        assert_eq!(deliveries_once(&person, &webhook, have_arrived).await[0]["attempts"], 2);
        assert!(receiver.has_nothing_more());
    });
}

#[test]
fn a_receiver_verifies_what_comes_after_its_secret_was_sealed_by_another_key() {
    drill_asleep(async {
        let home = Home::new();
        let server = home.start_with(&HERE);
        let person = server.patient("me@example.org").await;
        let carer = server.patient("carer@example.org").await;
        let mut receiver = Receiver::answering(status("200 OK")).await;
        let (_, secret) = listens(&person, &receiver.url(), &["grant.created"]).await;
        let out = home.run(&["secrets", "rotate"]).succeeds();
        assert!(out.contains(": 1 were sealed anew"), "{out}");
        person.shares_on(json!({"role": "viewer"}), &carer).await;
        receiver.next().await.verified_with(&secret).unwrap();
    });
}

#[test]
fn two_nodes_tell_everything_once() {
    drill(async {
        let database = Database::empty();
        let homes = [Home::of_node(&database.url), Home::of_node(&database.url)];
        let nodes = homes.each_ref().map(|home| home.start_with(&HERE));
        let mut receiver = Receiver::answering(status("200 OK")).await;
        let mut people = Vec::new();
        for number in 0..12 {
            let person = nodes[number % 2].patient(&format!("{number}@example.org")).await;
            let (webhook, _) = listens(&person, &receiver.url(), &["diary.changed"]).await;
            people.push((person, webhook));
        }
        let mut told = BTreeMap::new();
        for round in 0..3 {
            for (person, _) in &people {
                person.logs(cramp(&format!("{round}"), round)).await;
            }
            for _ in &people {
                let sent = receiver.next().await;
                assert!(told.insert(sent.id().to_owned(), sent.json()).is_none(), "{sent:?} came twice");
            }
        }
        for (person, webhook) in &people {
            let rows = deliveries_once(person, webhook, have_arrived).await;
            assert_eq!(rows.len(), 3);
            assert!(rows.iter().all(|row| row["attempts"] == 1 && told.contains_key(row.id())));
        }
        assert!(receiver.has_nothing_more());
    });
}

/// Takes one request by TLS, and answers it.
fn receives_by_tls(certificates: &Certificates) -> (SocketAddr, mpsc::UnboundedReceiver<Sent>) {
    use std::io::{Read, Write};
    let chain = CertificateDer::pem_file_iter(certificates.file("server.crt")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(certificates.file("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = Arc::new(tls.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, sent) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(tls.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let (mut request, mut piece) = (Vec::new(), [0; 4096]);
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                request.extend_from_slice(&piece[..length]);
                if let Some(whole) = Sent::of(&request) {
                    drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
                    drop(stream.flush());
                    drop(tell.send(whole));
                    break;
                }
            }
        }
    });
    (address, sent)
}

#[test]
fn behind_tls_a_receiver_is_who_its_certificate_says() {
    drill(async {
        let certificates = Certificates::for_host("DNS:localhost");
        let home = Home::new();
        let server = home.start_trusting(&certificates.file("ca.crt"), &HERE);
        let person = server.patient("me@example.org").await;
        let (address, mut sent) = receives_by_tls(&certificates);
        let port = address.port();
        // By another name than that of the certificate, and one that speaks no TLS.
        let (other_name, _) = listens(&person, &format!("https://127.0.0.1:{port}/"), &["diary.changed"]).await;
        let mut plain = Receiver::answering(status("200 OK")).await;
        let (no_tls, _) = listens(&person, &plain.url().replace("http:", "https:"), &["diary.changed"]).await;
        let (webhook, secret) = listens(&person, &format!("https://localhost:{port}/"), &["diary.changed"]).await;
        person.logs(cramp("a", 1)).await;
        let told = timeout(PATIENCE, sent.recv()).await.unwrap().unwrap();
        assert_eq!(told.verified_with(&secret), Ok(()));
        deliveries_once(&person, &webhook, have_arrived).await;
        for refused in [other_name, no_tls] {
            let failed = |rows: &[Row]| rows.iter().any(|row| row["last_error"].is_string());
            assert_eq!(deliveries_once(&person, &refused, failed).await[0]["last_error"], "tls");
        }
        assert!(sent.try_recv().is_err() && plain.has_nothing_more());
    });
}
