//! `/v1/auth/password-reset`.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::steps::{self, Choice};
use crate::{
    access::{mail::model::Mailing, passwords::PasswordHasher},
    foundation::fields::Fields,
    web::{answer, body::Body, language, problem::Problem, routes::Routes, stranger::Stranger},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/auth/password-reset").post(request_password_reset).limited().end();
    routes.at("/v1/auth/password-reset/confirm").post(confirm_password_reset).limited().end();
}

async fn request_password_reset(
    stranger: Stranger,
    mailing: Data<Mailing>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    mailing.needed()?;
    let email: String = Fields::open(body.0)?.said(|fields| fields.required("email"))?;
    steps::ask(&stranger, **mailing, &email, language::asked_for(&request)).await?;
    Ok(HttpResponse::Accepted().finish())
}

async fn confirm_password_reset(
    stranger: Stranger,
    passwords: Data<PasswordHasher>,
    mailing: Data<Mailing>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let choice = Fields::open(body.0).and_then(Choice::from_fields);
    steps::choose(&stranger, &passwords, **mailing, choice).await?;
    Ok(answer::nothing())
}
