//! An app that calls, and shows that it is the one that it says.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;

use super::{
    parameters::Parameters,
    problem::{OAuthProblem, Wrong},
};
use crate::{
    access::{
        clients::{
            model::{Client, ClientSecret, RedirectUri},
            store,
        },
        connections::store as connections,
    },
    foundation::{clock::Instant, ids::Id, values::Name},
    storage::{Store, refusal::Refusal},
    web::{body, stranger::Stranger},
};

/// A form of an app.
pub struct ByClient {
    /// Where it comes from.
    pub stranger: Stranger,
    /// Which app it is.
    pub client: Client,
    /// What it says besides.
    pub said: Parameters,
}

impl FromRequest for ByClient {
    type Error = OAuthProblem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, OAuthProblem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let wrong = |why: &str| OAuthProblem::new(Wrong::Request, why);
            let media = request.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
            let essence = media.unwrap_or_default().split(';').next().unwrap_or_default().trim();
            if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
                return Err(wrong("the body has to be application/x-www-form-urlencoded"));
            }
            let bytes = body::collect_in_time(payload, body::LARGEST).await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| wrong("the body is not UTF-8"))?;
            let mut said = Parameters::read(text).map_err(|why| wrong(&why))?;
            let (id, secret) = shown(&request, &mut said)?;
            let stranger = Stranger::of(&request)?;
            let unknown = || OAuthProblem::new(Wrong::Client, "there is no such app, or it has shown another secret");
            let id = Id::parse(&id).ok_or_else(unknown)?;
            let found = stranger.store.read(move |db| Ok::<_, Refusal>(store::find(db, &id)?)).await?;
            let secret = secret.map(|text| ClientSecret::parse(&text).ok_or_else(unknown)).transpose()?;
            let client = found.filter(|client| client.is_shown_by(secret.as_ref())).ok_or_else(unknown)?;
            Ok(Self { stranger, client, said })
        })
    }
}

/// Which app it says it is, and its secret: in the header or in the form, and not in both (RFC 6749, section 2.3).
fn shown(request: &HttpRequest, said: &mut Parameters) -> Result<(String, Option<String>), OAuthProblem> {
    let (id, secret) = (said.take("client_id"), said.take("client_secret"));
    let header = request.headers().get(header::AUTHORIZATION).and_then(|header| header.to_str().ok());
    let Some(header) = header.filter(|header| is_basic(header)) else {
        let id = id.ok_or_else(|| OAuthProblem::new(Wrong::Client, "client_id is missing"))?;
        return Ok((id, secret));
    };
    let (named, shown) =
        basic(header).ok_or_else(|| OAuthProblem::new(Wrong::Client, "the header Authorization can't be read"))?;
    if secret.is_some() || id.is_some_and(|id| id != named) {
        return Err(OAuthProblem::new(Wrong::Request, "the app shows two things at once"));
    }
    Ok((named, Some(shown)))
}

fn is_basic(header: &str) -> bool {
    header.split(' ').next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"))
}

/// Id and secret, each written as in a form, with a colon between them.
fn basic(header: &str) -> Option<(String, String)> {
    let (_, text) = header.split_once(' ')?;
    let decoded = STANDARD.decode(text.trim()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    Some((plain(id)?, plain(secret)?))
}

/// Registers an app, and answers with the secret that is shown this once, if it keeps one.
///
/// # Errors
/// When the database fails.
pub async fn add(
    store: &Store,
    (name, redirect_uris): (Name, Vec<RedirectUri>),
    keeps_secret: bool,
    now: Instant,
) -> Result<(Client, Option<ClientSecret>), Refusal> {
    let secret = keeps_secret.then(ClientSecret::random);
    let secret_hash = secret.as_ref().map(ClientSecret::hash);
    let client = Client { id: Id::random(), name, redirect_uris, secret_hash, created_at: now };
    let added = client.clone();
    store.write(move |db| Ok::<_, Refusal>(store::insert(db, &added)?)).await?;
    Ok((client, secret))
}

/// Takes an app off, once all its connections have ended, and says how many those were; `None` when there is no such app.
///
/// # Errors
/// When the database fails.
pub async fn remove(store: &Store, id: Id) -> Result<Option<usize>, Refusal> {
    let asked = id.clone();
    if store.read(move |db| Ok::<_, Refusal>(store::find(db, &asked)?)).await?.is_none() {
        return Ok(None);
    }
    let mut ended = 0;
    loop {
        let of = id.clone();
        match store.write(move |db| Ok::<_, Refusal>(connections::end_first_of(db, &of)?)).await? {
            0 => break,
            some => ended += some,
        }
    }
    store.write(move |db| Ok::<_, Refusal>(store::remove(db, &id)?)).await?;
    Ok(Some(ended))
}
