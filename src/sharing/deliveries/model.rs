//! What a delivery is, and when it is tried again.

use std::time::Duration;

use rand::RngExt;
use serde::Serialize;

use crate::{
    foundation::{clock::Instant, ids::Id, precondition::Revision, secrets::SharedKey},
    sharing::webhooks::model::{Event, Webhook},
    vocabulary,
};

vocabulary! {
    /// What went wrong with a delivery.
    pub enum Trouble {
        /// The receiver did not answer in time.
        Timeout = "timeout",
        /// Its name has no address that may be sent to.
        RefusedAddress = "refused_address",
        /// There was no connection, or it broke.
        Connection = "connection",
        /// Its certificate is not good for its name, or there was no agreement on TLS.
        Tls = "tls",
        /// It answered with another status than 2xx.
        Status = "status",
        /// The account may not see that diary any more: nothing is sent.
        RightEnded = "right_ended",
        /// The webhook was changed, and is not to be told of it any more.
        Unwanted = "unwanted",
        /// The webhook was switched off before it was sent.
        WebhookOff = "webhook_off",
    }
}

/// Something to tell, as the owner of a webhook sees it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its id, the same at each attempt.
    pub id: Id,
    /// What happened.
    pub event: Event,
    /// At which diary.
    pub diary_id: Id,
    /// The grant or the link that it is about.
    pub subject_id: Option<Id>,
    /// At which revision the diary is, when that changed.
    pub revision: Option<Revision>,
    /// When it happened.
    pub created_at: Instant,
    /// How many attempts were begun, in all.
    pub attempts: i32,
    /// How many since it was asked for last.
    pub tries: i32,
    /// When the next one is due; `None` when it is over.
    pub next_attempt_at: Option<Instant>,
    /// When the last one was begun.
    pub last_attempt_at: Option<Instant>,
    /// What the receiver answered last.
    pub last_status: Option<u16>,
    /// What went wrong last; `None` once it was delivered.
    pub last_error: Option<Trouble>,
    /// When it arrived.
    pub delivered_at: Option<Instant>,
}

impl Delivery {
    /// What is sent of it: no more than where to look.
    #[must_use]
    pub fn body(&self) -> String {
        let (grant_id, link_id) = match self.event {
            Event::DiaryChanged => (None, None),
            Event::GrantCreated | Event::GrantEnded => (self.subject_id.as_ref(), None),
            Event::LinkOpened => (None, self.subject_id.as_ref()),
        };
        let revision = self.revision.filter(|_| self.event == Event::DiaryChanged);
        let data = Data { diary_id: &self.diary_id, revision, grant_id, link_id };
        let message = Message { what: self.event, timestamp: self.created_at, data };
        // Words, ids and numbers can always be written.
        serde_json::to_string(&message).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    what: Event,
    timestamp: Instant,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    diary_id: &'a Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<Revision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_id: Option<&'a Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link_id: Option<&'a Id>,
}

/// A delivery that is on its way.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// To which webhook.
    pub webhook: Webhook,
    /// What it is signed with.
    pub secret: SharedKey,
    /// Until when this process has the webhook for itself.
    pub until: Instant,
    /// What is sent.
    pub delivery: Delivery,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Delivered {
        /// What it answered.
        status: u16,
    },
    /// It has not, or does not say so.
    Failed {
        /// What it answered, if it did.
        status: Option<u16>,
        /// What went wrong.
        trouble: Trouble,
        /// For how long it asks to be left alone.
        retry_after: Option<Duration>,
    },
}

impl Outcome {
    /// There was no answer in time.
    pub const TIMEOUT: Self = Self::Failed { status: None, trouble: Trouble::Timeout, retry_after: None };

    /// What a receiver says that wants nothing any more (410).
    #[must_use]
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Failed { status: Some(410), .. })
    }
}

/// How long to wait after each attempt that failed; after the last of them there is one more attempt, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retries(Vec<Duration>);

impl Retries {
    /// The longest that a receiver may ask to be left alone for.
    const LONGEST_REQUEST: Duration = Duration::from_hours(24);

    /// Reads seconds with commas between them; `None` when they are none, too many or too long.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const MOST: usize = 20;
        let waits = text.split(',').map(|seconds| seconds.trim().parse::<u32>().ok());
        let waits: Vec<_> =
            waits.map(|seconds| seconds.map(|s| Duration::from_secs(s.into()))).collect::<Option<_>>()?;
        let fits = |wait: &Duration| (Duration::from_secs(1)..=Duration::from_hours(7 * 24)).contains(wait);
        (waits.len() <= MOST && waits.iter().all(fits)).then_some(Self(waits))
    }

    /// How long to wait after so many tries that failed; `None` after the last one. A little more than the schedule says,
    /// by chance: what failed together is not tried together.
    #[must_use]
    pub fn after(&self, tries: i32, asked: Option<Duration>) -> Option<Duration> {
        let wait = *self.0.get(usize::try_from(tries).ok()?.checked_sub(1)?)?;
        let wait = wait.max(asked.unwrap_or_default().min(Self::LONGEST_REQUEST));
        Some(wait.mul_f64(rand::rng().random_range(1.0..1.1)))
    }
}

impl std::fmt::Display for Retries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds: Vec<_> = self.0.iter().map(|wait| wait.as_secs().to_string()).collect();
        f.write_str(&seconds.join(","))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_what_the_guide_shows() {
        let delivery = Delivery {
            id: Id::stored("0198c0de-000a-7000-8000-000000000001".to_owned()),
            event: Event::DiaryChanged,
            diary_id: Id::stored("0198c0de-0004-7000-8000-000000000001".to_owned()),
            subject_id: None,
            revision: Some(Revision(42)),
            created_at: Instant::from_micros(1_775_194_200_000_000),
            attempts: 1,
            tries: 1,
            next_attempt_at: None,
            last_attempt_at: None,
            last_status: None,
            last_error: None,
            delivered_at: None,
        };
        let guide = include_str!("../../../docs/integrating.md");
        assert!(guide.lines().any(|line| line == delivery.body()), "{}", delivery.body());
    }

    #[test]
    fn attempts_follow_the_schedule_and_what_the_receiver_asks_for() {
        let retries = Retries::parse("5, 300,1800").unwrap();
        assert_eq!(retries.to_string(), "5,300,1800");
        let within = |tries, asked: Option<u64>, seconds: u64| {
            let wait = retries.after(tries, asked.map(Duration::from_secs)).unwrap();
            let seconds = Duration::from_secs(seconds);
            assert!(seconds <= wait && wait < seconds.mul_f64(1.1), "{wait:?}");
        };
        within(1, None, 5);
        within(1, Some(2), 5);
        within(1, Some(60), 60);
        within(2, None, 300);
        within(3, Some(1_000_000), 86_400);
        assert_eq!(retries.after(4, None), None);
        for wrong in ["", "0", "x", "5,,6", "-1", "604801", &["1"; 21].join(",")] {
            assert_eq!(Retries::parse(wrong), None, "{wrong}");
        }
    }
}
