//! `/v1/auth/step-up`.

use actix_web::{HttpResponse, web::Data};

use super::steps::{self, NotShown};
use crate::{
    access::{Caller, passkeys::model::Ceremonies, passwords::PasswordHasher},
    foundation::fields::Fields,
    people::second_factor::{asked, model::Factor},
    web::{answer, body::Body, problem::Problem, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/auth/step-up").post(step_up).limited().end();
}

impl From<NotShown> for Problem {
    fn from(failure: NotShown) -> Self {
        match failure {
            NotShown::SecondFactorRequired(factors) => {
                Self::second_factor_required(factors.into_iter().map(Factor::as_str))
            }
            NotShown::Refused(refusal) => refusal.into(),
        }
    }
}

async fn step_up(
    caller: Caller,
    passwords: Data<PasswordHasher>,
    ceremonies: Data<Ceremonies>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let said = Fields::open(body.0).and_then(|fields| asked::proof(fields, &ceremonies));
    steps::step_up(&caller, &passwords, said).await?;
    Ok(answer::nothing())
}
