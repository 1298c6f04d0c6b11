//! `/v1/me/second-factor`.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;

use super::{
    asked,
    model::RecoveryCode,
    steps::{self, NotSetUp},
};
use crate::{
    access::{Caller, passwords::PasswordHasher, visits::needs::AccountOperation},
    foundation::{clock::Instant, fields::Fields, qr},
    web::{
        answer,
        body::Body,
        problem::{Code, Problem},
        routes::Routes,
    },
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

impl From<NotSetUp> for Problem {
    fn from(failure: NotSetUp) -> Self {
        match failure {
            NotSetUp::AlreadyOn => Self::new(Code::SecondFactorEnabled),
            NotSetUp::Refused(refusal) => refusal.into(),
        }
    }
}

#[derive(Serialize)]
struct StatusView {
    enabled: bool,
    enabled_at: Option<Instant>,
    passkeys: i64,
    recovery_codes_left: i64,
}

async fn get_second_factor(caller: Caller) -> Result<HttpResponse, Problem> {
    let steps::Status { enabled_at, passkeys, recovery_codes_left } =
        steps::status(&caller.doing(AccountOperation::GetSecondFactor)).await?;
    Ok(HttpResponse::Ok().json(StatusView { enabled: enabled_at.is_some(), enabled_at, passkeys, recovery_codes_left }))
}

#[derive(Serialize)]
struct SetupView {
    secret: String,
    otpauth_url: String,
    qr_svg: String,
}

async fn begin_second_factor(
    caller: Caller,
    passwords: Data<PasswordHasher>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let setup = steps::begin(&caller, &passwords, Fields::open(body.0).and_then(asked::password)).await?;
    let otpauth_url = setup.otpauth_url();
    let qr_svg = qr::svg(&otpauth_url, "QR code for an authenticator app")
        .map_err(|error| Problem::internal(error.to_string()))?;
    Ok(HttpResponse::Created().json(SetupView { secret: setup.secret.to_base32(), otpauth_url, qr_svg }))
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

async fn confirm_second_factor(caller: Caller, body: Body) -> Result<HttpResponse, Problem> {
    let codes = steps::confirm(&caller, Fields::open(body.0).and_then(asked::code)).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesView::of(&codes)))
}

async fn replace_recovery_codes(
    caller: Caller,
    passwords: Data<PasswordHasher>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let codes =
        steps::replace_recovery_codes(&caller, &passwords, Fields::open(body.0).and_then(asked::password)).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesView::of(&codes)))
}

async fn disable_second_factor(
    caller: Caller,
    passwords: Data<PasswordHasher>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    steps::disable(&caller, &passwords, Fields::open(body.0).and_then(asked::password_and_code)).await?;
    Ok(answer::nothing())
}
