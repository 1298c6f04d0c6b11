//! The cookie that signs a browser in, and what in forms shows that they are ours.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::{
    access::sessions::model::Lifetime,
    foundation::{
        public_url::PublicUrl,
        secrets::{self, Secret, fingerprint},
    },
};

/// A browser that is left alone for an hour is signed out, and any other after a working day.
pub const OF_A_BROWSER: Lifetime = Lifetime { idle: Duration::from_hours(1), longest: Duration::from_hours(12) };

/// 256 random bits that a browser keeps. The database knows a hash of them.
#[derive(Clone)]
pub struct PageKey([u8; 32]);

const PREFIX: &str = "crb_";

impl PageKey {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(secrets::random())
    }

    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        fingerprint("page key", &self.0)
    }

    /// What every form of this browser carries, and nobody can know who does not see its pages.
    #[must_use]
    pub fn form_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(fingerprint("form token", &self.0))
    }

    /// Whether a form was made for this browser.
    #[must_use]
    pub fn is_form_token(&self, presented: &str) -> bool {
        self.form_token().as_bytes().ct_eq(presented.as_bytes()).into()
    }

    /// The one that a request carries.
    #[must_use]
    pub fn of(request: &HttpRequest, public_url: &PublicUrl) -> Option<Self> {
        let cookie = request.cookie(name(public_url))?;
        Secret::bytes_of(PREFIX, cookie.value()).map(Self)
    }

    /// For the answer that signs in.
    #[must_use]
    pub fn to_cookie(&self, public_url: &PublicUrl) -> Cookie<'static> {
        cookie(public_url, Secret::from_bytes(PREFIX, &self.0).expose().to_owned())
    }
}

/// For the answer that signs out.
#[must_use]
pub fn no_cookie(public_url: &PublicUrl) -> Cookie<'static> {
    let mut cookie = cookie(public_url, String::new());
    cookie.make_removal();
    cookie
}

/// The prefix binds a cookie to this host and to TLS; browsers refuse it without.
fn name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_behind_tls() { "__Host-cramp-diary" } else { "cramp-diary" }
}

/// It goes when the browser is closed, to no script, and with no request that another site has begun.
fn cookie(public_url: &PublicUrl, value: String) -> Cookie<'static> {
    Cookie::build(name(public_url), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(public_url.is_behind_tls())
        .finish()
}
