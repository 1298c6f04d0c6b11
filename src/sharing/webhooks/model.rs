//! What a webhook is.

use std::net::IpAddr;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::Value;
use url::{Host, Url};

use crate::{
    access::scopes::{Limited, Named},
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
        ids::Id,
        public_address::is_public,
        secrets::SharedKey,
        values::{Distinct, Name},
    },
    vocabulary,
};

vocabulary! {
    /// What can be told.
    pub enum Event {
        /// A diary changed.
        DiaryChanged = "diary.changed",
        /// Somebody redeemed a code for a diary.
        GrantCreated = "grant.created",
        /// Somebody's right on a diary was ended.
        GrantEnded = "grant.ended",
        /// Somebody opened a report by a link.
        LinkOpened = "link.opened",
    }
}

vocabulary! {
    /// Why a webhook is off.
    pub enum OffReason {
        /// Its owner said so.
        Owner = "owner",
        /// The receiver took nothing for two days.
        Failing = "failing",
        /// The receiver said that it is gone.
        Gone = "gone",
        /// The database was restored from a backup.
        Restored = "restored",
    }
}

/// Which addresses may be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those of the public internet, over TLS.
    Public,
    /// Also those of this machine and its network, and without TLS.
    Anywhere,
}

impl Reach {
    /// Whether something may be sent to an address.
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }
}

/// The longest address of a receiver.
const LONGEST_URL: usize = 2_048;

/// Where a receiver is. What stands behind its host may be a key of its owner's, so it is shown to nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiverUrl(Url);

impl ReceiverUrl {
    /// One that was stored; `None` when it can't be read.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        Url::parse(text).ok().map(Self)
    }

    /// The address in its normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The same, taken apart.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The address that stands in the place of a host's name, if one does.
    #[must_use]
    pub fn literal(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }

    /// Whether it may be sent to, as far as can be told without looking the name up.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn check(&self, reach: Reach) -> Result<(), &'static str> {
        if !(self.0.scheme() == "https" || (self.0.scheme() == "http" && reach == Reach::Anywhere)) {
            return Err("must begin with https://");
        }
        if !self.0.username().is_empty() || self.0.password().is_some() {
            return Err("must not name a user: what is sent is signed");
        }
        if self.0.fragment().is_some() {
            return Err("must not have a fragment, which is never sent");
        }
        let name = self.0.domain().unwrap_or_default().trim_end_matches('.');
        let is_here = name == "localhost" || name.ends_with(".localhost");
        let literal_fits = self.literal().is_none_or(|address| reach.allows(address));
        if !literal_fits || (is_here && reach == Reach::Public) {
            return Err("must be an address of the public internet");
        }
        Ok(())
    }
}

impl std::fmt::Debug for ReceiverUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReceiverUrl(…)")
    }
}

impl Serialize for ReceiverUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl FromJson for ReceiverUrl {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let text = fields::text(value, 1..=LONGEST_URL)?;
        let url = Url::parse(&text).ok().filter(Url::has_host);
        let url =
            url.ok_or_else(|| Faults::here(FaultCode::Malformed, "must be a URL, as https://hooks.example/diary"))?;
        // Its normal form may be longer: other letters than those of ASCII are escaped.
        if url.as_str().len() > LONGEST_URL {
            let why = format!("has more than {LONGEST_URL} characters when it is escaped");
            return Err(Faults::here(FaultCode::TooLong, why));
        }
        Ok(Self(url))
    }
}

/// The signature of a delivery at a time, in seconds since 1970: Standard Webhooks, version 1 (HMAC-SHA256).
#[must_use]
pub fn sign(key: &SharedKey, id: &str, seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
    format!("v1,{}", STANDARD.encode(hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes())))
}

/// What deliveries are signed with, for the one answer that shows it: as the libraries of Standard Webhooks take it.
#[must_use]
pub fn shown(key: &SharedKey) -> String {
    format!("whsec_{}", STANDARD.encode(key.expose()))
}

/// What a person says of a webhook: where to tell whom of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Where to send it.
    pub url: ReceiverUrl,
    /// What its owner calls it.
    pub name: Option<Name>,
    /// What is told.
    pub events: Vec<Event>,
    /// Of which diaries; `None` for all that the account may see.
    pub diary_ids: Option<Vec<Id>>,
}

impl Terms {
    /// Whether it is to be told of something that happens at a diary, if it is on.
    #[must_use]
    pub fn want(&self, event: Event, diary_id: &Id) -> bool {
        self.events.contains(&event) && self.diary_ids.as_ref().is_none_or(|ids| ids.contains(diary_id))
    }
}

/// A webhook, as its owner sees it.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// What the service knows it by: no other webhook ever has it.
    pub key: String,
    /// Its id, which is its owner's own: others may have one of the same.
    pub id: Id,
    /// Whose it is.
    pub user_id: Id,
    /// What was said of it.
    pub terms: Terms,
    /// When it was made.
    pub created_at: Instant,
    /// When somebody last made, changed or switched it: whoever looks what was opened since a theft finds it by that.
    pub set_at: Instant,
    /// Since when it is off, and why; `None` while it is on.
    pub off: Option<(Instant, OffReason)>,
    /// When something last arrived.
    pub last_delivered_at: Option<Instant>,
}

/// What somebody says to make a webhook.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The id, if the client chose one.
    pub id: Option<Id>,
    /// What is to hold of it.
    pub terms: Terms,
}

fn url(fields: &mut Fields, reach: Reach) -> Option<ReceiverUrl> {
    let url = fields.required::<ReceiverUrl>("url")?;
    match url.check(reach) {
        Ok(()) => Some(url),
        Err(why) => {
            fields.fault("url", FaultCode::Malformed, why);
            None
        }
    }
}

impl Draft {
    /// Reads a body.
    #[must_use]
    pub fn from_json(body: Value, reach: Reach) -> Limited<Self> {
        Limited::read(|named| {
            Fields::open(body)?.said(|fields| {
                let id = fields.optional("id");
                let (url, name) = (url(fields, reach), fields.optional("name"));
                let events = fields.required::<Distinct<Event, 4>>("events");
                let diary_ids = named.read(fields);
                let (url, Distinct(events)) = url.zip(events)?;
                Some(Self { id, terms: Terms { url, name, events, diary_ids } })
            })
        })
    }
}

/// What of a webhook can be changed, after a change.
#[derive(Debug, Clone)]
pub struct Changed {
    /// What holds of it now.
    pub terms: Terms,
    /// Whether it is off.
    pub disabled: bool,
}

impl Webhook {
    /// This webhook with a merge patch applied.
    #[must_use]
    pub fn patched(&self, patch: Value, reach: Reach) -> Limited<Changed> {
        let Terms { url: address, name, events, diary_ids } = &self.terms;
        let present = serde_json::json!({
            "url": address,
            "name": name,
            "events": events,
            "diary_ids": diary_ids,
            "disabled": self.off.is_some(),
        });
        let read = |whole, named: &mut Named| {
            let mut fields = Fields::open(whole)?;
            fields.ignore(&["created_at", "disabled_at", "disabled_reason", "last_delivered_at"]);
            fields.said(|fields| {
                let (url, name) = (url(fields, reach), fields.optional("name"));
                let events = fields.required::<Distinct<Event, 4>>("events");
                let (diary_ids, disabled) = (named.read(fields), fields.required("disabled"));
                let ((url, Distinct(events)), disabled) = url.zip(events).zip(disabled)?;
                Some(Changed { terms: Terms { url, name, events, diary_ids }, disabled })
            })
        };
        Limited::read(|named| fields::patched(self.id.as_str(), &present, patch, |whole| read(whole, named)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(text: &str, reach: Reach) -> Result<String, ()> {
        let url = ReceiverUrl::from_json(&json!(text)).map_err(drop)?;
        url.check(reach).map_err(drop)?;
        Ok(url.as_str().to_owned())
    }

    #[test]
    fn a_receiver_is_at_a_public_address_behind_tls() {
        for good in ["https://hooks.example/diary", "https://hooks.example:8443/?key=1", "https://1.1.1.1/"] {
            assert_eq!(checked(good, Reach::Public).unwrap(), good);
        }
        for bad in [
            "",
            "hooks.example",
            "http://hooks.example/",
            "ftp://hooks.example/",
            "https://",
            "https://me@hooks.example/",
            "https://me:secret@hooks.example/",
            "https://hooks.example/#part",
            "https://localhost/",
            "https://a.LOCALHOST./",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
        ] {
            assert!(checked(bad, Reach::Public).is_err(), "{bad}");
        }
        assert!(checked(&format!("https://hooks.example/{}", "é".repeat(1_000)), Reach::Public).is_err());
        assert!(checked("http://127.0.0.1:9000/hook", Reach::Anywhere).is_ok());
        assert!(checked("http://me@127.0.0.1/", Reach::Anywhere).is_err());
    }

    #[test]
    fn nothing_that_is_logged_shows_an_address_or_a_secret() {
        let url = ReceiverUrl::stored("https://hooks.example/key").unwrap();
        let secret = SharedKey::random();
        assert_eq!(format!("{url:?} {secret:?}"), "ReceiverUrl(…) SharedKey(…)");
    }

    /// What the official library says of signatures is in `tests/drills/webhooks.rs`.
    #[test]
    fn the_example_of_the_guide_is_signed_with_the_secret_that_it_names() {
        const GUIDE: &str = include_str!("../../../docs/integrating.md");
        let line = |begins: &str| GUIDE.lines().find_map(|line| line.strip_prefix(begins)).unwrap();
        let bytes: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        let secret = SharedKey::stored(&bytes).unwrap();
        assert!(GUIDE.contains(&format!("`{}`", shown(&secret))));
        let body = GUIDE.lines().find(|line| line.starts_with("{\"type\":")).unwrap();
        let seconds = line("webhook-timestamp: ").parse().unwrap();
        let signed = sign(&secret, line("webhook-id: "), seconds, body);
        assert_eq!(signed, line("webhook-signature: "));
        assert_ne!(signed, sign(&secret, line("webhook-id: "), seconds + 1, body));
    }
}
