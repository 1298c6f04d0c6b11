//! `/passkeys` and what is below it.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use super::view::{self, Done, NEW};
use crate::{
    access::passkeys::{
        model::{Ceremonies, NewCredential},
        store,
    },
    foundation::{ids::Id, values::Name},
    pages::{
        ceremony::{Answered, CREDENTIAL},
        document::see_other,
        failure::PageProblem,
        second_factor,
        signed_in::Place,
        visitor::{Confirmed, Filled, Visitor},
    },
    people::passkeys::steps::{self, Draft, NAME},
    storage::refusal::Refusal,
    web::{
        problem::{Code, Problem},
        query::FormQuery,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at(Place::PASSKEYS).get(show_passkeys).end();
    routes.at(NEW).get(show_new).post(add).end();
    routes.at("/passkeys/begin").get(lead_back).post(begin).end();
    routes.at("/passkeys/{id}/name").post(rename).end();
    routes.at("/passkeys/{id}/remove").post(remove).end();
}

async fn show_passkeys(visitor: Visitor, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let done = query.optional::<Done>("done");
    query.finish()?;
    let passkeys = visitor.caller.read(Ok(()), |db, me, ()| Ok(store::all(db, me)?)).await?;
    Ok(view::overview(&visitor, &passkeys, done))
}

async fn show_new(ceremonies: Data<Ceremonies>, Confirmed(visitor): Confirmed<Visitor>) -> HttpResponse {
    view::ask(&visitor, &ceremonies, None)
}

async fn lead_back(_: Visitor) -> HttpResponse {
    see_other(NEW)
}

/// Asked by the script of the page, in place of the form around it.
async fn begin(
    ceremonies: Data<Ceremonies>,
    Confirmed(Filled { visitor, form }): Confirmed<Filled>,
) -> Result<HttpResponse, PageProblem> {
    form.finish()?;
    let asked = steps::begin(&visitor.caller, ceremonies.into_inner()).await.map_err(Problem::from)?;
    Ok(HttpResponse::Ok().json(asked))
}

async fn add(
    ceremonies: Data<Ceremonies>,
    Confirmed(Filled { visitor, form }): Confirmed<Filled>,
) -> Result<HttpResponse, PageProblem> {
    let said = form.said(|form| {
        let credential = form.required::<Answered<NewCredential>>(CREDENTIAL);
        let name = form.required::<Name>(NAME);
        credential.zip(name).map(|(Answered(credential), name)| Draft { credential, name })
    });
    match steps::finish(&visitor.caller, ceremonies.clone().into_inner(), said).await {
        Ok(added) => Ok(match added.recovery_codes {
            Some(codes) => second_factor::first_codes(&visitor, &codes),
            None => see_other(&view::after(Done::Added)),
        }),
        Err(Refusal::Invalid(faults)) => Ok(view::ask(&visitor, &ceremonies, Some(&faults))),
        Err(refusal) => Err(refusal.into()),
    }
}

async fn rename(id: Path<String>, Filled { visitor, form }: Filled) -> Result<HttpResponse, PageProblem> {
    let name = form.said(|form| form.required::<Name>(NAME));
    let id = Id::parse(&id).ok_or_else(|| Problem::new(Code::NotFound))?;
    let said = name.map(|name| (id, name));
    visitor.caller.write(said, |db, me, (id, name)| store::rename(db, me, &id, &name)).await?;
    Ok(see_other(&view::after(Done::Renamed)))
}

async fn remove(
    id: Path<String>,
    Confirmed(Filled { visitor, form }): Confirmed<Filled>,
) -> Result<HttpResponse, PageProblem> {
    form.finish()?;
    let id = Id::parse(&id).ok_or_else(|| Problem::new(Code::NotFound))?;
    steps::remove(&visitor.caller, id).await?;
    Ok(see_other(&view::after(Done::Removed)))
}
