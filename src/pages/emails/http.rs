//! `/email` and `/verify`.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::view;
use crate::{
    access::{mail::model::Mailing, passwords::PasswordHasher},
    pages::{
        failure::{PageProblem, comes_from_here},
        form::Form,
        signed_in::Place,
        visitor::{Confirmed, Filled, Visitor, language},
    },
    people::{
        emails::{
            steps::{self, Wish},
            store,
        },
        mail::letters::VERIFY,
        recovery::steps::TOKEN,
    },
    storage::refusal::Refusal,
    web::{query::FormQuery, routes::Routes, stranger::Stranger},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at(Place::EMAIL).get(show_email).post(wish).limited().end();
    routes.at(VERIFY).get(show_verify).post(verify).limited().end();
}

/// The address that the account is to have, if a change waits.
async fn waiting(visitor: &Visitor) -> Result<Option<store::Change>, Refusal> {
    visitor.caller.read(Ok(()), |db, me, ()| Ok(store::find(db, me.user_id(), me.now())?)).await
}

async fn show_email(
    mailing: Data<Mailing>,
    Confirmed(visitor): Confirmed<Visitor>,
) -> Result<HttpResponse, PageProblem> {
    let waiting = waiting(&visitor).await?;
    Ok(view::email(&visitor, **mailing, waiting.as_ref(), None))
}

async fn wish(
    mailing: Data<Mailing>,
    passwords: Data<PasswordHasher>,
    Confirmed(Filled { visitor, form }): Confirmed<Filled>,
) -> Result<HttpResponse, PageProblem> {
    let typed = form.text_of(steps::EMAIL).unwrap_or_default().to_owned();
    let said = Wish::from_fields(form);
    match steps::wish(&visitor.caller, &passwords, **mailing, Some(visitor.language), said).await {
        Ok(()) => Ok(view::sent(&visitor)),
        Err(Refusal::Invalid(faults)) if view::is_about_fields(&faults) => {
            let waiting = waiting(&visitor).await?;
            Ok(view::email(&visitor, **mailing, waiting.as_ref(), Some((&typed, &faults))))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn show_verify(request: HttpRequest, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let token = query.optional::<String>(TOKEN).unwrap_or_default();
    query.finish()?;
    Ok(view::verify(language(&request), &token))
}

async fn verify(
    stranger: Stranger,
    mailing: Data<Mailing>,
    request: HttpRequest,
    Form(form): Form,
) -> Result<HttpResponse, PageProblem> {
    comes_from_here(&request)?;
    let said = form.said(|form| form.required(TOKEN));
    match steps::verify(&stranger, **mailing, said).await {
        Ok(()) => Ok(view::verified(language(&request))),
        Err(Refusal::Invalid(faults)) if faults.concern(TOKEN) => Ok(view::too_late(language(&request))),
        Err(refusal) => Err(refusal.into()),
    }
}
