//! Random secrets and how they are kept: hashed, so that a stolen database opens nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Random bytes from a cryptographic generator that each thread seeds from the operating system's.
#[must_use]
pub fn random<const N: usize>() -> [u8; N]
where
    [u8; N]: Default,
{
    let mut bytes = [0; N];
    rand::rng().fill(&mut bytes[..]);
    bytes
}

/// A secret of 256 random bits, perhaps with a checksum, that its holder presents as text with a prefix, such as
/// `crr_…`.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Writes bytes as a secret.
    #[must_use]
    pub fn from_bytes(prefix: &str, bytes: &[u8]) -> Self {
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)).into())
    }

    /// Reads a presented secret; `None` when it can't be one.
    #[must_use]
    pub fn bytes_of<const N: usize>(prefix: &str, presented: &str) -> Option<[u8; N]> {
        URL_SAFE_NO_PAD.decode(presented.strip_prefix(prefix)?).ok()?.try_into().ok()
    }

    /// For the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A plain hash is enough for what has 256 random bits.
#[must_use]
pub fn fingerprint(domain: &str, bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(domain.as_bytes());
    hash.update([0]);
    hash.update(bytes);
    hash.finalize().into()
}
