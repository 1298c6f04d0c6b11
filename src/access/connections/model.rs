//! What a connection is, and what an app shows.

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::{
    access::scopes::{Scope, TokenRights},
    foundation::{
        clock::Instant,
        ids::Id,
        secrets::{Secret, fingerprint, one_time_pad, random},
    },
    secret,
};

/// What every access token of an app begins with.
pub const PREFIX: &str = "cra_";
/// How long a code can be redeemed.
pub const CODE_LIFE: Duration = Duration::from_mins(1);
/// How long an access token is good for.
pub const ACCESS_LIFE: Duration = Duration::from_mins(15);
/// How long a connection lasts that is not carried on.
pub const IDLE: Duration = Duration::from_hours(90 * 24);
/// How long the parent of the present refresh token gets the same child again, if that was never used: an app that lost an
/// answer asks again within seconds.
pub const GRACE: Duration = Duration::from_mins(1);
/// That a connection was used is noted no more often than this.
pub const NOTED_EVERY: Duration = Duration::from_mins(1);

secret! {
    /// 256 random bits that go through the person's browser. The database knows a hash.
    AuthorizationCode, "crc_", "authorization code"
}

secret! {
    /// 256 random bits that an app sends with each request. The database knows a hash.
    AccessToken, PREFIX, "access token of an app"
}

/// What an app carries its connection on with. One half stays the same for as long as the connection lasts, so whatever comes
/// with it and is not the present one was one before; the other half changes at each use. Each has 256 random bits. The
/// database has a hash of each, and the next one sealed with the one before: only who holds the parent can be given the
/// child a second time.
#[derive(Clone)]
pub struct RefreshToken {
    family: [u8; 32],
    turn: [u8; 32],
}

impl RefreshToken {
    const PREFIX: &str = "crf_";

    /// The first one of a connection.
    #[must_use]
    pub fn random() -> Self {
        Self { family: random(), turn: random() }
    }

    /// One that comes after this.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { turn: random(), ..*self }
    }

    /// Reads a presented one; `None` when it can't be one.
    #[must_use]
    pub fn parse(presented: &str) -> Option<Self> {
        let bytes: [u8; 64] = Secret::bytes_of(Self::PREFIX, presented)?;
        let (family, turn) = bytes.split_at(32);
        Some(Self { family: family.try_into().ok()?, turn: turn.try_into().ok()? })
    }

    /// For the answer that hands it out.
    #[must_use]
    pub fn to_secret(&self) -> Secret {
        Secret::from_bytes(Self::PREFIX, &[self.family, self.turn].concat())
    }

    /// What the database knows the connection by.
    #[must_use]
    pub fn family_hash(&self) -> [u8; 32] {
        fingerprint("refresh tokens of a connection", &self.family)
    }

    /// What the database knows this one by, among those of its connection.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        fingerprint("refresh token of a connection", &self.turn)
    }

    /// The child, readable only with this token.
    #[must_use]
    pub fn seal(&self, child: &Self) -> [u8; 32] {
        one_time_pad(&self.turn, &child.turn)
    }

    /// Opens what [`RefreshToken::seal`] closed; `None` when the stored bytes are not a sealed token.
    #[must_use]
    pub fn open(&self, sealed: &[u8]) -> Option<Self> {
        let sealed = sealed.try_into().ok()?;
        Some(Self { turn: one_time_pad(&self.turn, sealed), ..*self })
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

/// What a code is bound to, so that nobody else redeems it: the SHA-256 of a text that the app keeps until then (RFC 7636).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge(pub [u8; 32]);

impl Challenge {
    /// Reads one; `None` when it can't be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The text.
    #[must_use]
    pub fn written(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// That of a text; `None` when no app may choose it.
    #[must_use]
    pub fn of(verifier: &str) -> Option<Self> {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let is_one = (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_unreserved);
        is_one.then(|| Self(Sha256::digest(verifier).into()))
    }
}

/// What a code is bound to.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Where it was sent.
    pub redirect_uri: String,
    /// Who redeems it.
    pub challenge: Challenge,
}

/// An app that somebody has let in.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its id.
    pub id: Id,
    /// Who let it in.
    pub user_id: Id,
    /// Which app it is.
    pub client_id: Id,
    /// What it may do, and what it was called when it was let in.
    pub rights: TokenRights,
    /// When it was let in.
    pub created_at: Instant,
    /// When it ends if it is not carried on.
    pub expires_at: Instant,
    /// When it was last used, as far as that is noted.
    pub last_used_at: Option<Instant>,
}

impl Connection {
    /// Whether it has not run out.
    #[must_use]
    pub fn lives(&self, now: Instant) -> bool {
        now < self.expires_at
    }

    /// Whether it is time to note that it is used.
    #[must_use]
    pub fn is_to_be_noted(&self, now: Instant) -> bool {
        self.last_used_at.is_none_or(|last| now.since(last) >= NOTED_EVERY)
    }
}

/// What an app is given.
#[derive(Debug)]
pub struct Issued {
    /// By which of its connections.
    pub connection: Connection,
    /// What the access token lets do: what the connection does, or less if the app asked for less.
    pub scopes: Vec<Scope>,
    /// What opens the diary.
    pub access: AccessToken,
    /// What gets the next ones.
    pub refresh: RefreshToken,
}

/// How an app's wish for tokens ended.
#[derive(Debug)]
pub enum Granted {
    /// It has them.
    Issued(Box<Issued>),
    /// What it shows is unknown, run out, another app's, or bound to something else.
    Refused,
    /// It had been shown before: somebody else has it too, so the connection is over for both.
    Reused,
    /// It asks for more than it was given.
    TooMuch,
}

/// A token that an app shows to have it ended or told of.
#[derive(Debug, Clone)]
pub enum Shown {
    /// What opens a diary.
    Access(AccessToken),
    /// What gets the next ones.
    Refresh(RefreshToken),
}

impl Shown {
    /// Reads one; `None` when it can't be one.
    #[must_use]
    pub fn parse(presented: &str) -> Option<Self> {
        let access = AccessToken::parse(presented).map(Self::Access);
        access.or_else(|| RefreshToken::parse(presented).map(Self::Refresh))
    }
}

/// A token that is good for something.
#[derive(Debug)]
pub struct Told {
    /// By which connection.
    pub connection: Connection,
    /// What it lets do.
    pub scopes: Vec<Scope>,
    /// Until when.
    pub expires_at: Instant,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::access::sessions;

    #[test]
    fn a_refresh_token_is_of_its_family_and_opens_its_child() {
        let (parent, stranger) = (RefreshToken::random(), RefreshToken::random());
        let child = RefreshToken::parse(parent.next().to_secret().expose()).unwrap();
        assert_eq!(child.family_hash(), parent.family_hash());
        assert_ne!(child.family_hash(), stranger.family_hash());
        assert_ne!(child.hash(), parent.hash());
        let sealed = parent.seal(&child);
        assert_eq!(parent.open(&sealed).unwrap().to_secret().expose(), child.to_secret().expose());
        assert_ne!(stranger.open(&sealed).unwrap().hash(), child.hash());
        assert!(parent.open(&sealed[1..]).is_none());
    }

    #[test]
    fn a_challenge_is_that_of_rfc_7636() {
        // The example of appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(Challenge::of(verifier), challenge);
        assert!(challenge.is_some());
        for bad in [&verifier[..42], &"a".repeat(129), &format!("{verifier}=")] {
            assert!(Challenge::of(bad).is_none(), "{bad}");
        }
        for bad in ["", verifier.trim_end_matches('k'), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM="] {
            assert!(Challenge::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn no_key_is_taken_for_another() {
        let written = AccessToken::random().to_secret().expose().to_owned();
        assert!(matches!(Shown::parse(&written), Some(Shown::Access(_))));
        assert!(AuthorizationCode::parse(&written).is_none());
        let refresh = RefreshToken::random();
        assert!(sessions::model::RefreshToken::parse(refresh.to_secret().expose()).is_none());
        assert!(matches!(Shown::parse(refresh.to_secret().expose()), Some(Shown::Refresh(_))));
        assert!(Shown::parse(AuthorizationCode::random().to_secret().expose()).is_none());
    }
}
