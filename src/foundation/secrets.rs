//! Random secrets and how they are kept: what somebody presents is hashed, so that a stolen database opens nothing; what the
//! service itself has to work with is sealed.

use std::{array, fmt};

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

/// A secret of random bytes, 256 bits or more, perhaps with a checksum, that its holder presents as text with a prefix, such as
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

/// A key of 256 random bits that the other side has too. The database has it sealed.
#[derive(Clone)]
pub struct SharedKey([u8; 32]);

impl SharedKey {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(random())
    }

    /// One that was stored; `None` when it can't be one.
    #[must_use]
    pub fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey(…)")
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

/// Closes random bytes so that only who holds the key reads them, and opens them again. No key closes two: a token has one
/// child.
#[must_use]
pub fn one_time_pad(key: &[u8; 32], bytes: &[u8; 32]) -> [u8; 32] {
    let pad = fingerprint("sealed child", key);
    array::from_fn(|i| pad[i] ^ bytes[i])
}

/// Declares a secret of 256 random bits that its holder presents as text with a prefix, and of which the database has a hash:
/// its name, the prefix, and what sets its hashes apart from others'. Debug does not show it.
#[macro_export]
macro_rules! secret {
    ($(#[$doc:meta])* $name:ident, $prefix:expr, $domain:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name([u8; 32]);

        impl $name {
            /// A new one.
            #[must_use]
            pub fn random() -> Self {
                Self($crate::foundation::secrets::random())
            }

            /// Reads a presented one; `None` when it can't be one.
            #[must_use]
            pub fn parse(presented: &str) -> Option<Self> {
                $crate::foundation::secrets::Secret::bytes_of($prefix, presented).map(Self)
            }

            /// For the answer that hands it out.
            #[must_use]
            pub fn to_secret(&self) -> $crate::foundation::secrets::Secret {
                $crate::foundation::secrets::Secret::from_bytes($prefix, &self.0)
            }

            /// What the database knows it by.
            #[must_use]
            pub fn hash(&self) -> [u8; 32] {
                $crate::foundation::secrets::fingerprint($domain, &self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
