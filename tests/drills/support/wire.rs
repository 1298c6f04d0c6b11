//! Connections below HTTP, and what goes over them.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// A TCP connection, for what no HTTP client would do.
pub struct Wire(TcpStream);

impl Wire {
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(100)))?;
        Ok(Self(stream))
    }

    pub fn send(&mut self, bytes: &str) -> io::Result<()> {
        self.0.write_all(bytes.as_bytes())
    }

    /// Everything until the server closes the connection.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // A reset ends it just as well; a connection that stays open for ever does not.
        if let Err(error) = self.0.read_to_end(&mut bytes) {
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}");
        }
        bytes
    }

    /// One answer on a connection that stays open.
    pub fn answer(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while whole(&bytes).is_none() {
            let mut chunk = [0; 4096];
            let count = self.0.read(&mut chunk).unwrap();
            assert_ne!(count, 0, "cut after {:?}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&chunk[..count]);
        }
        bytes
    }

    /// The same connection for another thread.
    pub fn another(&self) -> Self {
        Self(self.0.try_clone().unwrap())
    }

    /// Ends the connection for all who have it.
    pub fn close(&self) {
        drop(self.0.shutdown(Shutdown::Both));
    }

    /// Whether the server closes the connection; nothing may come before.
    pub fn ends(&mut self) -> bool {
        self.rest().is_empty()
    }
}

/// A request with a JSON body, as it goes over the wire.
pub fn request(method: &str, path: &str, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n{body}"
    )
}

/// The status of an answer that has come to its end.
pub fn whole(bytes: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    (body.len() == length.unwrap_or(0)).then_some(status)
}
