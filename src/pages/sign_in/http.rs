//! `/`, `/sign-in` and `/sign-out`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderName, HeaderValue},
    web::Data,
};

use super::view::{self, Asked, Hint};
use crate::{
    access::{
        accounts::model::Password,
        passkeys::model::{Assertion, Ceremonies, Shown},
        passwords::PasswordHasher,
        sessions::{
            self,
            model::{OF_A_BROWSER, Session},
        },
    },
    foundation::{fields::FromJson, public_url::PublicUrl, values::DeviceName},
    pages::{
        ceremony::{Answered, CREDENTIAL},
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
        second_factor::model::{Factor, Second},
        sign_in::steps::{Arrival, Begun, Credentials, NotSignedIn, sign_in, sign_in_by_passkey},
    },
    storage::{self, Db},
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
    routes.at(view::BY_PASSKEY).get(lead_back).post(sign_in_here_by_passkey).limited().end();
    routes.at("/sign-out").post(sign_out).end();
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Everybody's way in: patients come to their diary, clinicians to their patients.
async fn show_home(visitor: Visitor) -> HttpResponse {
    see_other(first_page(&visitor.user))
}

async fn show_sign_in(
    ceremonies: Data<Ceremonies>,
    pages: Data<Pages>,
    request: HttpRequest,
    FormQuery(mut query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let next = next(&pages, &mut query);
    query.finish()?;
    Ok(view::sign_in(Asked { language: language(&request), next: &next, email: None, hint: None }, &ceremonies))
}

async fn sign_in_here(
    stranger: Stranger,
    passwords: Data<PasswordHasher>,
    ceremonies: Data<Ceremonies>,
    public_url: Data<PublicUrl>,
    pages: Data<Pages>,
    request: HttpRequest,
    Form(mut form): Form,
) -> Result<HttpResponse, PageProblem> {
    comes_from_here(&request)?;
    let next = next(&pages, &mut form);
    let (email, password) = (form.optional::<String>("email"), form.optional::<Password>("password"));
    let second = form.optional("code").map(Second::Code);
    form.finish()?;
    let typed = email.clone();
    let asked = Asked { language: language(&request), next: &next, email: typed.as_deref(), hint: None };
    let again = |hint| Ok(view::sign_in(Asked { hint: Some(hint), ..asked }, &ceremonies));
    let (Some(email), Some(password)) = (email, password) else { return again(Hint::Wrong) };
    let device = device_of(&request, &public_url);
    let credentials = Credentials { email, password, second, device_name: a_browser(), device, lifetime: OF_A_BROWSER };
    let key = PageKey::random();
    let keep = keeps(&request, &public_url, &key);
    match sign_in(&stranger, &passwords, credentials, keep).await {
        Ok(begun) => Ok(goes_on(&next, &begun, &key, &public_url)?),
        Err(NotSignedIn::InvalidCredentials) => again(Hint::Wrong),
        Err(NotSignedIn::SecondFactorRequired(factors)) => {
            again(if factors.contains(&Factor::App) { Hint::CodeNeeded } else { Hint::PasskeyNeeded })
        }
        Err(NotSignedIn::InvalidSecondFactor | NotSignedIn::InvalidPasskey) => again(Hint::WrongCode),
        Err(NotSignedIn::Refused(refusal)) => Err(refusal.into()),
    }
}

async fn sign_in_here_by_passkey(
    stranger: Stranger,
    ceremonies: Data<Ceremonies>,
    public_url: Data<PublicUrl>,
    pages: Data<Pages>,
    request: HttpRequest,
    Form(mut form): Form,
) -> Result<HttpResponse, PageProblem> {
    comes_from_here(&request)?;
    let next = next(&pages, &mut form);
    let Answered(assertion) = form.said(|form| form.required::<Answered<Assertion>>(CREDENTIAL))?;
    let shown = Shown { ceremonies: ceremonies.clone().into_inner(), assertion };
    let device = device_of(&request, &public_url);
    let arrival = Arrival { device_name: a_browser(), device, lifetime: OF_A_BROWSER };
    let key = PageKey::random();
    match sign_in_by_passkey(&stranger, shown, arrival, keeps(&request, &public_url, &key)).await {
        Ok(begun) => Ok(goes_on(&next, &begun, &key, &public_url)?),
        Err(NotSignedIn::InvalidPasskey) => {
            let hint = Some(Hint::WrongPasskey);
            Ok(view::sign_in(Asked { language: language(&request), next: &next, email: None, hint }, &ceremonies))
        }
        Err(failure) => Err(Problem::from(failure).into()),
    }
}

/// Whoever had to wait comes here.
async fn lead_back() -> HttpResponse {
    see_other(SIGN_IN)
}

fn a_browser() -> Option<DeviceName> {
    DeviceName::from_json(&"Web browser".into()).ok()
}

/// Stores a new key for the session, in place of the one that the browser came with.
fn keeps(
    request: &HttpRequest,
    public_url: &PublicUrl,
    key: &PageKey,
) -> impl FnOnce(&mut Db, &Session) -> storage::Result<()> + Clone + Send + 'static {
    let (before, key) = (PageKey::of(request, public_url), key.clone());
    move |db, session| page_keys::replace(db, before.as_ref(), session, &key)
}

fn goes_on(next: &str, begun: &Begun, key: &PageKey, public_url: &PublicUrl) -> Result<HttpResponse, Problem> {
    given(see_other(next), [key.to_cookie(public_url), device_cookie(&begun.device, public_url)])
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
