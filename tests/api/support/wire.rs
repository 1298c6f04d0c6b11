//! A bare connection, for what an HTTP client would not send.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{
    app::{Engine, TestApp},
    client::Answer,
    contract::every_answer_has_its_headers,
};

/// A TCP connection to the server.
pub struct Wire(BufReader<TcpStream>);

impl Wire {
    pub fn to<E: Engine>(app: &TestApp<E>) -> Self {
        let stream = TcpStream::connect(app.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(BufReader::new(stream))
    }

    /// Sends bytes; a server that has hung up already is for [`Wire::answer`] to find.
    pub fn sends(&mut self, bytes: impl AsRef<[u8]>) {
        drop(self.0.get_mut().write_all(bytes.as_ref()));
    }

    /// Reads one answer with a length.
    #[track_caller]
    pub fn answer(&mut self) -> Answer {
        let begun = Instant::now();
        let status_line = self.line();
        let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("this is no status line: {status_line:?}"));
        let mut headers = HeaderMap::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else { break };
            let name = HeaderName::from_bytes(name.to_lowercase().as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value.trim()).unwrap());
        }
        let length = headers.get("content-length").map_or(0, |length| length.to_str().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        let (method, path, took) = ("?".into(), "on a bare connection".into(), begun.elapsed());
        let answer = Answer { method, path, status, headers, body, took };
        every_answer_has_its_headers(&answer).unwrap_or_else(|fault| panic!("{fault}\n{answer}"));
        answer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Whether the server has hung up.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.0.fill_buf(), Ok([]) | Err(_))
    }
}
