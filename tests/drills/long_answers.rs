//! Exports of long diaries: they fit into little memory, and whoever reads slowly reads to the end.

use std::{
    future::IntoFuture,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::{StreamExt, future::join_all, stream};
use sha2::{Digest, Sha256};
use socket2::{Domain, Socket, Type};

use crate::{
    client::Caller,
    support::{Home, Server, cramp, drill_alone, drill_asleep},
};

/// The longest note, in characters of four bytes each.
const LONG_NOTE: usize = 2_000;

/// Somebody whose export is as long as this many of the longest notes.
async fn who_wrote_much(server: &Server, notes: u32) -> Caller {
    let person = server.patient("me@example.org").await;
    let logged = (0..notes).map(|number| {
        let mut cramp = cramp(&format!("one-{number}"), number);
        cramp["note"] = "🦵".repeat(LONG_NOTE).into();
        let person = &person;
        async move { drop(person.sends(&cramp).await.is(201)) }
    });
    stream::iter(logged).buffer_unordered(16).collect::<Vec<_>>().await;
    person
}

fn is_whole(body: &[u8], checksum: &str) {
    assert_eq!(checksum, format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body))));
}

/// A connection of which the system keeps little ahead, neither here nor there.
fn narrow(address: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    socket.connect(&address.into()).unwrap();
    socket.into()
}

#[test]
fn who_reads_slowly_all_the_time_reads_to_the_end() {
    drill_asleep(async {
        let home = Home::new();
        let server = home.start();
        let person = who_wrote_much(&server, 200).await;
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {}\r\n\r\n",
            person.diary().export(),
            person.tokens().access,
        );
        let address = server.address;
        let reading = thread::spawn(move || {
            let mut stream = narrow(address);
            stream.write_all(request.as_bytes()).unwrap();
            let (begun, mut bytes, mut piece) = (Instant::now(), Vec::new(), vec![0; 4 * 1024]);
            loop {
                match stream.read(&mut piece).unwrap() {
                    0 => return (begun.elapsed(), bytes),
                    length => bytes.extend_from_slice(&piece[..length]),
                }
                thread::sleep(Duration::from_millis(250));
            }
        });
        let (took, answer) = tokio::task::spawn_blocking(|| reading.join().unwrap()).await.unwrap();
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let (head, body) = (std::str::from_utf8(&answer[..head]).unwrap(), &answer[head + 4..]);
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        assert_eq!(header("content-length: "), body.len().to_string());
        is_whole(body, &header("repr-digest: "));
        // Longer than any connection may lie idle.
        assert!(took > Duration::from_secs(85), "nobody read slowly: {took:?}");
        println!("{} KB read in {took:.0?}", body.len() / 1024);
    });
}

#[test]
fn exports_of_long_diaries_fit_into_half_a_gigabyte() {
    drill_alone(async {
        let home = Home::new();
        // Kilobytes of memory that is not shared with others.
        let server = home.start_within("-d 524288", &[("EXPORTS_PER_MINUTE", "0")]);
        let person = who_wrote_much(&server, 4_000).await;
        let before = server.resident_megabytes();
        let (mut answered, mut refused, mut longest, mut most) = (0, 0, 0, before);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            let asked = (0..8).map(|number| {
                let diary = person.diary();
                let path = if number % 2 == 0 { diary.export() } else { diary.export_csv() };
                person.unchecked().get(path).into_future()
            });
            for answer in join_all(asked).await {
                if answer.status == 200 {
                    is_whole(&answer.body, answer.header("repr-digest").unwrap());
                    longest = longest.max(answer.body.len() / 1_000_000);
                    answered += 1;
                } else {
                    assert!([429, 503].contains(&answer.status), "{answer}");
                    refused += 1;
                }
            }
            most = most.max(server.resident_megabytes());
        }
        println!("exports of {longest} MB: {answered} answered, {refused} refused, {before} → {most} MB");
        assert!(answered > 0, "there was no export");
        assert!(most <= before + 150, "{before} MB before, {most} MB in it");
    });
}
