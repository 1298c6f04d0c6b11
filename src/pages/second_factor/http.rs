//! `/second-factor` and what is below it.

use actix_web::{HttpResponse, web::Data};

use super::view::{self, Asking};
use crate::{
    access::passwords::PasswordHasher,
    foundation::faults::Faults,
    pages::{
        document::see_other,
        failure::PageProblem,
        signed_in::Place,
        visitor::{Confirmed, Filled, Visitor},
    },
    people::second_factor::{
        asked,
        steps::{self, NotSetUp},
    },
    storage::refusal::Refusal,
    web::routes::Routes,
};

/// Adds the routes. Each address that a form is sent to has a page: whoever has to wait comes back there.
pub fn routes(routes: &mut Routes) {
    routes.at("/second-factor").get(show_second_factor).end();
    routes.at("/second-factor/begin").get(lead_back).post(begin).end();
    routes.at("/second-factor/confirm").get(show_confirm).post(confirm).end();
    routes.at("/second-factor/recovery-codes").get(lead_back).post(replace_recovery_codes).end();
    routes.at("/second-factor/disable").get(lead_back).post(disable).end();
}

async fn show_second_factor(Confirmed(visitor): Confirmed<Visitor>) -> Result<HttpResponse, PageProblem> {
    let status = steps::status(&visitor.caller).await?;
    Ok(view::overview(&visitor, status, None))
}

async fn lead_back(_: Visitor) -> HttpResponse {
    see_other(Place::Security.path())
}

async fn show_confirm(Confirmed(visitor): Confirmed<Visitor>) -> HttpResponse {
    view::ask_code(&visitor, None)
}

/// The page that a form is on, with what was wrong with it.
async fn ask_again(visitor: &Visitor, asking: Asking, faults: Faults) -> Result<HttpResponse, PageProblem> {
    if !is_about_fields(&faults) {
        return Err(faults.into());
    }
    let status = steps::status(&visitor.caller).await?;
    Ok(view::overview(visitor, status, Some((asking, &faults))))
}

fn is_about_fields(faults: &Faults) -> bool {
    faults.concern(asked::PASSWORD) || faults.concern(asked::CODE)
}

async fn begin(
    passwords: Data<PasswordHasher>,
    Confirmed(Filled { visitor, form }): Confirmed<Filled>,
) -> Result<HttpResponse, PageProblem> {
    match steps::begin(&visitor.caller, &passwords, asked::password(form)).await {
        Ok(setup) => Ok(view::set_up(&visitor, &setup)?),
        Err(NotSetUp::AlreadyOn) => Ok(see_other(Place::Security.path())),
        Err(NotSetUp::Refused(Refusal::Invalid(faults))) => ask_again(&visitor, Asking::Begin, faults).await,
        Err(NotSetUp::Refused(refusal)) => Err(refusal.into()),
    }
}

async fn confirm(Confirmed(Filled { visitor, form }): Confirmed<Filled>) -> Result<HttpResponse, PageProblem> {
    match steps::confirm(&visitor.caller, asked::code(form)).await {
        Ok(codes) => Ok(view::first_codes(&visitor, &codes)),
        // Confirmed before, or given up: what is so now is told there.
        Err(NotSetUp::AlreadyOn | NotSetUp::Refused(Refusal::NotFound)) => Ok(see_other(Place::Security.path())),
        Err(NotSetUp::Refused(Refusal::Invalid(faults))) if is_about_fields(&faults) => {
            Ok(view::ask_code(&visitor, Some(&faults)))
        }
        Err(NotSetUp::Refused(refusal)) => Err(refusal.into()),
    }
}

async fn replace_recovery_codes(
    passwords: Data<PasswordHasher>,
    Confirmed(Filled { visitor, form }): Confirmed<Filled>,
) -> Result<HttpResponse, PageProblem> {
    match steps::replace_recovery_codes(&visitor.caller, &passwords, asked::password(form)).await {
        Ok(codes) => Ok(view::new_codes(&visitor, &codes)),
        Err(Refusal::NotFound) => Ok(see_other(Place::Security.path())),
        Err(Refusal::Invalid(faults)) => ask_again(&visitor, Asking::RecoveryCodes, faults).await,
        Err(refusal) => Err(refusal.into()),
    }
}

async fn disable(
    passwords: Data<PasswordHasher>,
    Confirmed(Filled { visitor, form }): Confirmed<Filled>,
) -> Result<HttpResponse, PageProblem> {
    match steps::disable(&visitor.caller, &passwords, asked::password_and_code(form)).await {
        Ok(()) => Ok(see_other(Place::Security.path())),
        Err(Refusal::Invalid(faults)) => ask_again(&visitor, Asking::Disable, faults).await,
        Err(refusal) => Err(refusal.into()),
    }
}
