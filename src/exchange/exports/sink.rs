//! Where an answer of any length is written: in memory while it is short, and then into a file.

use std::io::{self, Write};

use actix_web::{HttpResponse, body::SizedStream};

use super::spool::{Spool, Spooled, Writing};
use crate::{
    foundation::party::Asker,
    storage::{Error, refusal::Refusal},
};

/// So much of an answer is held in memory.
const SHORT: usize = 256 * 1024;

/// An answer that is being written.
pub struct Sink<'a> {
    spool: &'a Spool,
    who: Asker,
    to: To,
    /// Why no file could be begun.
    refused: Option<Refusal>,
}

enum To {
    Memory(Vec<u8>),
    File(Box<Writing>),
}

/// An answer that was written.
pub enum Written {
    /// In memory.
    Short(Vec<u8>),
    /// In a file.
    Long(Spooled),
}

impl<'a> Sink<'a> {
    /// For somebody's answer.
    #[must_use]
    pub const fn new(spool: &'a Spool, who: Asker) -> Self {
        Self { spool, who, to: To::Memory(Vec::new()), refused: None }
    }

    /// Ends it.
    ///
    /// # Errors
    /// When what was written last does not fit.
    pub fn end(self) -> Result<Written, Error> {
        Ok(match self.to {
            To::Memory(bytes) => Written::Short(bytes),
            To::File(writing) => Written::Long(writing.end()?),
        })
    }

    /// Why it could not be written on, if that is for the caller to know.
    pub fn refused(&mut self) -> Option<Refusal> {
        self.refused.take()
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let To::Memory(held) = &self.to
            && held.len() + bytes.len() > SHORT
        {
            let mut writing = self.spool.begin(self.who).map_err(|refusal| {
                self.refused = Some(refusal);
                io::Error::other("no place for a long answer")
            })?;
            writing.write_all(held)?;
            self.to = To::File(Box::new(writing));
        }
        match &mut self.to {
            To::Memory(held) => held.write(bytes),
            To::File(writing) => writing.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    /// 200 with it.
    #[must_use]
    pub fn answer(self, content_type: &'static str) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.content_type(content_type);
        match self {
            Self::Short(bytes) => response.body(bytes),
            Self::Long(spooled) => response.body(SizedStream::new(spooled.length(), spooled.pieces())),
        }
    }
}
