//! `/`, `/sign-in` and `/sign-out`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderName, HeaderValue},
    web::Data,
};

use super::view::{self, Hint};
use crate::{
    access::{
        accounts::model::Password,
        passwords::PasswordHasher,
        sessions::{
            self,
            model::{OF_A_BROWSER, Session},
        },
    },
    foundation::{fields::FromJson, public_url::PublicUrl, values::DeviceName},
    pages::{
        cookie::{PageKey, device_cookie, device_of, given, no_cookie},
        document::see_other,
        failure::{PageProblem, SIGN_IN, comes_from_here},
        form::Form,
        next::next,
        signed_in::first_page,
        store as page_keys,
        visitor::{Filled, Visitor, language},
    },
    people::{
        second_factor::model::TypedCode,
        sign_in::steps::{Begun, Credentials, NotSignedIn, sign_in},
    },
    storage::Db,
    web::{
        problem::Problem,
        query::FormQuery,
        routes::{Pages, Routes},
        stranger::Stranger,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/").get(show_home).end();
    routes.at("/sign-in").get(show_sign_in).post(sign_in_here).limited().end();
    routes.at("/sign-out").post(sign_out).end();
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Everybody's way in: patients come to their diary, clinicians to their patients.
async fn show_home(visitor: Visitor) -> HttpResponse {
    see_other(first_page(&visitor.user))
}

async fn show_sign_in(
    pages: Data<Pages>,
    request: HttpRequest,
    FormQuery(mut query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let next = next(&pages, &mut query);
    query.finish()?;
    Ok(view::sign_in(language(&request), &next, None, None))
}

async fn sign_in_here(
    stranger: Stranger,
    passwords: Data<PasswordHasher>,
    public_url: Data<PublicUrl>,
    pages: Data<Pages>,
    request: HttpRequest,
    Form(mut form): Form,
) -> Result<HttpResponse, PageProblem> {
    comes_from_here(&request)?;
    let next = next(&pages, &mut form);
    let (email, password) = (form.optional::<String>("email"), form.optional::<Password>("password"));
    let code = form.optional::<TypedCode>("code");
    form.finish()?;
    let typed = email.clone();
    let again = |hint| Ok(view::sign_in(language(&request), &next, typed.as_deref(), Some(hint)));
    let (Some(email), Some(password)) = (email, password) else { return again(Hint::Wrong) };
    let device_name = DeviceName::from_json(&"Web browser".into()).ok();
    let device = device_of(&request, &public_url);
    let credentials = Credentials { email, password, code, device_name, device, lifetime: OF_A_BROWSER };
    let key = PageKey::random();
    let kept = key.clone();
    let before = PageKey::of(&request, &public_url);
    let keep = move |db: &mut Db, session: &Session| page_keys::replace(db, before.as_ref(), session, &kept);
    match sign_in(&stranger, &passwords, credentials, keep).await {
        Ok(Begun { device, .. }) => {
            Ok(given(see_other(&next), [key.to_cookie(&public_url), device_cookie(&device, &public_url)])?)
        }
        Err(NotSignedIn::InvalidCredentials) => again(Hint::Wrong),
        Err(NotSignedIn::SecondFactorRequired) => again(Hint::CodeNeeded),
        Err(NotSignedIn::InvalidSecondFactor) => again(Hint::WrongCode),
        Err(NotSignedIn::Refused(refusal)) => Err(refusal.into()),
    }
}

async fn sign_out(public_url: Data<PublicUrl>, Filled { visitor, form }: Filled) -> Result<HttpResponse, PageProblem> {
    form.finish()?;
    visitor.caller.write(Ok(()), |db, me, ()| Ok(sessions::store::end(db, me.session_id(), me.now())?)).await?;
    let mut answer = see_other(SIGN_IN);
    // Pages that the browser may have kept go. Not "cookies": others of this host may be somebody else's. Not "storage": a
    // web app of this host may keep in it what was logged and not sent yet.
    answer.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    answer.add_cookie(&no_cookie(&public_url)).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(answer)
}
