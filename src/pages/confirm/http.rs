//! `/confirm`.

use actix_web::{HttpResponse, web::Data};

use super::view::{self, Hint};
use crate::{
    access::passwords::PasswordHasher,
    pages::{
        document::see_other,
        failure::PageProblem,
        next::next,
        visitor::{Filled, Visitor},
    },
    people::{
        second_factor::asked,
        step_up::steps::{NotShown, step_up},
    },
    storage::refusal::Refusal,
    web::{
        query::FormQuery,
        routes::{Pages, Routes},
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/confirm").get(show_confirm).post(confirm).limited().end();
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

async fn confirm(
    pages: Data<Pages>,
    passwords: Data<PasswordHasher>,
    Filled { visitor, mut form }: Filled,
) -> Result<HttpResponse, PageProblem> {
    let next = next(&pages, &mut form);
    match step_up(&visitor.caller, &passwords, asked::password_and_perhaps_code(form)).await {
        Ok(()) => Ok(see_other(&next)),
        Err(NotShown::SecondFactorRequired) => Ok(view::confirm(&visitor, &next, Some(Hint::CodeNeeded))),
        Err(NotShown::Refused(Refusal::Invalid(faults))) if faults.concern(asked::PASSWORD) => {
            Ok(view::confirm(&visitor, &next, Some(Hint::WrongPassword)))
        }
        Err(NotShown::Refused(Refusal::Invalid(faults))) if faults.concern(asked::CODE) => {
            Ok(view::confirm(&visitor, &next, Some(Hint::WrongCode)))
        }
        Err(NotShown::Refused(refusal)) => Err(refusal.into()),
    }
}
