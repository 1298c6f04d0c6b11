//! `/v1/auth/login`, `refresh`, `logout` and `sessions`.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;

use super::steps::{Arrival, Begun, Credentials, NotSignedIn, sign_in, sign_in_by_passkey};
use crate::{
    access::{
        Caller, accounts,
        devices::model::DeviceToken,
        passkeys::{
            self,
            model::{Assertion, Ceremonies, Shown},
        },
        passwords::PasswordHasher,
        sessions::{
            keys::SigningKeys,
            model::{OF_AN_APP, RefreshToken, Session},
            store::{self as sessions, Rotation},
        },
        visits::needs::AccountOperation,
    },
    foundation::{clock::Instant, fields::Fields, ids::Id, paging::PageRequest, values::DeviceName},
    people::{
        second_factor::{asked, model::Factor},
        sign_in::tokens::Tokens,
    },
    storage::{Db, refusal::Refusal},
    web::{
        answer,
        body::Body,
        path::Path,
        problem::{Code, Problem},
        query::Query,
        routes::Routes,
        stranger::Stranger,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/auth/login").post(login).limited().end();
    routes.at("/v1/auth/passkey/begin").post(begin_passkey_sign_in).limited().end();
    routes.at("/v1/auth/passkey/finish").post(finish_passkey_sign_in).limited().end();
    routes.at("/v1/auth/refresh").post(refresh).limited().end();
    routes.at("/v1/auth/logout").post(logout).limited().end();
    routes.at("/v1/auth/sessions").get(list_sessions).limited().end();
    routes.at("/v1/auth/sessions/{id}").delete(revoke_session).limited().end();
}

impl From<NotSignedIn> for Problem {
    fn from(failure: NotSignedIn) -> Self {
        match failure {
            NotSignedIn::InvalidCredentials => Self::new(Code::InvalidCredentials),
            NotSignedIn::SecondFactorRequired(factors) => {
                Self::second_factor_required(factors.into_iter().map(Factor::as_str))
            }
            NotSignedIn::InvalidSecondFactor => Self::new(Code::InvalidSecondFactor),
            NotSignedIn::InvalidPasskey => Self::new(Code::InvalidPasskey),
            NotSignedIn::Refused(refusal) => refusal.into(),
        }
    }
}

async fn login(
    stranger: Stranger,
    passwords: Data<PasswordHasher>,
    ceremonies: Data<Ceremonies>,
    keys: Data<SigningKeys>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::open(body.0)?;
    let (email, password) = (fields.required("email"), fields.required("password"));
    let second = asked::second(&mut fields, &ceremonies);
    let device_name = fields.optional("device_name");
    let device = fields.optional::<String>("device_token");
    let faults = fields.close();
    let (Some(email), Some(password)) = (email, password) else { return Err(faults.into()) };
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let token = RefreshToken::random();
    let kept = token.clone();
    // What can't be one is a stranger's.
    let device = device.and_then(|presented| DeviceToken::parse(&presented));
    let credentials = Credentials { email, password, second, device_name, device, lifetime: OF_AN_APP };
    let keep = move |db: &mut Db, session: &Session| sessions::insert_token(db, session, &kept);
    let Begun { user, session, device, .. } = sign_in(&stranger, &passwords, credentials, keep).await?;
    Ok(HttpResponse::Ok().json(Tokens::of(&keys, (&session, user.diary_id), &token, session.created_at)?.on(&device)))
}

async fn begin_passkey_sign_in(stranger: Stranger, ceremonies: Data<Ceremonies>) -> Result<HttpResponse, Problem> {
    let asked = ceremonies.asks_for_a_signature().ok_or_else(|| Problem::new(Code::PasskeysNotConfigured))?;
    let (challenge, now) = (*asked.challenge(), stranger.now());
    let ask = move |db: &mut Db| Ok::<_, Refusal>(passkeys::store::ask(db, &challenge, now)?);
    stranger.store.write(ask).await?;
    Ok(HttpResponse::Ok().json(asked))
}

async fn finish_passkey_sign_in(
    stranger: Stranger,
    ceremonies: Data<Ceremonies>,
    keys: Data<SigningKeys>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (assertion, device_name, device) = Fields::open(body.0)?.said(|fields| {
        let credential = fields.required::<Assertion>("credential");
        let (name, device) = (fields.optional("device_name"), fields.optional::<String>("device_token"));
        credential.map(|credential| (credential, name, device))
    })?;
    let token = RefreshToken::random();
    let kept = token.clone();
    let device = device.and_then(|presented| DeviceToken::parse(&presented));
    let shown = Shown { ceremonies: ceremonies.into_inner(), assertion };
    let arrival = Arrival { device_name, device, lifetime: OF_AN_APP };
    let keep = move |db: &mut Db, session: &Session| sessions::insert_token(db, session, &kept);
    let Begun { user, session, device, .. } = sign_in_by_passkey(&stranger, shown, arrival, keep).await?;
    Ok(HttpResponse::Ok().json(Tokens::of(&keys, (&session, user.diary_id), &token, session.created_at)?.on(&device)))
}

async fn refresh(stranger: Stranger, keys: Data<SigningKeys>, body: Body) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::open(body.0)?;
    let presented = fields.required::<String>("refresh_token");
    let faults = fields.close();
    let Some(presented) = presented.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    let presented = RefreshToken::parse(&presented).ok_or_else(|| Problem::new(Code::InvalidRefreshToken))?;
    let now = stranger.now();
    let rotate = move |db: &mut Db| {
        let rotation = sessions::rotate(db, &presented, now)?;
        let Rotation::Next(session, _) = &rotation else { return Ok((rotation, None)) };
        let owns = accounts::store::diary_id_of(db, &session.user_id)?;
        Ok::<_, Refusal>((rotation, owns))
    };
    let (rotation, owns) = stranger.store.write(rotate).await?;
    match rotation {
        Rotation::Next(session, token) => {
            Ok(HttpResponse::Ok().json(Tokens::of(&keys, (&session, owns), &token, now)?))
        }
        Rotation::Refused => Err(Problem::new(Code::InvalidRefreshToken)),
        Rotation::Reused => {
            tracing::warn!("a spent refresh token was used again; its session was ended");
            Err(Problem::new(Code::InvalidRefreshToken))
        }
    }
}

async fn logout(caller: Caller) -> Result<HttpResponse, Problem> {
    caller.write(Ok(()), |db, me, ()| Ok(sessions::end(db, me.session_id(), me.now())?)).await?;
    Ok(answer::nothing())
}

#[derive(Serialize)]
struct SessionView {
    id: Id,
    device_name: Option<DeviceName>,
    created_at: Instant,
    last_used_at: Instant,
    expires_at: Instant,
    current: bool,
}

async fn list_sessions(request: HttpRequest, caller: Caller, Query(query): Query) -> Result<HttpResponse, Problem> {
    let page = caller
        .doing(AccountOperation::ListSessions)
        .read(query.asked(PageRequest::unfiltered), |db, me, asked| {
            let page = sessions::page(db, me.user_id(), &asked, me.now())?;
            Ok(page.map(|session| SessionView {
                current: session.id == *me.session_id(),
                expires_at: session.ends_at,
                id: session.id,
                device_name: session.device_name,
                created_at: session.created_at,
                last_used_at: session.last_used_at,
            }))
        })
        .await?;
    Ok(answer::page(&request, &page))
}

async fn revoke_session(caller: Caller, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    caller
        .doing(AccountOperation::RevokeSession)
        .write(Ok(id), |db, me, id| {
            let session = sessions::find(db, &id)?.filter(|session| session.user_id == *me.user_id());
            sessions::end(db, &session.ok_or(Refusal::NotFound)?.id, me.now()).map_err(Refusal::from)
        })
        .await?;
    Ok(answer::nothing())
}
