//! One account, or three addresses without one, do their worst. Everybody else is served: nobody is refused, and memory
//! stays flat. How much longer it takes is printed: the service has no more processors than it has, and a build that is not
//! optimised is slow by itself.

use std::{
    fs,
    future::Future,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use futures_util::{StreamExt, future::join_all, stream};
use serde_json::json;

use crate::{
    client::{Answer, Browser, Caller, DiaryPath, PASSWORD, Row},
    support::{Home, Server, Wire, cramp, credentials, drill_alone, quantile},
};

const EMAIL: &str = "me@example.org";
/// What the service may take more of under a flood.
const MORE_MEGABYTES: u64 = 150;
/// The addresses of those who have no account.
const ADDRESSES: [u8; 3] = [11, 12, 13];
/// Of each address, or of the account.
const SOCKETS: usize = 8;
const CRAMPS: u32 = 3_000;
/// How often somebody else logs and reads.
const TIMES: u32 = 300;

/// How long it takes somebody else to do what they do all the time.
#[derive(Default)]
struct Times {
    creates: Vec<Duration>,
    gets: Vec<Duration>,
    sign_ins: Vec<Duration>,
}

impl Times {
    /// Logs, reads and signs in, and is never refused.
    async fn of(person: &Caller, when: &str) -> Self {
        let mut times = Self::default();
        for number in 0..TIMES {
            let id = format!("{when}-{number}");
            times.creates.push(person.sends(&cramp(&id, number)).await.is(201).took);
            times.gets.push(person.get(person.diary().episode(&id)).await.is(200).took);
            if number % 10 == 0 {
                times.sign_ins.push(person.signed_out().post("/v1/auth/login", credentials(EMAIL)).await.is(200).took);
            }
        }
        times
    }

    fn tells(&self, idle: &Self) -> String {
        let told = [("create", &self.creates, &idle.creates), ("get", &self.gets, &idle.gets)];
        let told = told.into_iter().chain([("sign-in", &self.sign_ins, &idle.sign_ins)]);
        let told = told.map(|(what, now, idle)| {
            let (now, idle) = (quantile(now, 0.99), quantile(idle, 0.99));
            format!("{what} p99 {idle:.1?} → {now:.1?} ({:.1}×)", now.as_secs_f64() / idle.as_secs_f64())
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

/// Clients who ask again and again. They have a thread of their own, which yields to everything else on this machine: in
/// life, they would have machines of their own.
struct Flood {
    over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
    answered: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
}

impl Flood {
    fn begin<F: Future<Output = Answer> + Send>(
        clients: Vec<Caller>,
        ask: impl Fn(Caller, usize) -> F + Clone + Send + 'static,
    ) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (answered, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let sockets =
            clients.into_iter().flat_map(|client| (0..SOCKETS).map(move |socket| (client.unchecked(), socket)));
        let asking: Vec<_> = sockets
            .map(|(client, socket)| {
                let (ask, over) = (ask.clone(), over.clone());
                let (answered, refused) = (answered.clone(), refused.clone());
                async move {
                    for number in (socket..).step_by(SOCKETS) {
                        if over.load(Ordering::Relaxed) {
                            break;
                        }
                        let answer = ask(client.clone(), number).await;
                        let count = if [429, 503].contains(&answer.status) { &refused } else { &answered };
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
            .collect();
        let thread = thread::spawn(move || {
            yield_to_all_others();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(join_all(asking));
        });
        Self { over, thread, answered, refused }
    }

    /// How many were answered, and how many refused.
    fn end(self) -> (usize, usize) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        (self.answered.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }
}

/// Gives this thread the lowest priority.
fn yield_to_all_others() {
    let thread = fs::read_link("/proc/thread-self").unwrap();
    let thread = thread.file_name().unwrap();
    let renice = Command::new("renice").args(["-n", "19", "-p"]).arg(thread).stdout(Stdio::null()).status();
    assert!(renice.unwrap().success());
}

/// Has these clients do their worst while somebody else does what they do all the time, and tells how it went.
async fn flood<F: Future<Output = Answer> + Send>(
    what: &str,
    server: &Server,
    clients: Vec<Caller>,
    ask: impl Fn(Caller, usize) -> F + Clone + Send + 'static,
) {
    let person = server.nobody().signs_in_as(EMAIL, PASSWORD).await;
    let (idle, before) = (Times::of(&person, &format!("{what}-idle")).await, server.resident_megabytes());
    let flood = Flood::begin(clients, ask);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let under = Times::of(&person, what).await;
    let after = server.resident_megabytes();
    let (answered, refused) = tokio::task::block_in_place(|| flood.end());
    println!(
        "{what}: {}; {before} → {after} MB; of the flood {answered} answered, {refused} refused",
        under.tells(&idle)
    );
    assert!(answered > 0, "{what}: there was no flood");
    assert!(after <= before + MORE_MEGABYTES, "{what}: {before} MB before, {after} MB in it");
}

fn strangers(server: &Server) -> Vec<Caller> {
    ADDRESSES.map(|last| server.nobody_from(last)).into()
}

/// Somebody with a diary that takes long to read, who shares it with themselves.
async fn attacker(server: &Server) -> (Caller, Caller) {
    let owner = server.patient("attacker@example.org").await;
    let logged = (0..CRAMPS).map(|number| {
        let owner = &owner;
        async move { drop(owner.sends(&cramp(&format!("a-{number}"), number)).await.is(201)) }
    });
    stream::iter(logged).buffer_unordered(32).collect::<Vec<_>>().await;
    let diary = owner.get("/v1/diaries/me").await.is(200).row();
    let viewer = server.nobody().opens_an_account(credentials("viewer@example.org")).await;
    let owner = owner.keeps(DiaryPath::of(diary.id()));
    let invitation = owner.invites(json!({"role": "viewer"})).await;
    viewer.redeems(&invitation).await.is(200);
    (owner.clone(), viewer.keeps(owner.diary().clone()))
}

#[test]
fn nobody_waits_for_a_flood_of_somebody_else() {
    drill_alone(async {
        let home = Home::new();
        let server =
            home.start_with(&[("LOOKS_PER_MINUTE", "0"), ("REPORTS_PER_MINUTE", "0"), ("EXPORTS_PER_MINUTE", "0")]);
        server.patient(EMAIL).await;
        let (owner, viewer) = attacker(&server).await;

        let slow = json!({"email": "slow@example.org", "password": "4@8(6{[<3l1!|0$5+7%2".repeat(7)[..128]});
        flood("strength", &server, strangers(&server), move |nobody, _| {
            let body = slow.clone();
            async move { nobody.post("/v1/auth/register", body).await }
        })
        .await;

        let mut links = Vec::new();
        for _ in 0..20 {
            let made = owner.post(owner.diary().report_links(), json!({"passcode": "right one"})).await;
            links.push(made.is(201).json()["url"].as_str().unwrap().rsplit_once("/r/").unwrap().1.to_owned());
        }
        flood("passcodes", &server, strangers(&server), move |nobody, number| {
            let path = format!("/r/{}", links[number % links.len()]);
            async move { Browser::of(nobody).sends(&path, &[("passcode", "wrong one")]).await }
        })
        .await;

        let unknown = format!("cramp-diary=crb_{}", "A".repeat(43));
        flood("pages", &server, strangers(&server), move |nobody, _| {
            let request = nobody.get("/me").header("cookie", unknown.as_str());
            async move { request.await }
        })
        .await;

        flood("viewer", &server, vec![viewer.clone()], |viewer, number| async move {
            let diary = viewer.diary();
            let question = ["summary", "soreness", "time-of-day"][number % 3];
            viewer.get(format!("{}/analytics/{question}?from=2024-01-01&to=2024-12-31", diary.path())).await
        })
        .await;

        flood("divisions", &server, vec![owner.clone()], |owner, number| async move {
            let night = json!({"night_start": if number % 2 == 0 { "21:00" } else { "23:00" }});
            owner.patch(owner.diary().path(), night).await
        })
        .await;

        flood(
            "exports",
            &server,
            vec![owner.clone()],
            |owner, _| async move { owner.get(owner.diary().export()).await },
        )
        .await;

        flood("PDFs", &server, vec![owner.clone()], |owner, _| async move {
            owner.get(owner.diary().report("from=2024-01-01&to=2024-12-31&format=pdf")).await
        })
        .await;

        flood("writes", &server, vec![owner], |owner, number| async move {
            owner.sends(&cramp(&format!("flood-{number}"), 1)).await
        })
        .await;
    });
}

#[test]
fn nobody_buries_what_another_did() {
    drill_alone(async {
        let home = Home::new();
        let server = home.start_with(&[("LOOKS_PER_MINUTE", "0")]);
        let (owner, viewer) = attacker(&server).await;
        let other = server.nobody().opens_an_account(credentials("other@example.org")).await;
        let invitation = owner.invites(json!({"role": "viewer"})).await;
        other.redeems(&invitation).await.is(200);
        other.get(owner.diary().treatments()).await.is(200);

        let flood = Flood::begin(vec![viewer], |viewer, number| async move {
            let diary = viewer.diary();
            match number % 4 {
                0 => viewer.get(diary.episode(&format!("a-{}", number % 3_000))).await,
                1 => viewer.get(diary.check_ins()).await,
                // What is not there, and what may not be.
                2 => viewer.get(diary.episode("nowhere")).await,
                _ => viewer.sends(&cramp("not-mine", 1)).await,
            }
        });
        tokio::time::sleep(Duration::from_secs(4)).await;
        let (answered, _) = tokio::task::block_in_place(|| flood.end());

        let log = owner.get(owner.diary().access_log()).await.is(200);
        let entries = log.items();
        println!("{answered} looks: {} entries, read in {:.1?}", entries.len(), log.took);
        assert!(log.next_link().is_none() && entries.len() < 20, "{log}");
        let of_the_other =
            |entries: &[Row]| entries.iter().filter(|entry| entry["user_email"] == "other@example.org").count();
        assert_eq!(of_the_other(&entries), 1, "{log}");
        let found = owner.get(format!("{}?who={}", owner.diary().access_log(), other.user_id())).await.is(200).items();
        assert_eq!((found.len(), of_the_other(&found)), (1, 1), "{found:?}");
    });
}

/// Whether the system lets this process have so many files open.
fn may_open(files: usize) -> bool {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let most = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    most.split_whitespace().next().unwrap().parse().map_or(true, |most: usize| most >= files)
}

#[test]
fn idle_connections_keep_nobody_out() {
    drill_alone(async {
        // More than the service may have; and where this process may have no more than usual, half as many.
        let (open_files, idle) = if may_open(2_048) { (1_024, 1_100) } else { (512, 600) };
        let home = Home::new();
        let server = home.start_within(&format!("-n {open_files}"), &[]);
        let person = server.patient(EMAIL).await;
        let sockets: Vec<_> = (0..idle).map(|_| Wire::open(server.address).unwrap()).collect();
        let mut times = Vec::new();
        for number in 0..100 {
            let newcomer = server.nobody_from(200);
            times.push(newcomer.get("/health/live").await.is(200).took);
            // The same address as the idle ones, over a new connection each time.
            person.one_shot().sends(&cramp(&format!("one-{number}"), number)).await.is(201);
        }
        println!("beside {} idle connections: p99 of a newcomer {:?}", sockets.len(), quantile(&times, 0.99));
    });
}
