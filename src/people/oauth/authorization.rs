//! What an app asks somebody for, by way of their browser (RFC 6749, section 4.1.1; RFC 7636; RFC 9207).

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::parameters::{Parameters, scopes};
use crate::{
    access::{
        clients::{model::Client, store},
        connections::model::Challenge,
        scopes::Scope,
    },
    foundation::ids::Id,
    storage::{Store, refusal::Refusal},
};

/// Where somebody is asked.
pub const AUTHORIZE: &str = "/oauth/authorize";

/// A question of an app that can be put to somebody.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who asks.
    pub client: Client,
    /// What it asks for.
    pub scopes: Vec<Scope>,
    /// What the code will be bound to.
    pub challenge: Challenge,
    back: Back,
}

/// Where the browser goes with the answer.
#[derive(Debug, Clone)]
struct Back {
    redirect_uri: String,
    state: Option<String>,
    issuer: String,
}

/// Why it is put to nobody.
#[derive(Debug)]
pub enum NotAsked {
    /// It is not known which app asks, or where it may be answered: the browser goes nowhere (RFC 9700, section 4.11).
    Here(String),
    /// The app is told, at this address.
    There(String),
    /// The service failed.
    Failed(Refusal),
}

/// Reads a question.
///
/// # Errors
/// Why it is put to nobody.
pub async fn read(db: &Store, query: &str, issuer: &str) -> Result<Asked, NotAsked> {
    let mut said = Parameters::read(query).map_err(NotAsked::Here)?;
    let (id, uri) = (said.need("client_id"), said.need("redirect_uri"));
    let id = id.and_then(|id| Id::parse(&id).ok_or_else(|| "client_id is no id".to_owned())).map_err(NotAsked::Here)?;
    let found = db.read(move |db| Ok(store::find(db, &id)?)).await.map_err(NotAsked::Failed)?;
    let client = found.ok_or_else(|| NotAsked::Here("client_id names no registered app".to_owned()))?;
    let redirect_uri = uri.map_err(NotAsked::Here)?;
    if !client.redirect_uris.iter().any(|registered| registered.is(&redirect_uri)) {
        return Err(NotAsked::Here("redirect_uri is none of those that the app has registered".to_owned()));
    }
    let back = Back { redirect_uri, state: said.take("state"), issuer: issuer.to_owned() };
    // From here on, the app itself is told.
    let wrong = |error: &str, why: &str| NotAsked::There(back.to(&[("error", error), ("error_description", why)]));
    match said.take("response_type").as_deref() {
        Some("code") => {}
        Some(_) => return Err(wrong("unsupported_response_type", "response_type has to be code")),
        None => return Err(wrong("invalid_request", "response_type is missing")),
    }
    if said.take("code_challenge_method").as_deref() != Some("S256") {
        return Err(wrong("invalid_request", "code_challenge_method has to be S256"));
    }
    let challenge = said.need("code_challenge").map_err(|why| wrong("invalid_request", &why))?;
    let challenge = Challenge::parse(&challenge)
        .ok_or_else(|| wrong("invalid_request", "code_challenge is no SHA-256 in base64url"))?;
    let asked = said.need("scope").and_then(|text| scopes(&text)).map_err(|why| wrong("invalid_scope", &why))?;
    Ok(Asked { client, scopes: asked, challenge, back })
}

impl Asked {
    /// Where the code is sent.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.back.redirect_uri
    }

    /// What the app wants to hear again.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.back.state.as_deref()
    }

    /// Where the browser goes with a code.
    #[must_use]
    pub fn with_code(&self, code: &str) -> String {
        self.back.to(&[("code", code)])
    }

    /// Where it goes when the person lets nobody in.
    #[must_use]
    pub fn denied(&self) -> String {
        self.back.to(&[("error", "access_denied")])
    }
}

impl Back {
    fn to(&self, answer: &[(&str, &str)]) -> String {
        let mut there = self.redirect_uri.clone();
        let own = [("state", self.state.as_deref()), ("iss", Some(self.issuer.as_str()))];
        let own = own.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        for (name, value) in answer.iter().copied().chain(own) {
            there.push(if there.contains('?') { '&' } else { '?' });
            there.extend([name, "="]);
            there.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        }
        there
    }
}
