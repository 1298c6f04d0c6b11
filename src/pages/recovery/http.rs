//! `/forgot` and `/reset`.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::view;
use crate::{
    access::{mail::model::Mailing, passwords::PasswordHasher},
    foundation::{
        faults::{FaultCode, Faults},
        fields::Fields,
        typed,
    },
    pages::{
        failure::{PageProblem, comes_from_here},
        form::Form,
        visitor::language,
    },
    people::{
        mail::letters::{FORGOT, RESET},
        recovery::steps::{self, Choice, PASSWORD, TOKEN},
    },
    storage::refusal::Refusal,
    web::{query::FormQuery, routes::Routes, stranger::Stranger},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at(FORGOT).get(show_forgot).post(ask).limited().end();
    routes.at(RESET).get(show_reset).post(reset).limited().end();
}

async fn show_forgot(
    mailing: Data<Mailing>,
    request: HttpRequest,
    FormQuery(query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    query.finish()?;
    let language = language(&request);
    Ok(if mailing.is_on() { view::forgot(language) } else { view::no_mail(language) })
}

async fn ask(
    stranger: Stranger,
    mailing: Data<Mailing>,
    request: HttpRequest,
    Form(mut form): Form,
) -> Result<HttpResponse, PageProblem> {
    comes_from_here(&request)?;
    let email = form.optional::<String>("email").unwrap_or_default();
    form.finish()?;
    let language = language(&request);
    match steps::ask(&stranger, **mailing, &email, Some(language)).await {
        Ok(()) => Ok(view::asked(language)),
        Err(Refusal::NoMail) => Ok(view::no_mail(language)),
        Err(refusal) => Err(refusal.into()),
    }
}

async fn show_reset(request: HttpRequest, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let token = query.optional::<String>(TOKEN).unwrap_or_default();
    query.finish()?;
    Ok(view::reset(language(&request), &token, None))
}

/// What is typed blindly is typed twice: nobody could let them in again.
fn read(mut form: Fields) -> Result<Choice, Faults> {
    let repeated = form.optional::<String>(view::REPEATED);
    let meant = |text: &str| typed::password(text);
    if repeated.as_deref().map(meant) != form.text_of(PASSWORD).map(meant) {
        form.fault(view::REPEATED, FaultCode::Contradiction, "is not the same");
    }
    Choice::from_fields(form)
}

async fn reset(
    stranger: Stranger,
    passwords: Data<PasswordHasher>,
    mailing: Data<Mailing>,
    request: HttpRequest,
    Form(form): Form,
) -> Result<HttpResponse, PageProblem> {
    comes_from_here(&request)?;
    let (language, token) = (language(&request), form.text_of(TOKEN).unwrap_or_default().to_owned());
    match steps::choose(&stranger, &passwords, **mailing, read(form)).await {
        Ok(()) => Ok(view::changed(language)),
        Err(Refusal::NoMail) => Ok(view::no_mail(language)),
        Err(Refusal::Invalid(faults)) if view::is_about_fields(&faults) => {
            Ok(view::reset(language, &token, Some(&faults)))
        }
        Err(Refusal::Invalid(faults)) if faults.concern(TOKEN) => Ok(view::too_late(language)),
        Err(refusal) => Err(refusal.into()),
    }
}
