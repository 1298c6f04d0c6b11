//! `/tokens` and what is below it.

use actix_web::{HttpResponse, web::Path};

use super::{form::TokenForm, view};
use crate::{
    access::{SignedIn, connections::store as connections, tokens::store},
    exchange::webhooks::steps as webhooks,
    foundation::{ids::Id, paging::PageRequest},
    pages::{
        document::see_other,
        failure::PageProblem,
        signed_in::Place,
        told,
        visitor::{Confirmed, Filled, Visitor},
    },
    people::tokens::steps,
    storage::{Db, refusal::Refusal},
    web::{
        problem::{Code, Problem},
        query::FormQuery,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at(Place::TOKENS).get(show_tokens).end();
    routes.at("/tokens/new").get(show_new).post(make).end();
    routes.at("/tokens/{id}/end").post(end).end();
    routes.at("/tokens/apps/{id}/end").post(end_app).end();
    routes.at("/tokens/webhooks/{id}/end").post(end_webhook).end();
}

async fn show_tokens(visitor: Visitor, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let is_ended = query.optional::<String>("ended").is_some();
    // Nobody has more than a page of either.
    let longest = PageRequest::longest();
    let read = move |db: &mut Db, me: &SignedIn, ()| {
        Ok((store::page(db, me, &longest)?.items, connections::page(db, me, &longest)?.items))
    };
    let (tokens, apps) = visitor.caller.read(Ok(()), read).await?;
    let webhooks = told::webhooks(&visitor).await?;
    Ok(view::overview(&visitor, (&tokens, &apps, &webhooks), is_ended))
}

async fn show_new(Confirmed(visitor): Confirmed<Visitor>) -> HttpResponse {
    view::ask(&visitor, &TokenForm::blank(), None)
}

async fn make(Confirmed(Filled { visitor, form }): Confirmed<Filled>) -> Result<HttpResponse, PageProblem> {
    let form = TokenForm::read(form)?;
    match steps::make(&visitor.caller, form.draft(&visitor.user, visitor.caller.now())).await {
        Ok((token, secret)) => Ok(view::made(&visitor, token.row(), &secret)),
        Err(Refusal::Invalid(faults)) if view::is_about_fields(&faults) => {
            Ok(view::ask(&visitor, &form, Some(&faults)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn end_app(id: Path<String>, Filled { visitor, form }: Filled) -> Result<HttpResponse, PageProblem> {
    form.finish()?;
    let id = Id::parse(&id).ok_or_else(|| Problem::new(Code::NotFound))?;
    visitor.caller.write(Ok(id), |db, me, id| Ok(connections::end(db, me, &id)?)).await?;
    Ok(see_other(&format!("{}?ended=yes", Place::TOKENS)))
}

async fn end_webhook(id: Path<String>, Filled { visitor, form }: Filled) -> Result<HttpResponse, PageProblem> {
    form.finish()?;
    let id = Id::parse(&id).ok_or_else(|| Problem::new(Code::NotFound))?;
    webhooks::delete(&visitor.caller, id).await?;
    Ok(see_other(&format!("{}?ended=yes", Place::TOKENS)))
}

async fn end(id: Path<String>, Filled { visitor, form }: Filled) -> Result<HttpResponse, PageProblem> {
    form.finish()?;
    let id = Id::parse(&id).ok_or_else(|| Problem::new(Code::NotFound))?;
    visitor.caller.write(Ok(id), |db, me, id| Ok(store::end(db, me, &id)?)).await?;
    Ok(see_other(&format!("{}?ended=yes", Place::TOKENS)))
}
