//! `/password`, and `/.well-known/change-password`, where keepers of passwords look for it (a draft of the W3C).

use actix_web::{HttpResponse, web::Data};

use super::view::{self, Opened};
use crate::{
    access::passwords::PasswordHasher,
    foundation::{
        faults::{FaultCode, Faults},
        fields::Fields,
        paging::PageRequest,
        typed,
    },
    pages::{
        document::see_other,
        failure::PageProblem,
        signed_in::Place,
        visitor::{Confirmed, Filled, Visitor},
    },
    people::{
        accounts::password::{self, Change},
        openings::store as openings,
    },
    storage::refusal::Refusal,
    web::routes::Routes,
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at(Place::PASSWORD).get(show_password).post(change_password).limited().end();
    routes.at("/.well-known/change-password").get(lead_to_it).end();
}

async fn lead_to_it() -> HttpResponse {
    see_other(Place::PASSWORD)
}

async fn opened(visitor: &Visitor) -> Result<Opened, Refusal> {
    visitor
        .caller
        .read(Ok(()), |db, me, ()| {
            let since = openings::password_since(db, me)?;
            Ok(Opened { since, page: openings::page(db, me, since, &PageRequest::longest())? })
        })
        .await
}

async fn show_password(Confirmed(visitor): Confirmed<Visitor>) -> Result<HttpResponse, PageProblem> {
    let opened = opened(&visitor).await?;
    Ok(view::password(&visitor, &opened, None))
}

/// What is typed blindly is typed twice: nobody could let them in again.
fn read(mut form: Fields) -> Result<Change, Faults> {
    let repeated = form.optional::<String>(view::REPEATED);
    let meant = |text: &str| typed::password(text);
    if repeated.as_deref().map(meant) != form.text_of(password::NEW).map(meant) {
        form.fault(view::REPEATED, FaultCode::Contradiction, "is not the same");
    }
    Change::from_fields(form)
}

async fn change_password(
    passwords: Data<PasswordHasher>,
    Confirmed(Filled { visitor, form }): Confirmed<Filled>,
) -> Result<HttpResponse, PageProblem> {
    match password::change(&visitor.caller, &passwords, read(form)).await {
        Ok(()) => Ok(view::changed(&visitor)),
        Err(Refusal::Invalid(faults)) if view::is_about_fields(&faults) => {
            let opened = opened(&visitor).await?;
            Ok(view::password(&visitor, &opened, Some(&faults)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}
