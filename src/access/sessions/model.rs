//! Sessions and the refresh tokens that carry them on.

use std::time::Duration;

use crate::{
    foundation::{clock::Instant, ids::Id, secrets::one_time_pad, values::DeviceName},
    secret,
};

/// How long a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// When it lies unused.
    pub idle: Duration,
    /// However much it is used.
    pub longest: Duration,
}

/// Of an app, which is carried on by refresh tokens.
pub const OF_AN_APP: Lifetime = Lifetime { idle: Duration::from_hours(720), longest: Duration::from_hours(2160) };
/// Of a browser on whatever machine somebody sits at: left alone for an hour it is signed out, and any other after a working
/// day.
pub const OF_A_BROWSER: Lifetime = Lifetime { idle: Duration::from_hours(1), longest: Duration::from_hours(12) };
/// How long the parent of the present token gets the same child again, if that was never used: a phone whose answer got
/// lost, and who is without network for some minutes, must not be signed out.
pub const GRACE: Duration = Duration::from_mins(10);

/// For how long a proof lets somebody change how one signs in, erase, and let others in.
pub const PROOF_HOLDS: Duration = Duration::from_mins(10);

/// Somebody signed in on some device.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id; the access token's `sid`.
    pub id: Id,
    /// Who.
    pub user_id: Id,
    /// What the device calls itself.
    pub device_name: Option<DeviceName>,
    /// When the person signed in.
    pub created_at: Instant,
    /// When it was last used, as far as that is noted.
    pub last_used_at: Instant,
    /// When it ends at the latest.
    pub expires_at: Instant,
    /// Since when it is over, if somebody ended it.
    pub ended_at: Option<Instant>,
    /// When it ends if it is not used any more.
    pub ends_at: Instant,
    /// When the person last showed in it that it is they, by the strongest factor that the account has.
    pub proved_at: Instant,
}

impl Session {
    /// A session that begins now.
    #[must_use]
    pub fn begin(user_id: Id, device_name: Option<DeviceName>, now: Instant, lifetime: Lifetime) -> Self {
        let expires_at = now.plus(lifetime.longest);
        Self {
            id: Id::random(),
            user_id,
            device_name,
            created_at: now,
            last_used_at: now,
            expires_at,
            ended_at: None,
            ends_at: now.plus(lifetime.idle).min(expires_at),
            proved_at: now,
        }
    }

    /// Whether the person has shown a moment ago that it is they.
    #[must_use]
    pub fn is_proved(&self, now: Instant) -> bool {
        proof_holds(self.proved_at, now)
    }

    /// Whether it is not over.
    #[must_use]
    pub fn lives(&self, now: Instant) -> bool {
        lives(self.ends_at, self.ended_at, now)
    }

    /// How long it was begun for.
    #[must_use]
    pub fn lifetime(&self) -> Lifetime {
        if self.expires_at.since(self.created_at) > OF_A_BROWSER.longest { OF_AN_APP } else { OF_A_BROWSER }
    }

    /// The same session, used now.
    #[must_use]
    pub fn used(self, now: Instant) -> Self {
        let lifetime = self.lifetime();
        Self { last_used_at: now, ends_at: now.plus(lifetime.idle).min(self.expires_at), ..self }
    }
}

/// Whether a session is not over, by the two of its columns that say so.
pub(super) fn lives(ends_at: Instant, ended_at: Option<Instant>, now: Instant) -> bool {
    ended_at.is_none() && now < ends_at
}

/// Whether what somebody showed at a time counts.
pub(super) fn proof_holds(proved_at: Instant, now: Instant) -> bool {
    now.since(proved_at) < PROOF_HOLDS
}

secret! {
    /// 256 random bits. The database knows a hash of them, and, once the token is spent, its child sealed with them: only
    /// who holds the parent can be given the child a second time.
    RefreshToken, "crr_", "refresh token"
}

impl RefreshToken {
    /// The child, readable only with this token.
    #[must_use]
    pub fn seal(&self, child: &Self) -> [u8; 32] {
        one_time_pad(&self.0, &child.0)
    }

    /// Opens what [`RefreshToken::seal`] closed; `None` when the stored bytes are not a sealed token.
    #[must_use]
    pub fn open(&self, sealed: &[u8]) -> Option<Self> {
        sealed.try_into().ok().map(|sealed| Self(one_time_pad(&self.0, sealed)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn only_the_parent_opens_the_child() {
        let (parent, child, other) = (RefreshToken::random(), RefreshToken::random(), RefreshToken::random());
        let sealed = parent.seal(&child);
        assert_eq!(parent.open(&sealed).unwrap().hash(), child.hash());
        assert_ne!(other.open(&sealed).unwrap().hash(), child.hash());
        assert_ne!(sealed, child.0);
    }
}
