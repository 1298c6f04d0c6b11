//! `/v1/me/second-factor`.

use actix_web::HttpResponse;
use serde::Serialize;

use super::{
    model::{RecoveryCode, SecondFactor, Secret, TypedCode},
    store,
};
use crate::{
    access::{Caller, SignedIn},
    accounts::{self, confirmation::confirm, model::Password},
    clock::Instant,
    faults::{FaultCode, Faults},
    fields::Fields,
    problem::{Code, Problem},
    qr,
    refusal::Refusal,
    sessions::{
        self,
        throttle::{self, Guesser, Try},
    },
    storage::Db,
    web::{answer, body::Body, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes
        .at("/v1/me/second-factor")
        .get(get_second_factor)
        .post(begin_second_factor)
        .delete(disable_second_factor)
        .end();
    routes.at("/v1/me/second-factor/confirm").post(confirm_second_factor).end();
    routes.at("/v1/me/second-factor/recovery-codes").post(replace_recovery_codes).end();
}

#[derive(Serialize)]
struct StatusView {
    enabled: bool,
    enabled_at: Option<Instant>,
    recovery_codes_left: i64,
}

async fn get_second_factor(caller: Caller) -> Result<HttpResponse, Problem> {
    let status = caller
        .read(|db, me| {
            let enabled_at = store::find_enabled(db, me.user_id())?.map(|enabled| enabled.since);
            let recovery_codes_left = store::recovery_codes_left(db, me.user_id())?;
            Ok(StatusView { enabled: enabled_at.is_some(), enabled_at, recovery_codes_left })
        })
        .await?;
    Ok(HttpResponse::Ok().json(status))
}

#[derive(Serialize)]
struct SetupView {
    secret: String,
    otpauth_url: String,
    qr_svg: String,
}

async fn begin_second_factor(caller: Caller, body: Body) -> Result<HttpResponse, Problem> {
    let account = confirm(&caller, "password", password_of(body)?).await?;
    let secret = Secret::random();
    let stored = secret.clone();
    let begun = caller
        .write(move |db, me| {
            lock(db, me)?;
            if store::find_enabled(db, me.user_id())?.is_some() {
                return Ok(false);
            }
            store::begin(db, me.user_id(), &stored, me.now())?;
            Ok(true)
        })
        .await?;
    if !begun {
        return Err(Problem::new(Code::SecondFactorEnabled));
    }
    let otpauth_url = secret.otpauth_url(account.user.email.as_str());
    let qr_svg = qr::svg(&otpauth_url, "QR code for an authenticator app")
        .map_err(|error| Problem::internal(error.to_string()))?;
    Ok(HttpResponse::Created().json(SetupView { secret: secret.to_base32(), otpauth_url, qr_svg }))
}

#[derive(Serialize)]
struct RecoveryCodesView {
    recovery_codes: Vec<String>,
}

impl RecoveryCodesView {
    fn of(codes: &[RecoveryCode]) -> Self {
        Self { recovery_codes: codes.iter().map(RecoveryCode::to_text).collect() }
    }
}

/// How a code at the set-up was taken.
enum Confirmed {
    Now,
    WrongCode,
    Before,
}

async fn confirm_second_factor(caller: Caller, body: Body) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::open(body.0)?;
    let code = fields.required::<TypedCode>("code");
    let faults = fields.close();
    let Some(code) = code.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    let codes = RecoveryCode::fresh();
    let stored = codes.clone();
    let confirmed = caller
        .write(move |db, me| {
            lock(db, me)?;
            let secret = match store::find(db, me.user_id())?.ok_or(Refusal::NotFound)? {
                SecondFactor::Begun(secret) => secret,
                SecondFactor::On(_) => return Ok(Confirmed::Before),
            };
            let step = secret.step_of(code.of_app(), me.now());
            settle(db, me, step.is_some())?;
            let Some(step) = step else { return Ok(Confirmed::WrongCode) };
            store::enable(db, me.user_id(), step, me.now())?;
            store::set_recovery_codes(db, me.user_id(), &stored)?;
            // Whoever else is signed in got in without a code.
            sessions::store::end_others(db, me.user_id(), me.session_id(), me.now())?;
            Ok(Confirmed::Now)
        })
        .await?;
    match confirmed {
        Confirmed::Now => Ok(HttpResponse::Ok().json(RecoveryCodesView::of(&codes))),
        Confirmed::WrongCode => Err(wrong_code().into()),
        Confirmed::Before => Err(Problem::new(Code::SecondFactorEnabled)),
    }
}

async fn replace_recovery_codes(caller: Caller, body: Body) -> Result<HttpResponse, Problem> {
    confirm(&caller, "password", password_of(body)?).await?;
    let codes = RecoveryCode::fresh();
    let stored = codes.clone();
    caller
        .write(move |db, me| {
            lock(db, me)?;
            store::find_enabled(db, me.user_id())?.ok_or(Refusal::NotFound)?;
            Ok(store::set_recovery_codes(db, me.user_id(), &stored)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesView::of(&codes)))
}

async fn disable_second_factor(caller: Caller, body: Body) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::open(body.0)?;
    let (password, code) = (fields.required::<Password>("password"), fields.required::<TypedCode>("code"));
    let faults = fields.close();
    let (Some(password), Some(code)) = (password, code) else { return Err(faults.into()) };
    if !faults.is_empty() {
        return Err(faults.into());
    }
    confirm(&caller, "password", password).await?;
    let is_off = caller
        .write(move |db, me| {
            lock(db, me)?;
            if let Some(enabled) = store::find_enabled(db, me.user_id())? {
                let right = store::spend(db, me.user_id(), &enabled, &code, me.now())?;
                settle(db, me, right)?;
                if !right {
                    return Ok(false);
                }
            }
            store::delete(db, me.user_id())?;
            Ok(true)
        })
        .await?;
    if is_off { Ok(answer::nothing()) } else { Err(wrong_code().into()) }
}

fn password_of(body: Body) -> Result<Password, Faults> {
    let mut fields = Fields::open(body.0)?;
    let password = fields.required::<Password>("password");
    let faults = fields.close();
    password.filter(|_| faults.is_empty()).ok_or(faults)
}

fn lock(db: &mut Db, me: &SignedIn) -> Result<(), Refusal> {
    accounts::store::find_locked(db, me.user_id())?.map(drop).ok_or(Refusal::NotSignedIn)
}

/// Counts a code that was typed. A wrong one is no error yet, which would undo that it was counted.
fn settle(db: &mut Db, me: &SignedIn, right: bool) -> Result<(), Refusal> {
    match throttle::settle(db, &Guesser::typing_codes(me.user_id()), right, me.now())? {
        Try::Right | Try::Wrong => Ok(()),
        Try::Held(wait) => Err(Refusal::Held(wait)),
    }
}

fn wrong_code() -> Faults {
    Faults::at("code", FaultCode::WrongCode, "is not the code of this moment, or was used before")
}
