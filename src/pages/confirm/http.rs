//! `/confirm`.

use actix_web::{HttpResponse, web::Data};

use super::view::{self, Hint};
use crate::{
    access::{
        passkeys::model::{Assertion, Ceremonies, Shown},
        passwords::PasswordHasher,
    },
    pages::{
        ceremony::{Answered, CREDENTIAL},
        document::see_other,
        failure::{CONFIRM, PageProblem},
        next::next,
        visitor::{Filled, Visitor},
    },
    people::{
        second_factor::asked::{self, Proof},
        step_up::steps::{NotShown, step_up},
    },
    storage::refusal::Refusal,
    web::{
        problem::Problem,
        query::FormQuery,
        routes::{Pages, Routes},
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/confirm").get(show_confirm).post(confirm).limited().end();
    routes.at(view::BY_PASSKEY).get(lead_back).post(confirm_by_passkey).limited().end();
}

async fn show_confirm(
    pages: Data<Pages>,
    visitor: Visitor,
    FormQuery(mut query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let next = next(&pages, &mut query);
    let hint = query.optional::<String>("late").map(|_| Hint::Late);
    query.finish()?;
    if visitor.is_proved {
        return Ok(see_other(&next));
    }
    Ok(view::confirm(&visitor, &next, hint))
}

/// Whoever had to wait comes here.
async fn lead_back(_: Visitor) -> HttpResponse {
    see_other(CONFIRM)
}

async fn confirm_by_passkey(
    pages: Data<Pages>,
    passwords: Data<PasswordHasher>,
    ceremonies: Data<Ceremonies>,
    Filled { visitor, mut form }: Filled,
) -> Result<HttpResponse, PageProblem> {
    let next = next(&pages, &mut form);
    let said = form.said(|form| form.required::<Answered<Assertion>>(CREDENTIAL));
    let shown = said.map(|Answered(assertion)| Shown { ceremonies: ceremonies.into_inner(), assertion });
    match step_up(&visitor.caller, &passwords, shown.map(Proof::Passkey)).await {
        Ok(()) => Ok(see_other(&next)),
        Err(NotShown::Refused(Refusal::Invalid(_))) => Ok(view::confirm(&visitor, &next, Some(Hint::WrongPasskey))),
        Err(failure) => Err(Problem::from(failure).into()),
    }
}

async fn confirm(
    pages: Data<Pages>,
    passwords: Data<PasswordHasher>,
    ceremonies: Data<Ceremonies>,
    Filled { visitor, mut form }: Filled,
) -> Result<HttpResponse, PageProblem> {
    let next = next(&pages, &mut form);
    match step_up(&visitor.caller, &passwords, asked::proof(form, &ceremonies)).await {
        Ok(()) => Ok(see_other(&next)),
        Err(NotShown::SecondFactorRequired(_)) => Ok(view::confirm(&visitor, &next, Some(Hint::CodeNeeded))),
        Err(NotShown::Refused(Refusal::Invalid(faults))) if faults.concern(asked::PASSWORD) => {
            Ok(view::confirm(&visitor, &next, Some(Hint::WrongPassword)))
        }
        Err(NotShown::Refused(Refusal::Invalid(faults))) if faults.concern(asked::CODE) => {
            Ok(view::confirm(&visitor, &next, Some(Hint::WrongCode)))
        }
        Err(NotShown::Refused(refusal)) => Err(refusal.into()),
    }
}
