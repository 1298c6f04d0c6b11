//! `/oauth/token` and what is beside it. The page at `/oauth/authorize` is with the pages.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use serde_json::json;

use super::{
    authorization::AUTHORIZE,
    clients::ByClient,
    parameters::{scopes, written},
    problem::{OAuthProblem, Wrong},
};
use crate::{
    access::{
        connections::{
            model::{ACCESS_LIFE, AuthorizationCode, Challenge, Granted, Issued, RefreshToken, Shown},
            store,
        },
        scopes::Scope,
    },
    foundation::{ids::Id, language::Language, public_url::PublicUrl},
    storage::refusal::Refusal,
    web::routes::Routes,
};

/// How an access token is sent.
const BEARER: &str = "Bearer";
const TOKEN: &str = "/oauth/token";
const REVOKE: &str = "/oauth/revoke";
const INTROSPECT: &str = "/oauth/introspect";

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at(TOKEN).form_post(create_oauth_token).end();
    routes.at(REVOKE).form_post(revoke_oauth_token).end();
    routes.at(INTROSPECT).form_post(introspect_oauth_token).end();
    routes.at("/.well-known/oauth-authorization-server").get(get_oauth_metadata).end();
}

#[derive(Serialize)]
struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: String,
    scope: String,
    /// Ours: at which diaries they are good; `null` for all that the person may see.
    diary_ids: Option<Vec<Id>>,
}

impl From<Issued> for Tokens {
    fn from(issued: Issued) -> Self {
        Self {
            access_token: issued.access.to_secret().expose().to_owned(),
            token_type: BEARER,
            expires_in: ACCESS_LIFE.as_secs(),
            refresh_token: issued.refresh.to_secret().expose().to_owned(),
            scope: written(&issued.scopes),
            diary_ids: issued.connection.rights.diary_ids,
        }
    }
}

fn wrong(why: impl Into<String>) -> OAuthProblem {
    OAuthProblem::new(Wrong::Request, why)
}

async fn create_oauth_token(asked: ByClient) -> Result<HttpResponse, OAuthProblem> {
    let ByClient { stranger, client, mut said } = asked;
    let (store, now) = (&stranger.store, stranger.now());
    let granted = match said.need("grant_type").map_err(wrong)?.as_str() {
        "authorization_code" => {
            let (code, verifier) = (said.need("code").map_err(wrong)?, said.need("code_verifier").map_err(wrong)?);
            let redirect_uri = said.take("redirect_uri");
            let challenge = Challenge::of(&verifier)
                .ok_or_else(|| wrong("code_verifier has to be 43 to 128 letters, digits and -._~"))?;
            let Some(code) = AuthorizationCode::parse(&code) else { return Err(refused()) };
            store
                .write(move |db| {
                    Ok::<_, Refusal>(store::redeem(db, &client, &code, (redirect_uri.as_deref(), challenge), now)?)
                })
                .await?
        }
        "refresh_token" => {
            let presented = said.need("refresh_token").map_err(wrong)?;
            let fewer = said.take("scope").map(|text| scopes(&text)).transpose();
            let fewer = fewer.map_err(|why| OAuthProblem::new(Wrong::Scope, why))?;
            let Some(token) = RefreshToken::parse(&presented) else { return Err(refused()) };
            store.write(move |db| Ok::<_, Refusal>(store::refresh(db, &client, &token, fewer, now)?)).await?
        }
        _ => {
            let why = "grant_type has to be authorization_code or refresh_token";
            return Err(OAuthProblem::new(Wrong::GrantType, why));
        }
    };
    match granted {
        Granted::Issued(issued) => Ok(HttpResponse::Ok().json(Tokens::from(*issued))),
        Granted::Refused => Err(refused()),
        Granted::Reused => {
            tracing::warn!("an app showed what was spent: its connection has ended");
            Err(refused())
        }
        Granted::TooMuch => Err(OAuthProblem::new(Wrong::Scope, "scope names what the person did not allow")),
    }
}

fn refused() -> OAuthProblem {
    OAuthProblem::new(Wrong::Grant, "it is unknown, run out, used before, ended, or given to another app")
}

async fn revoke_oauth_token(asked: ByClient) -> Result<HttpResponse, OAuthProblem> {
    let ByClient { stranger, client, mut said } = asked;
    let presented = said.need("token").map_err(wrong)?;
    let now = stranger.now();
    if let Some(shown) = Shown::parse(&presented) {
        let is_its_own =
            stranger.store.write(move |db| Ok::<_, Refusal>(store::revoke(db, &client, &shown, now)?)).await?;
        if !is_its_own {
            return Err(OAuthProblem::new(Wrong::Grant, "it was given to another app"));
        }
    }
    Ok(HttpResponse::Ok().finish())
}

async fn introspect_oauth_token(asked: ByClient, public_url: Data<PublicUrl>) -> Result<HttpResponse, OAuthProblem> {
    let ByClient { stranger, client, mut said } = asked;
    if client.secret_hash.is_none() {
        let why = "this takes an app that keeps a secret";
        return Err(OAuthProblem::new(Wrong::Unauthorized, why));
    }
    let presented = said.need("token").map_err(wrong)?;
    let (now, client_id) = (stranger.now(), client.id.clone());
    let shown = Shown::parse(&presented);
    let is_access = matches!(shown, Some(Shown::Access(_)));
    let told = match shown {
        Some(shown) => stranger.store.read(move |db| Ok::<_, Refusal>(store::tell(db, &client, &shown, now)?)).await?,
        None => None,
    };
    let Some(told) = told else { return Ok(HttpResponse::Ok().json(json!({"active": false}))) };
    let mut answer = json!({
        "active": true,
        "scope": written(&told.scopes),
        "client_id": client_id,
        "exp": told.expires_at.seconds(),
        "sub": told.connection.user_id,
        "iss": public_url.as_str(),
        "diary_ids": told.connection.rights.diary_ids,
    });
    if is_access {
        answer["token_type"] = BEARER.into();
    }
    Ok(HttpResponse::Ok().json(answer))
}

async fn get_oauth_metadata(public_url: Data<PublicUrl>) -> HttpResponse {
    let at = |path: &str| format!("{}{path}", public_url.as_str());
    HttpResponse::Ok().json(json!({
        "issuer": public_url.as_str(),
        "authorization_endpoint": at(AUTHORIZE),
        "token_endpoint": at(TOKEN),
        "revocation_endpoint": at(REVOKE),
        "introspection_endpoint": at(INTROSPECT),
        "scopes_supported": Scope::ALL,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "service_documentation": at("/docs/integrating"),
        "ui_locales_supported": Language::ALL.map(Language::tag),
    }))
}
