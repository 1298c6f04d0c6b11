//! `/v1/auth/step-up`.

use actix_web::{HttpResponse, web::Data};

use super::steps::{self, NotShown};
use crate::{
    access::{Caller, passwords::PasswordHasher},
    foundation::fields::Fields,
    people::second_factor::asked,
    web::{
        answer,
        body::Body,
        problem::{Code, Problem},
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/auth/step-up").post(step_up).limited().end();
}

impl From<NotShown> for Problem {
    fn from(failure: NotShown) -> Self {
        match failure {
            NotShown::SecondFactorRequired => Self::new(Code::SecondFactorRequired),
            NotShown::Refused(refusal) => refusal.into(),
        }
    }
}

async fn step_up(caller: Caller, passwords: Data<PasswordHasher>, body: Body) -> Result<HttpResponse, Problem> {
    let said = Fields::open(body.0).and_then(asked::password_and_perhaps_code);
    steps::step_up(&caller, &passwords, said).await?;
    Ok(answer::nothing())
}
