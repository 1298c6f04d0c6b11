//! An authenticator app, written from RFC 4226 and RFC 6238 and not from the service's library.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha1::{Digest, Sha1};

const BLOCK: usize = 64;

/// What the app on somebody's phone knows.
#[derive(Debug, Clone)]
pub struct Authenticator {
    secret: Vec<u8>,
}

impl Authenticator {
    /// Scans what a set-up shows.
    pub fn scans(setup: &Value) -> Self {
        let url = setup["otpauth_url"].as_str().unwrap();
        let (_, query) = url.split_once("?secret=").unwrap();
        Self { secret: base32(query.split('&').next().unwrap()) }
    }

    /// What it counts codes from.
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// The code that it shows at a time.
    pub fn code(&self, at: DateTime<Utc>) -> String {
        self.code_of_step(at, 0)
    }

    /// The code of so many steps later, or earlier.
    pub fn code_of_step(&self, at: DateTime<Utc>, later: i64) -> String {
        let step = at.timestamp().div_euclid(30) + later;
        let digest = hmac_sha1(&self.secret, &step.to_be_bytes());
        let offset = usize::from(digest[19] & 0x0f);
        let four: [u8; 4] = digest[offset..offset + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
    }

    /// A code that it shows neither now nor soon, nor did a moment ago.
    pub fn wrong_code(&self, at: DateTime<Utc>) -> String {
        let near: Vec<_> = (-3..=3).map(|later| self.code_of_step(at, later)).collect();
        (0..8).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let padded = |pad: u8| -> [u8; BLOCK] { std::array::from_fn(|i| key.get(i).copied().unwrap_or(0) ^ pad) };
    let inner = Sha1::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha1::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

fn base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for c in text.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|letter| *letter == c).expect("base32");
        bits = (bits << 5) | u32::try_from(value).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    bytes
}
