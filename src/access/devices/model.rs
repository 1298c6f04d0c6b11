//! What a device is known by.

use std::time::Duration;

use crate::foundation::secrets::{self, Secret, fingerprint};

/// How long a device is known after the last sign-in on it.
pub const KNOWN_FOR: Duration = Duration::from_hours(365 * 24);

/// 256 random bits that a device keeps, also when somebody signs out. They open nothing. The database knows a hash of them.
#[derive(Clone)]
pub struct DeviceToken([u8; 32]);

const PREFIX: &str = "crk_";

impl DeviceToken {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(secrets::random())
    }

    /// Reads a presented one; `None` when it can't be one.
    #[must_use]
    pub fn parse(presented: &str) -> Option<Self> {
        Secret::bytes_of(PREFIX, presented).map(Self)
    }

    /// For the answer that hands it out.
    #[must_use]
    pub fn to_secret(&self) -> Secret {
        Secret::from_bytes(PREFIX, &self.0)
    }

    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        fingerprint("device token", &self.0)
    }
}

impl std::fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceToken(…)")
    }
}
