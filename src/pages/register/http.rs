//! `/register`.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde_json::json;

use super::view::{self, Typed};
use crate::{
    access::{
        mail::model::Mailing,
        passwords::PasswordHasher,
        sessions::model::{OF_A_BROWSER, Session},
    },
    foundation::{
        faults::{FaultCode, Faults},
        fields::Fields,
        public_url::PublicUrl,
    },
    pages::{
        cookie::{PageKey, device_cookie, given},
        document::see_other,
        failure::{PageProblem, REGISTER, comes_from_here},
        form::Form,
        next::next,
        store as page_keys,
        visitor::language,
    },
    people::accounts::registration::{Opened, Registration},
    storage::{Db, refusal::Refusal},
    web::{
        query::FormQuery,
        routes::{Pages, Routes},
        stranger::Stranger,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at(REGISTER).get(show_register).post(register_here).limited().end();
}

async fn show_register(
    pages: Data<Pages>,
    request: HttpRequest,
    FormQuery(mut query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let next = next(&pages, &mut query);
    query.finish()?;
    Ok(view::register(language(&request), &next, &Typed::default(), None))
}

async fn register_here(
    stranger: Stranger,
    passwords: Data<PasswordHasher>,
    public_url: Data<PublicUrl>,
    pages: Data<Pages>,
    mailing: Data<Mailing>,
    request: HttpRequest,
    Form(mut form): Form,
) -> Result<HttpResponse, PageProblem> {
    comes_from_here(&request)?;
    let next = next(&pages, &mut form);
    let typed = Typed { email: form.optional("email"), name: form.optional("display_name") };
    let password = form.optional::<String>("password");
    form.finish()?;
    let again = |faults: &Faults| Ok(view::register(language(&request), &next, &typed, Some(faults)));
    let told = json!({
        "email": typed.email, "display_name": typed.name, "password": password,
        "kind": "clinician", "device_name": "Web browser",
    });
    let wanted = language(&request);
    let read = Registration::from_fields(Fields::open(told)?, &passwords, stranger.asker, Some(wanted)).await;
    let registration = match read {
        Ok(registration) => registration,
        Err(Refusal::Invalid(faults)) => return again(&faults),
        Err(refusal) => return Err(refusal.into()),
    };
    if mailing.is_on() {
        registration.open_by_mail(&stranger, &passwords).await?;
        return Ok(view::look_into_your_mail(wanted, &next));
    }
    let (key, before) = (PageKey::random(), PageKey::of(&request, &public_url));
    let kept = key.clone();
    let keep = move |db: &mut Db, session: &Session| page_keys::replace(db, before.as_ref(), session, &kept);
    let Some(Opened { device, .. }) = registration.open(&stranger, &passwords, OF_A_BROWSER, keep).await? else {
        return again(&Faults::at(view::TAKEN, FaultCode::Contradiction, "is in use"));
    };
    Ok(given(see_other(&next), [key.to_cookie(&public_url), device_cookie(&device, &public_url)])?)
}
