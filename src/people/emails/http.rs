//! `/v1/auth/verify-email`, `/v1/me/email`.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::steps::{self, Wish};
use crate::{
    access::{Caller, mail::model::Mailing, passwords::PasswordHasher},
    foundation::fields::Fields,
    people::recovery::steps::TOKEN,
    web::{answer, body::Body, language, problem::Problem, routes::Routes, stranger::Stranger},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/auth/verify-email").post(verify_email).limited().end();
    routes.at("/v1/me/email").post(change_email).limited().end();
}

async fn verify_email(stranger: Stranger, mailing: Data<Mailing>, body: Body) -> Result<HttpResponse, Problem> {
    let said = Fields::open(body.0).and_then(|fields| fields.said(|fields| fields.required(TOKEN)));
    steps::verify(&stranger, **mailing, said).await?;
    Ok(answer::nothing())
}

async fn change_email(
    caller: Caller,
    passwords: Data<PasswordHasher>,
    mailing: Data<Mailing>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let said = Fields::open(body.0).and_then(Wish::from_fields);
    steps::wish(&caller, &passwords, **mailing, language::asked_for(&request), said).await?;
    Ok(HttpResponse::Accepted().finish())
}
