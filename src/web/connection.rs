//! Connections that are not taken hostage. The HTTP library bounds the time of the first request's head on a connection;
//! this bounds every head, and every stalled answer. And where the library refuses what it can't read as HTTP with an
//! empty answer of its own, a problem document goes out in its place.

use std::{
    cell::Cell,
    future::Future,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::{
    ResponseError,
    body::{BodySize, MessageBody},
    rt::net::TcpStream,
};
use bytes::Bytes;
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
    time::{Instant, Sleep, sleep},
};

use crate::web::{
    crowd::Seat,
    problem::{Code, Problem},
};

/// A request's head must be there so soon after its first byte; the first one of a connection, after its beginning.
pub const SLOWEST_HEAD: Duration = Duration::from_secs(5);
/// How long a connection may lie idle between requests.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take nothing of an answer.
const STALLED_ANSWER: Duration = Duration::from_secs(30);
/// So much of an answer waits in the kernel to be sent, and no more: with megabytes of it, a client that takes a little all
/// the time would look as though it took nothing for minutes.
const UNSENT: u32 = 64 * 1024;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Waiting for a request.
    Idle,
    /// Some of a request's head has come.
    Head,
    /// A request is being answered; its body has a time limit of its own.
    Serving,
}

/// The state of a connection, shared with the middleware that knows when a request begins and ends.
#[derive(Debug, Clone)]
pub struct Progress(Rc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Cell<State>,
    seat: Seat,
    /// Told when the client has ended its side of the connection.
    left: Notify,
}

/// As long as this is there, a request is being answered.
#[derive(Debug)]
pub struct Serving(Progress);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.set(State::Idle);
        self.0.0.seat.was_busy();
    }
}

impl Progress {
    /// A request's head was read.
    #[must_use]
    pub fn begin(&self) -> Serving {
        self.set(State::Serving);
        self.0.seat.is_busy();
        Serving(self.clone())
    }

    /// Waits until the client has ended its side of the connection. One waits at a time: whoever answers its request.
    pub async fn has_left(&self) {
        self.0.left.notified().await;
    }

    fn get(&self) -> State {
        self.0.state.get()
    }

    fn set(&self, state: State) {
        self.0.state.set(state);
    }
}

/// The body of an answer. Until all of it is handed over, its connection is not idle.
#[derive(Debug)]
pub struct Answering<B> {
    body: B,
    /// Not for who comes over no connection, as in tests.
    serving: Option<Serving>,
}

impl<B> Answering<B> {
    /// A body, and the request that it answers.
    pub const fn new(body: B, serving: Option<Serving>) -> Self {
        Self { body, serving }
    }
}

impl<B: MessageBody + Unpin> MessageBody for Answering<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        let Self { body, serving } = self;
        body.try_into_bytes().map_err(|body| Self { body, serving })
    }
}

/// A TCP connection with limits.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    progress: Progress,
    timed: State,
    reading: Pin<Box<Sleep>>,
    writing: Option<Pin<Box<Sleep>>>,
    /// A problem document on its way in place of an empty refusal.
    substitute: Option<Substitute>,
}

#[derive(Debug)]
struct Substitute {
    bytes: Vec<u8>,
    sent: usize,
    stands_for: usize,
}

impl Connection {
    /// Guards a stream, which has this place among those of all clients.
    ///
    /// # Errors
    /// When it can't be set up, since it is gone already.
    pub fn new(stream: TcpStream, seat: Seat) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT)?;
        Ok(Self {
            stream,
            progress: Progress(Rc::new(Shared { state: Cell::new(State::Idle), seat, left: Notify::new() })),
            timed: State::Idle,
            reading: Box::pin(sleep(KEEP_ALIVE + SLOWEST_HEAD)),
            writing: None,
            substitute: None,
        })
    }

    /// For the middleware.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Starts the clock of a state that was entered.
    fn time(&mut self, state: State) {
        if self.timed != state {
            self.timed = state;
            let limit = match state {
                State::Idle => KEEP_ALIVE + SLOWEST_HEAD,
                State::Head => SLOWEST_HEAD,
                State::Serving => return,
            };
            self.reading.as_mut().reset(Instant::now() + limit);
        }
    }

    fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let state = self.progress.get();
        self.time(state);
        if state == State::Serving { Poll::Pending } else { self.reading.as_mut().poll(cx) }
    }

    /// Writes the substitute out; then pretends that what it stands for was written.
    fn poll_substitute(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        while let Some(substitute) = &mut self.substitute {
            if substitute.sent == substitute.bytes.len() {
                let stands_for = substitute.stands_for;
                self.substitute = None;
                return Poll::Ready(Ok(stands_for));
            }
            let rest = &substitute.bytes[substitute.sent..];
            substitute.sent += ready!(Pin::new(&mut self.stream).poll_write(cx, rest))?;
        }
        Poll::Ready(Ok(0))
    }

    fn poll_write_within_limit(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(&mut Self, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match write(self, cx) {
            Poll::Ready(written) => {
                self.writing = None;
                // The library has handed the whole answer over long before the client has it: as long as some of it goes out,
                // the connection is not idle.
                if self.progress.get() == State::Idle {
                    self.timed = State::Serving;
                    self.progress.0.seat.was_busy();
                }
                Poll::Ready(written)
            }
            Poll::Pending => {
                let stalled = self.writing.get_or_insert_with(|| Box::pin(sleep(STALLED_ANSWER)));
                ready!(stalled.as_mut().poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (before, room) = (buffer.filled().len(), buffer.remaining());
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(read) => {
                if buffer.filled().len() == before && room > 0 {
                    self.progress.0.left.notify_one();
                }
                if buffer.filled().len() > before && self.progress.get() == State::Idle {
                    // The clock is set even when it runs already: this may be the next head without a pause between.
                    self.timed = State::Idle;
                    self.progress.set(State::Head);
                    self.time(State::Head);
                }
                Poll::Ready(read)
            }
            Poll::Pending => {
                if self.progress.0.seat.must_go(cx) {
                    return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
                }
                ready!(self.poll_too_slow(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.substitute.is_none() && self.progress.get() != State::Serving {
            self.substitute =
                refusal(bytes).map(|document| Substitute { bytes: document, sent: 0, stands_for: bytes.len() });
        }
        if self.substitute.is_some() {
            return self.poll_write_within_limit(cx, Self::poll_substitute);
        }
        self.poll_write_within_limit(cx, |this, cx| Pin::new(&mut this.stream).poll_write(cx, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The problem document for an empty refusal of the library's own; `None` for every answer of ours, which all name
/// their request.
fn refusal(answer: &[u8]) -> Option<Vec<u8>> {
    const LONGEST_REFUSAL: usize = 256;
    if !answer.starts_with(b"HTTP/1.1 4") || answer.len() > LONGEST_REFUSAL {
        return None;
    }
    let head = std::str::from_utf8(answer).ok()?;
    if head.contains("x-request-id: ") || !head.contains("content-length: 0") {
        return None;
    }
    let problem = match head.get(9..12)? {
        "408" => Problem::detailed(Code::RequestTimeout, "the head of the request came too slowly"),
        "431" => Problem::detailed(Code::MalformedRequest, "the head of the request is too large"),
        _ => Problem::detailed(Code::MalformedRequest, "this is not HTTP/1.1, or its address is too long"),
    };
    let response = problem.in_request(uuid::Uuid::now_v7().to_string()).error_response();
    let mut document = format!("HTTP/1.1 {}\r\nconnection: close\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        document.extend_from_slice(name.as_str().as_bytes());
        document.extend_from_slice(b": ");
        document.extend_from_slice(value.as_bytes());
        document.extend_from_slice(b"\r\n");
    }
    let body = response.into_body().try_into_bytes().ok()?;
    document.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    document.extend_from_slice(&body);
    Some(document)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::io::{Read, Write};

    use actix_http::{HttpService, Request, Response, StatusCode};
    use actix_service::{Service, ServiceFactory, fn_service};
    use actix_web::body::SizedStream;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::web::{crowd::Crowd, request_id};

    /// A guarded connection and its client.
    fn connected() -> (Connection, std::net::TcpStream) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, _) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        let seat = Crowd::of(1024, Vec::new()).enter(client.local_addr().unwrap().ip()).unwrap();
        (Connection::new(TcpStream::from_std(stream).unwrap(), seat).unwrap(), client)
    }

    /// How long a read waits for more before it gives up. The clock of the test runs ahead whenever nothing else happens.
    async fn gives_up_after(connection: &mut Connection) -> Duration {
        let begun = Instant::now();
        let error = connection.read(&mut [0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        begun.elapsed()
    }

    fn about(limit: Duration, waited: Duration) -> bool {
        limit <= waited && waited < limit + Duration::from_secs(1)
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_request_is_kept_for_a_while_and_half_a_head_for_a_moment() {
        let (mut idle, _client) = connected();
        assert!(about(KEEP_ALIVE + SLOWEST_HEAD, gives_up_after(&mut idle).await));

        let (mut connection, mut client) = connected();
        client.write_all(b"GET / HT").unwrap();
        assert_eq!(connection.read(&mut [0; 64]).await.unwrap(), 8);
        assert!(about(SLOWEST_HEAD, gives_up_after(&mut connection).await));
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_makes_room_for_others() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (crowd, here) = (Crowd::of(8, Vec::new()), listener.local_addr().unwrap());
        let _client = std::net::TcpStream::connect(here).unwrap();
        let (stream, _) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        let stream = TcpStream::from_std(stream).unwrap();
        let mut idle = Connection::new(stream, crowd.enter(here.ip()).unwrap()).unwrap();
        let (mut buffer, somebody_comes) = ([0; 64], async {
            sleep(Duration::from_secs(1)).await;
            crowd.enter(here.ip()).unwrap()
        });
        let (read, _seat) = tokio::join!(idle.read(&mut buffer), somebody_comes);
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
    }

    #[tokio::test(start_paused = true)]
    async fn while_a_request_is_served_the_connection_waits_and_afterwards_it_counts_anew() {
        let (mut connection, mut client) = connected();
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        connection.read_exact(&mut [0; 18]).await.unwrap();
        let serving = connection.progress().begin();
        let hour = Duration::from_hours(1);
        assert!(tokio::time::timeout(hour, connection.read(&mut [0; 64])).await.is_err());

        // What came in one packet with a whole request lies in the library's buffer: nothing tells such a connection from
        // an idle one, so it goes when that goes.
        drop(serving);
        assert!(about(KEEP_ALIVE + SLOWEST_HEAD, gives_up_after(&mut connection).await));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_a_little_all_the_time_gets_the_whole_answer() {
        const ANSWER: usize = 32 * 1024 * 1024;
        let (connection, mut client) = connected();
        client.set_nonblocking(true).unwrap();
        // The handler is done, and the library has the answer.
        drop(connection.progress().begin());
        let (mut reading, mut writing) = tokio::io::split(connection);
        let begun = Instant::now();
        let answer = async {
            writing.write_all(&vec![7; ANSWER]).await.unwrap();
            begun.elapsed()
        };
        let next_request = async { reading.read(&mut [0; 64]).await.unwrap_err().kind() };
        let takes = async {
            let mut taken = 0;
            while taken < ANSWER {
                sleep(STALLED_ANSWER / 2).await;
                taken += client.read(&mut vec![0; ANSWER / 32]).unwrap_or(0);
            }
        };
        let (sent, kind, ()) = tokio::join!(answer, next_request, takes);
        assert!(sent > KEEP_ALIVE * 2, "it was sent in {sent:?}: the test shows nothing");
        assert_eq!(kind, io::ErrorKind::TimedOut, "afterwards it is idle");
    }

    #[tokio::test(start_paused = true)]
    async fn until_its_last_piece_is_handed_over_an_answer_keeps_its_connection_busy() {
        let (mut connection, mut client) = connected();
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        connection.read_exact(&mut [0; 18]).await.unwrap();
        let serving = connection.progress().begin();
        let pieces = futures_util::stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(b"piece")));
        let mut body = Answering::new(SizedStream::new(u64::MAX, pieces), Some(serving));
        let piece = std::future::poll_fn(|cx| Pin::new(&mut body).poll_next(cx)).await;
        assert!(piece.unwrap().unwrap() == "piece" && connection.progress().get() == State::Serving);
        drop(body);
        assert_eq!(connection.progress().get(), State::Idle);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_of_an_answer_is_let_go() {
        let (mut connection, client) = connected();
        let _serving = connection.progress().begin();
        let begun = Instant::now();
        let error = connection.write_all(&vec![0; 64 * 1024 * 1024]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(about(STALLED_ANSWER, begun.elapsed()));
        drop(client);
    }

    /// What the library sends for these bytes, without our connection between it and the client. A request that it can read
    /// is answered as we answer, with nothing but a name.
    async fn sent_by_the_library(bytes: &[u8]) -> Vec<u8> {
        let ours = fn_service(|_: Request| async {
            Ok::<_, actix_http::Error>(
                Response::build(StatusCode::NOT_FOUND).insert_header((request_id::HEADER, "a")).finish(),
            )
        });
        let http = HttpService::build().client_request_timeout(Duration::from_millis(50)).h1(ours);
        let http = http.new_service(()).await.unwrap();
        let (mut client, server) = tokio::io::duplex(1024 * 1024);
        actix_web::rt::spawn(http.call((server, None)));
        client.write_all(bytes).await.unwrap();
        let mut sent = Vec::new();
        tokio::time::timeout(Duration::from_secs(10), client.read_to_end(&mut sent)).await.unwrap().unwrap();
        sent
    }

    #[actix_web::test]
    async fn only_an_empty_refusal_that_names_no_request_is_replaced() {
        let endless = [b"GET / HTTP/1.1\r\nx: ".to_vec(), vec![b'x'; 200 * 1024]].concat();
        let far = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(64 * 1024));
        for (bytes, status, detail) in [
            (&b"this is no request\r\n\r\n"[..], "400 Bad Request", "this is not HTTP/1.1"),
            (far.as_bytes(), "400 Bad Request", "its address is too long"),
            (b"GET / HT", "408 Request Timeout", "too slowly"),
            (&endless, "431 Request Header Fields Too Large", "too large"),
        ] {
            let sent = sent_by_the_library(bytes).await;
            let text = String::from_utf8_lossy(&sent);
            assert!(text.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{text}");
            let document =
                String::from_utf8(refusal(&sent).unwrap_or_else(|| panic!("it is let through: {text}"))).unwrap();
            assert!(document.starts_with("HTTP/1.1 4") && document.contains("\r\nconnection: close\r\n"), "{document}");
            for part in ["application/problem+json", request_id::HEADER.as_str(), detail] {
                assert!(document.contains(part), "{part} in {document}");
            }
        }
        let ours = sent_by_the_library(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(ours.starts_with(b"HTTP/1.1 404 Not Found\r\n"), "{}", String::from_utf8_lossy(&ours));
        assert_eq!(refusal(&ours), None);
        assert_eq!(refusal(b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n"), None);
    }
}
