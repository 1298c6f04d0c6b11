//! Where exports are written before they are sent: files without a name, so that nothing of a diary's size is held in
//! memory, no snapshot waits for the slowest phone, and length and checksum are known before the first byte goes out.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, Write},
    path::PathBuf,
};

use actix_web::web;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use futures_util::{Stream, stream};
use sha2::{Digest, Sha256};

use crate::{
    access::places::{Place, Places},
    foundation::{budget::Budget, clock::Instant, party::Asker, private_file},
    storage::{Error, refusal::Refusal},
    web::compressed::Coding,
};

/// So many exports of one account may be on their way: each is a file until its last byte is sent.
const OF_EACH: usize = 2;
/// So many of all.
const OF_ALL: usize = 64;
/// So much of a file is in memory while it is written, and so much is read at once and waits for the connection.
const PIECE: usize = 64 * 1024;

/// The folder of the files, and what each account may have of them.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    places: Places,
    budget: Budget,
}

impl Spool {
    /// Has the files in this folder.
    #[must_use]
    pub fn new(folder: PathBuf, budget: Budget) -> Self {
        Self { folder, places: Places::new("exports-under-way", OF_EACH, OF_ALL), budget }
    }

    /// Takes one export out of somebody's budget.
    ///
    /// # Errors
    /// When nothing is left of it.
    pub fn ask(&self, asker: Asker) -> Result<(), Refusal> {
        Ok(self.budget.take(asker, 1)?)
    }

    /// Begins a file for somebody.
    ///
    /// # Errors
    /// When too many are on their way, or the folder does not take another one.
    pub fn begin(&self, asker: Asker) -> Result<Writing, Refusal> {
        let place = self.places.take(asker.party)?;
        let file = private_file::unnamed(&self.folder).map_err(|error| failed(&error))?;
        Ok(Writing { file: BufWriter::with_capacity(PIECE, file), digest: Sha256::new(), place })
    }

    /// The places of those that are on their way.
    #[must_use]
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// Forgets whose budget is whole again.
    pub fn forget(&self, now: Instant) {
        self.budget.forget(now);
    }
}

/// Why a file can't be written or read, as the database would say it.
#[must_use]
pub fn failed(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full(error.to_string()),
        _ => Error::Unavailable(error.to_string()),
    }
}

/// A file that is being written.
#[derive(Debug)]
pub struct Writing {
    file: BufWriter<File>,
    digest: Sha256,
    place: Place,
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Writing {
    /// Writes it as it will be sent.
    #[must_use]
    pub fn with(self, coding: Coding) -> Coded {
        match coding {
            Coding::Identity => Coded::Identity(self),
            Coding::Gzip => Coded::Gzip(GzEncoder::new(self, Compression::fast())),
        }
    }

    /// Ends it.
    ///
    /// # Errors
    /// When what was written last does not fit.
    pub fn end(self) -> Result<Spooled, Error> {
        let of_file = |error: io::Error| failed(&error);
        let mut file = self.file.into_inner().map_err(|error| of_file(error.into_error()))?;
        let length = file.stream_position().map_err(of_file)?;
        file.rewind().map_err(of_file)?;
        Ok(Spooled { file, length, digest: self.digest.finalize().into(), place: self.place })
    }
}

/// A file that is being written as it will be sent.
#[derive(Debug)]
pub enum Coded {
    /// As it is.
    Identity(Writing),
    /// With gzip.
    Gzip(GzEncoder<Writing>),
}

impl Write for Coded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Identity(writing) => writing.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Identity(writing) => writing.flush(),
            Self::Gzip(encoder) => encoder.flush(),
        }
    }
}

impl Coded {
    /// Ends it.
    ///
    /// # Errors
    /// When what was written last does not fit.
    pub fn end(self) -> Result<Spooled, Error> {
        match self {
            Self::Identity(writing) => writing.end(),
            Self::Gzip(encoder) => encoder.finish().map_err(|error| failed(&error))?.end(),
        }
    }
}

/// A file that was written.
#[derive(Debug)]
pub struct Spooled {
    file: File,
    length: u64,
    digest: [u8; 32],
    place: Place,
}

impl Spooled {
    /// How many bytes it has.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// SHA-256 of it.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Its bytes, in pieces. The place is free once the last one is handed over, or nobody asks for more.
    pub fn pieces(self) -> impl Stream<Item = io::Result<Bytes>> {
        stream::try_unfold((self.file, self.length, self.place), |(mut file, left, place)| async move {
            if left == 0 {
                return Ok(None);
            }
            let (file, piece) = web::block(move || {
                // Nothing more, though there should be, is an error: the client must not take it for the whole.
                let mut piece = vec![0; usize::try_from(left).map_or(PIECE, |left| left.min(PIECE))];
                file.read_exact(&mut piece)?;
                Ok::<_, io::Error>((file, piece))
            })
            .await
            .map_err(io::Error::other)??;
            let left = left.saturating_sub(piece.len() as u64);
            Ok(Some((Bytes::from(piece), (file, left, place))))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;
    use crate::foundation::party::Party;

    #[actix_web::test]
    async fn what_is_written_comes_back_in_pieces_and_leaves_no_file_behind() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().to_owned(), Budget::new("exports", 0));
        let asker = Asker { party: Party::Account(1), now: Instant::EPOCH };
        let whole: Vec<u8> = (0..3 * PIECE + 5).map(|number| u8::try_from(number % 251).unwrap()).collect();
        let mut writing = spool.begin(asker).unwrap();
        writing.write_all(&whole).unwrap();
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "it has a name");
        let spooled = writing.end().unwrap();
        assert_eq!(spooled.length(), whole.len() as u64);
        assert_eq!(spooled.digest(), &<[u8; 32]>::from(Sha256::digest(&whole)));
        let pieces: Vec<_> = spooled.pieces().try_collect().await.unwrap();
        assert_eq!(pieces.concat(), whole);
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE));
    }

    #[actix_web::test]
    async fn a_file_that_lost_its_end_is_no_whole_one() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().to_owned(), Budget::new("exports", 0));
        let mut writing = spool.begin(Asker { party: Party::Account(1), now: Instant::EPOCH }).unwrap();
        writing.write_all(b"everything").unwrap();
        let spooled = writing.end().unwrap();
        spooled.file.set_len(3).unwrap();
        assert!(spooled.pieces().try_collect::<Vec<_>>().await.is_err());
    }
}
