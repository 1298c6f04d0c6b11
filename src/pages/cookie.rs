//! The cookie that signs a browser in, the one by which it is known when somebody signs in again, and what in forms shows
//! that they are ours.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::{
    access::{
        devices::model::{DeviceToken, KNOWN_FOR},
        sessions::model::Session,
    },
    foundation::{
        public_url::PublicUrl,
        secrets::{self, Secret, fingerprint},
    },
    web::problem::Problem,
};

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
        let cookie = request.cookie(names(public_url).0)?;
        Secret::bytes_of(PREFIX, cookie.value()).map(Self)
    }

    /// For the answer that signs in. It goes when the browser is closed.
    #[must_use]
    pub fn to_cookie(&self, public_url: &PublicUrl) -> Cookie<'static> {
        cookie(public_url, names(public_url).0, Secret::from_bytes(PREFIX, &self.0).expose().to_owned())
    }

    /// The same on somebody's own phone, where it stays for as long as the session may live.
    #[must_use]
    pub fn to_lasting_cookie(&self, session: &Session, public_url: &PublicUrl) -> Cookie<'static> {
        let mut cookie = self.to_cookie(public_url);
        cookie.set_max_age(
            actix_web::cookie::time::Duration::try_from(session.expires_at.since(session.created_at)).ok(),
        );
        cookie
    }
}

/// What this browser is known by.
#[must_use]
pub fn device_of(request: &HttpRequest, public_url: &PublicUrl) -> Option<DeviceToken> {
    DeviceToken::parse(request.cookie(names(public_url).1)?.value())
}

/// For the answer that signs in. It stays when somebody signs out, and when the browser is closed.
#[must_use]
pub fn device_cookie(device: &DeviceToken, public_url: &PublicUrl) -> Cookie<'static> {
    let mut cookie = cookie(public_url, names(public_url).1, device.to_secret().expose().to_owned());
    cookie.set_max_age(actix_web::cookie::time::Duration::try_from(KNOWN_FOR).ok());
    cookie
}

/// Gives a browser what signs it in, and what it is known by from now on.
///
/// # Errors
/// When a cookie can't be written: a defect.
pub fn given(mut answer: HttpResponse, cookies: [Cookie<'static>; 2]) -> Result<HttpResponse, Problem> {
    for cookie in cookies {
        answer.add_cookie(&cookie).map_err(|error| Problem::internal(error.to_string()))?;
    }
    Ok(answer)
}

/// For the answer that signs out.
#[must_use]
pub fn no_cookie(public_url: &PublicUrl) -> Cookie<'static> {
    let mut cookie = cookie(public_url, names(public_url).0, String::new());
    cookie.make_removal();
    cookie
}

/// Of a session and of a device. The prefix binds a cookie to this host and to TLS; browsers refuse it without.
fn names(public_url: &PublicUrl) -> (&'static str, &'static str) {
    if public_url.is_behind_tls() {
        ("__Host-cramp-diary", "__Host-cramp-diary-device")
    } else {
        ("cramp-diary", "cramp-diary-device")
    }
}

/// It goes when the browser is closed, unless it says otherwise, to no script, and with no request that another site has
/// begun.
fn cookie(public_url: &PublicUrl, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(public_url.is_behind_tls())
        .finish()
}
