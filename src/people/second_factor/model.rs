//! What a second factor is made of.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use totp_rs::{Algorithm, Builder, Totp};

use crate::{
    access::passkeys::model::Shown,
    foundation::{
        clock::Instant,
        faults::Faults,
        fields::{self, FromJson},
        ids::Id,
        secrets::{self, fingerprint},
        typed,
    },
    vocabulary,
};

/// What an authenticator app shows above the code.
const ISSUER: &str = "Cramp diary";
/// How many bytes the secret has: what RFC 4226 (section 4, R6) recommends, and the output of SHA-1.
const SECRET_BYTES: usize = 20;
/// What every authenticator app takes: other numbers are ignored by some, which then show codes that never fit.
const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
/// How many steps the phone's clock may be off, or the person late (RFC 6238, section 5.2).
const STEPS_OFF: u16 = 1;

/// So many recovery codes are given out at once.
pub const RECOVERY_CODES: usize = 10;
/// Each has so many characters, 75 random bits: whoever has their hashes alone never finds one.
const RECOVERY_CHARACTERS: usize = 15;
/// Those that were given out before 2026-11-28 have so many.
const OLDER_RECOVERY_CHARACTERS: usize = 10;
/// So many stand together.
const RECOVERY_GROUP: usize = 5;
/// 32 characters, 5 bits each; none that is taken for another.
const RECOVERY_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// What an account has of a second factor.
#[derive(Debug, Clone)]
pub enum SecondFactor {
    /// Set-up has begun: the secret was shown, and no code came back yet.
    Begun(Secret),
    /// It is asked for at every sign-in with the password.
    On(Enabled),
}

vocabulary! {
    /// What can be shown beside the password. A recovery code stands in for either.
    pub enum Factor {
        /// A code of an authenticator app.
        App = "app",
        /// A passkey.
        Passkey = "passkey",
    }
}

/// What an account has beside its password.
#[derive(Debug, Clone, Copy)]
pub struct Factors {
    /// Whether codes of an app are on.
    pub has_app: bool,
    /// Whether there are passkeys.
    pub has_passkeys: bool,
}

impl Factors {
    /// Which they are. Where there is any, the password alone does not sign in.
    #[must_use]
    pub fn which(self) -> Vec<Factor> {
        let app = self.has_app.then_some(Factor::App);
        app.into_iter().chain(self.has_passkeys.then_some(Factor::Passkey)).collect()
    }

    /// Whether there are any.
    #[must_use]
    pub const fn are_any(self) -> bool {
        self.has_app || self.has_passkeys
    }
}

/// What somebody shows beside the password.
#[derive(Debug, Clone)]
pub enum Second {
    /// A code, of the app or for recovery.
    Code(TypedCode),
    /// A passkey that has signed.
    Passkey(Shown),
}

/// A second factor that is on.
#[derive(Debug, Clone)]
pub struct Enabled {
    /// What the app has.
    pub secret: Secret,
    /// Since when.
    pub since: Instant,
    /// The last step whose code was used.
    pub last_step: Step,
}

impl Enabled {
    /// The step of a code that fits now. Each code is good once, and so are those of the steps before it.
    #[must_use]
    pub fn unused_step(&self, code: &str, now: Instant) -> Option<Step> {
        self.secret.step_of(code, now).filter(|step| *step > self.last_step)
    }
}

/// A span of 30 seconds with a code of its own, counted from 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(i64);

impl Step {
    /// A step that was stored.
    #[must_use]
    pub const fn stored(number: i64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// What service and app both compute codes from. Debug shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; SECRET_BYTES]);

impl Secret {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(secrets::random())
    }

    /// A secret that was stored; `None` when these bytes are none.
    #[must_use]
    pub fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// To be sealed.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people type it into an app: base32 without padding.
    #[must_use]
    pub fn to_base32(&self) -> String {
        self.totp().secret().to_base32()
    }

    /// What an app reads off the screen. Whose account it is stands there for the person alone, so that of an endless
    /// address the beginning will do, and every QR code stays small enough to be scanned.
    #[must_use]
    pub fn otpauth_url(&self, account: &str) -> String {
        const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
        const LONGEST_ACCOUNT: usize = 80;
        let account: String = account.chars().take(LONGEST_ACCOUNT).collect();
        let (issuer, account) = (utf8_percent_encode(ISSUER, UNRESERVED), utf8_percent_encode(&account, UNRESERVED));
        format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", self.to_base32())
    }

    /// The step that a code belongs to, if it is the present one, the one before or the next.
    #[must_use]
    pub fn step_of(&self, code: &str, now: Instant) -> Option<Step> {
        let step = self.totp().check(code, u64::try_from(now.seconds()).ok()?)?;
        i64::try_from(step).ok().map(Step)
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP_SECONDS)
            .with_skew(STEPS_OFF)
            .with_secret(totp_rs::Secret::new_stack(self.0))
            // What it would look at are the constants above, which comply.
            .build_noncompliant()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A code that stands in for the app once, as `7KQ2M-XW9FA-C4TNE`. Debug shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        // 32 divides 256, so each character is as likely as any other.
        let bytes: [u8; RECOVERY_CHARACTERS] = secrets::random();
        let character = |byte: u8| char::from(RECOVERY_ALPHABET[usize::from(byte) % RECOVERY_ALPHABET.len()]);
        Self(bytes.into_iter().map(character).collect())
    }

    /// As many as are given out at once.
    #[must_use]
    pub fn fresh() -> Vec<Self> {
        std::iter::repeat_with(Self::random).take(RECOVERY_CODES).collect()
    }

    /// Reads what was typed, without spaces and hyphens and in capitals; `None` when it can't be one.
    fn parse(typed: &str) -> Option<Self> {
        let is_as_long = [RECOVERY_CHARACTERS, OLDER_RECOVERY_CHARACTERS].contains(&typed.len());
        let can_be_one = is_as_long && typed.bytes().all(|character| RECOVERY_ALPHABET.contains(&character));
        can_be_one.then(|| Self(typed.to_owned()))
    }

    /// For the one answer that shows it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let groups = self.0.as_bytes().chunks(RECOVERY_GROUP).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }

    /// What the database knows it by: a plain hash, which 75 bits are enough for, and which needs no key that may be lost.
    /// The person's id is in it, so that one person's code is nobody else's, and nothing can be computed for all people at
    /// once.
    #[must_use]
    pub fn hash(&self, user_id: &Id) -> [u8; 32] {
        fingerprint("recovery code", &[user_id.as_str().as_bytes(), self.0.as_bytes()].concat())
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// A code as somebody typed it: case, spaces and hyphens do not count, and digits are digits in every script. What can't be
/// a code is a wrong one.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedCode(String);

/// Longer input is refused before it is looked at.
const MOST_CHARACTERS: usize = 64;

impl TypedCode {
    /// Takes what was typed.
    #[must_use]
    pub fn read(typed: &str) -> Self {
        Self(typed::code(typed).to_ascii_uppercase())
    }

    /// As a code of the app, which may be wrong.
    #[must_use]
    pub fn of_app(&self) -> &str {
        &self.0
    }

    /// As a recovery code, if it can be one.
    #[must_use]
    pub fn recovery(&self) -> Option<RecoveryCode> {
        RecoveryCode::parse(&self.0)
    }
}

impl std::fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedCode(…)")
    }
}

impl FromJson for TypedCode {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        fields::text(value, 0..=MOST_CHARACTERS).map(|typed| Self::read(&typed))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::foundation::qr;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, the rows of SHA-1: the last six of eight digits.
        let secret = Secret(*b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.step_of(code, at(seconds)), Some(Step(seconds / 30)), "{seconds}");
        }
    }

    #[test]
    fn a_code_fits_in_its_step_and_those_beside_it() {
        let secret = Secret(*b"12345678901234567890");
        let fits = |seconds| secret.step_of("081804", at(seconds)).is_some();
        let begins = 1_111_111_109 / 30 * 30;
        assert_eq!([-31, -30, 0, 59, 60].map(|late| fits(begins + late)), [false, true, true, true, false]);
        for garbage in ["", "81804", "0081804", "+81804", "08180a", "０８１８０４"] {
            assert_eq!(secret.step_of(garbage, at(begins)), None, "{garbage}");
        }
    }

    #[test]
    fn a_used_code_and_those_before_it_are_spent() {
        let secret = Secret(*b"12345678901234567890");
        let step = secret.step_of("050471", at(1_111_111_111)).unwrap();
        let used = |last_step| Enabled { secret: secret.clone(), since: Instant::EPOCH, last_step };
        assert_eq!(used(Step(step.0 - 1)).unused_step("050471", at(1_111_111_111)), Some(step));
        assert_eq!(used(step).unused_step("050471", at(1_111_111_111)), None);
        assert_eq!(used(step).unused_step("081804", at(1_111_111_111)), None);
    }

    #[test]
    fn an_app_gets_secret_issuer_and_account() {
        let secret = Secret(*b"12345678901234567890");
        assert_eq!(secret.to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            secret.otpauth_url("kim:x@example.org"),
            "otpauth://totp/Cramp%20diary:kim%3Ax%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Cramp%20diary"
        );
    }

    #[test]
    fn every_address_fits_into_a_qr_code() {
        let longest = format!("{}@example.org", "🦵".repeat(242));
        assert!(qr::svg(&Secret::random().otpauth_url(&longest), "x").is_ok());
    }

    #[test]
    fn recovery_codes_are_of_the_alphabet_and_no_two_are_the_same() {
        let codes: Vec<_> = RecoveryCode::fresh().iter().map(RecoveryCode::to_text).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), RECOVERY_CODES);
        for code in &codes {
            let groups: Vec<_> = code.split('-').collect();
            assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 5), "{code}");
            assert!(groups.concat().bytes().all(|c| RECOVERY_ALPHABET.contains(&c)), "{code}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let code = RecoveryCode("7KQ2MXW9FAC4TNE".into());
        assert_eq!(code.to_text(), "7KQ2M-XW9FA-C4TNE");
        for typed in [
            "7KQ2M-XW9FA-C4TNE",
            "7kq2mxw9fac4tne",
            " 7kq2m xw9fa c4tne ",
            "7-K-Q-2-M XW9FA--C4TNE",
            "７ｋｑ２ｍ\u{2011}xw9fa\u{2011}c4tne",
        ] {
            assert_eq!(TypedCode::read(typed).recovery(), Some(code.clone()), "{typed}");
        }
        // One that an older version gave out.
        assert_eq!(TypedCode::read("7kq2m-xw9fa").recovery(), Some(RecoveryCode("7KQ2MXW9FA".into())));
        for wrong in ["", "7KQ2M-XW9F", "7KQ2M-XW9FA-A", "7KQ2M-XW9FA-C4TN0", "7KQ2M-XW9F0", "7KQ2M-XW9Fß", "287082"] {
            assert_eq!(TypedCode::read(wrong).recovery(), None, "{wrong}");
        }
        for typed in ["287 082", "287\u{a0}082\n", "287–082", "２８７０８２", "٢٨٧٠٨٢"] {
            assert_eq!(TypedCode::read(typed).of_app(), "287082", "{typed}");
        }
    }

    #[test]
    fn one_persons_recovery_code_is_nobody_elses() {
        let code = RecoveryCode("7KQ2MXW9FAC4TNE".into());
        assert_ne!(code.hash(&Id::stored("one".into())), code.hash(&Id::stored("two".into())));
    }

    #[test]
    fn secrets_and_codes_show_themselves_nowhere() {
        let code = RecoveryCode("7KQ2MXW9FAC4TNE".into());
        let shown = format!("{:?} {code:?} {:?}", Secret(*b"12345678901234567890"), TypedCode::read("7KQ2MXW9FA"));
        assert_eq!(shown, "Secret(…) RecoveryCode(…) TypedCode(…)");
    }
}
