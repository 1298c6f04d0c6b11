//! JSON as the body of an answer.

use std::io::{self, Write};

use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;

use super::problem::Problem;

/// What most answers have room in.
const ROOM: usize = 512;

/// Bytes that grow. JSON is written in pieces of a few bytes, of each of which the standard library's vector makes a call
/// unless the whole program is optimised at once: an eighth of a list's time.
struct Buffer(Vec<u8>);

impl Write for Buffer {
    #[inline]
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_all(piece).map(|()| piece.len())
    }

    #[inline]
    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        if let [byte] = piece {
            self.0.push(*byte);
        } else {
            self.0.extend_from_slice(piece);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Finishes an answer with a value.
pub fn json(response: &mut HttpResponseBuilder, value: &impl Serialize) -> HttpResponse {
    let mut body = Buffer(Vec::with_capacity(ROOM));
    match serde_json::to_writer(&mut body, value) {
        Ok(()) => response.content_type("application/json").body(body.0),
        Err(error) => Problem::internal(error.to_string()).error_response(),
    }
}
