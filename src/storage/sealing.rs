//! Backups that only the holder of a key can read: files of age, <https://age-encryption.org/v1>.

use std::{
    fmt,
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
};

use age::{Decryptor, Encryptor, IdentityFile, x25519};

/// What every file of the format begins with.
const MAGIC: &[u8] = b"age-encryption.org/";

/// A public key: whoever has the private one can read what is sealed to it.
#[derive(Clone)]
pub struct Recipient(x25519::Recipient);

impl Recipient {
    /// Reads a key as `age-keygen` prints it: `age1…`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.0)
    }
}

/// Why something sealed can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A file can't be read, or has no keys in it.
    #[error("{0}")]
    File(#[from] io::Error),
    /// There is no key in the file.
    #[error("there is no key in it")]
    NoKey,
    /// It was sealed to others.
    #[error("the key does not open it")]
    OtherKey,
    /// It is cut off, or was changed.
    #[error("it is cut off or damaged")]
    Damaged,
}

/// Private keys.
pub struct Keys(Vec<Box<dyn age::Identity>>);

impl Keys {
    /// Reads a file as `age-keygen` writes it: a key a line, and comments.
    ///
    /// # Errors
    /// When it can't be read, or has no key in it.
    pub fn read(file: &Path) -> Result<Self, SealError> {
        let text = BufReader::new(File::open(file)?);
        let keys = IdentityFile::from_buffer(text).map_err(|_| SealError::NoKey)?;
        let keys = keys.into_identities().map_err(|_| SealError::NoKey)?;
        if keys.is_empty() { Err(SealError::NoKey) } else { Ok(Self(keys)) }
    }
}

/// Writes what is read to where the recipients can open it, each with their own key.
///
/// # Errors
/// When something can't be read or written.
pub fn seal(plain: &mut impl Read, sealed: impl Write, recipients: &[Recipient]) -> io::Result<()> {
    let keys = recipients.iter().map(|recipient| &recipient.0 as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(keys).map_err(|error| io::Error::other(error.to_string()))?;
    let mut writer = encryptor.wrap_output(sealed)?;
    io::copy(plain, &mut writer)?;
    writer.finish()?.flush()
}

/// Whether what is about to be read is sealed.
///
/// # Errors
/// When it can't be read.
pub fn is_sealed(file: &mut impl BufRead) -> io::Result<bool> {
    Ok(file.fill_buf()?.starts_with(MAGIC))
}

/// Opens what was sealed. Whether it is whole shows while it is read: what comes before a fault is genuine.
///
/// # Errors
/// When it was sealed to others, or its head is damaged.
pub fn open(sealed: impl BufRead + 'static, keys: &Keys) -> Result<impl Read + 'static, SealError> {
    let told = |error| match error {
        age::DecryptError::NoMatchingKeys => SealError::OtherKey,
        age::DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => SealError::File(error),
        _ => SealError::Damaged,
    };
    let decryptor = Decryptor::new_buffered(sealed).map_err(told)?;
    decryptor.decrypt(keys.0.iter().map(|key| &**key)).map(Opened).map_err(told)
}

struct Opened<R>(R);

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The library says in words of its own what is wrong with a chunk.
        self.0.read(buffer).map_err(|error| io::Error::new(error.kind(), SealError::Damaged))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const NUMBERS: &[u8] = include_bytes!("../../tests/reference/numbers.age");

    fn keys() -> Keys {
        Keys::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/numbers.key"))).unwrap()
    }

    fn opened(sealed: &'static [u8]) -> Result<Vec<u8>, String> {
        let mut plain = Vec::new();
        let mut open = open(sealed, &keys()).map_err(|error| error.to_string())?;
        open.read_to_end(&mut plain).map_err(|error| error.to_string())?;
        Ok(plain)
    }

    #[test]
    fn what_another_implementation_sealed_is_opened() {
        let numbers: Vec<_> = (1..=15_000).map(|number| number.to_string()).collect();
        assert!(is_sealed(&mut &*NUMBERS).unwrap());
        assert_eq!(opened(NUMBERS).unwrap(), (numbers.join("\n") + "\n").into_bytes());
    }

    #[test]
    fn what_is_cut_off_anywhere_is_not_taken_for_whole() {
        // In its head, before its first chunk, at the end of that, within the last one.
        for length in [0, 30, 150, 216, 217, 40_000, 65_752, 65_753, NUMBERS.len() - 17, NUMBERS.len() - 1] {
            assert_eq!(opened(&NUMBERS[..length]), Err("it is cut off or damaged".to_owned()), "{length}");
        }
    }
}
