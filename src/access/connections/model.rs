//! What a connection is, and what an app shows.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::{
    access::{
        scopes::{Scope, TokenRights},
        sessions::model::RefreshToken,
    },
    foundation::{clock::Instant, ids::Id},
    secret, vocabulary,
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
/// How long it is known of a code or a refresh token that it was spent.
pub const REMEMBERED: Duration = Duration::from_hours(7 * 24);
/// That a connection was used is noted no more often than this.
pub const NOTED_EVERY: Duration = Duration::from_mins(1);

vocabulary! {
    /// What an app shows.
    pub enum Kind {
        /// What it gets by way of the person's browser, once.
        Code = "code",
        /// What opens a diary.
        Access = "access",
        /// What it gets new ones with.
        Refresh = "refresh",
    }
}

secret! {
    /// 256 random bits that go through the person's browser. The database knows a hash.
    AuthorizationCode, "crc_", "authorization code"
}

secret! {
    /// 256 random bits that an app sends with each request. The database knows a hash.
    AccessToken, PREFIX, "access token of an app"
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

    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        match self {
            Self::Access(token) => token.hash(),
            Self::Refresh(token) => token.hash(),
        }
    }
}

/// A token that is good for something.
#[derive(Debug)]
pub struct Told {
    /// By which connection.
    pub connection: Connection,
    /// Which of the two it is.
    pub kind: Kind,
    /// What it lets do.
    pub scopes: Vec<Scope>,
    /// Until when.
    pub expires_at: Instant,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

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
        assert!(matches!(Shown::parse(refresh.to_secret().expose()), Some(Shown::Refresh(_))));
        assert!(Shown::parse(AuthorizationCode::random().to_secret().expose()).is_none());
    }
}
