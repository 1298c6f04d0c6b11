//! `/app`: the companion's page and files, and its session.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, ContentEncoding, HeaderName},
    },
    web::{Bytes, Data},
};

use super::{
    files::{self, Files},
    phone::Phone,
};
use crate::{
    access::{
        mail::model::Mailing,
        passkeys::model::{Assertion, Ceremonies, Shown},
        passwords::PasswordHasher,
        sessions::model::{OF_A_BROWSER, OF_AN_APP},
    },
    foundation::fields::Fields,
    pages::{cookie::PageKey, document::see_other},
    people::{
        accounts::registration::{Opened, Registration},
        second_factor::asked,
        sign_in::steps::{Arrival, Begun, Credentials, sign_in, sign_in_by_passkey},
    },
    web::{
        answer,
        body::Body,
        compressed::Coding,
        language,
        problem::{Code, Problem},
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/app").get(show_app).end();
    routes.at("/app/").get(lead_to_it).end();
    routes.at("/app/manifest.webmanifest").get(get_manifest).end();
    routes.at("/app/worker.js").get(get_worker).end();
    routes.at("/app/account").post(open_account).limited().end();
    routes.at("/app/session").post(begin_session).delete(end_session).limited().end();
    routes.at("/app/session/passkey").post(begin_session_by_passkey).limited().end();
    routes.at("/app/session/token").post(get_token).limited().end();
    routes.at("/app/{version}/{path:.+}").get(get_file).end();
}

/// Everything is its own: no script or style stands in the page, and nothing comes from elsewhere.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                              connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; \
                              base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Asked for anew each time, since an older one names files that are not there any more.
const NOT_KEPT: (HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");
const KEPT_FOR_GOOD: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
/// The worker answers for the page as well, which is a step above it.
const WORKS_FOR: (HeaderName, &str) = (HeaderName::from_static("service-worker-allowed"), "/app");

async fn show_app(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut page = text(&request, "text/html; charset=utf-8", Files::current().shell())?;
    let policy = header::HeaderValue::from_static(CONTENT_POLICY);
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(page)
}

/// Typed with a stroke too many.
async fn lead_to_it() -> HttpResponse {
    see_other("/app")
}

async fn get_manifest(request: HttpRequest) -> Result<HttpResponse, Problem> {
    text(&request, "application/manifest+json", Files::current().manifest())
}

async fn get_worker(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut worker = text(&request, "text/javascript; charset=utf-8", Files::current().worker())?;
    // What a worker may load is said by its own answer, not by the page's.
    let policy = header::HeaderValue::from_static("default-src 'none'; connect-src 'self'");
    worker.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    let (name, path) = WORKS_FOR;
    worker.headers_mut().insert(name, header::HeaderValue::from_static(path));
    Ok(worker)
}

async fn get_file(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let piece = |name| request.match_info().get(name).unwrap_or_default();
    let files = Files::current();
    let file = files.find(piece("version"), piece("path")).ok_or_else(|| Problem::new(Code::NotFound))?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header(KEPT_FOR_GOOD).insert_header((header::CONTENT_TYPE, file.media_type));
    Ok(compressed(&request, answer, &file.plain, file.compressed.as_deref()))
}

fn text(request: &HttpRequest, media_type: &'static str, text: Option<String>) -> Result<HttpResponse, Problem> {
    let text = text.ok_or_else(|| Problem::internal("a file of the companion is missing"))?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header(NOT_KEPT).insert_header((header::CONTENT_TYPE, media_type));
    let zipped = files::gzip(text.as_bytes());
    Ok(compressed(request, answer, text.as_bytes(), zipped.as_deref()))
}

fn compressed(
    request: &HttpRequest,
    mut answer: actix_web::HttpResponseBuilder,
    plain: &[u8],
    zipped: Option<&[u8]>,
) -> HttpResponse {
    let Some(zipped) = zipped else { return answer.body(Bytes::copy_from_slice(plain)) };
    answer.insert_header((header::VARY, "Accept-Encoding"));
    if Coding::of(request) == Coding::Gzip {
        answer.insert_header(ContentEncoding::Gzip).body(Bytes::copy_from_slice(zipped))
    } else {
        answer.body(Bytes::copy_from_slice(plain))
    }
}

async fn open_account(
    phone: Phone,
    passwords: Data<PasswordHasher>,
    mailing: Data<Mailing>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (fields, language) = (Fields::open(body.0)?, language::asked_for(&request));
    let registration = Registration::from_fields(fields, &passwords, phone.stranger.asker, language).await?;
    if mailing.is_on() {
        registration.open_by_mail(&phone.stranger, &passwords).await?;
        return Ok(HttpResponse::Accepted().finish());
    }
    let key = PageKey::random();
    let opened = registration.open(&phone.stranger, &passwords, OF_AN_APP, phone.keeps(&key)).await?;
    let Opened { user, session, device } = opened.ok_or_else(|| Problem::new(Code::EmailTaken))?;
    phone.begun(StatusCode::CREATED, &user, &session, (&key, &device))
}

async fn begin_session(
    phone: Phone,
    passwords: Data<PasswordHasher>,
    ceremonies: Data<Ceremonies>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::open(body.0)?;
    let (email, password) = (fields.required("email"), fields.required("password"));
    let second = asked::second(&mut fields, &ceremonies);
    let device_name = fields.optional("device_name");
    let faults = fields.close();
    let (Some(email), Some(password)) = (email, password) else { return Err(faults.into()) };
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let device = phone.device.clone();
    let credentials = Credentials { email, password, second, device_name, device, lifetime: OF_AN_APP };
    let key = PageKey::random();
    let Begun { user, session, device } = sign_in(&phone.stranger, &passwords, credentials, phone.keeps(&key)).await?;
    phone.begun(StatusCode::OK, &user, &session, (&key, &device))
}

async fn begin_session_by_passkey(
    phone: Phone,
    ceremonies: Data<Ceremonies>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (assertion, device_name) = Fields::open(body.0)?.said(|fields| {
        let credential = fields.required::<Assertion>("credential");
        credential.zip(Some(fields.optional("device_name")))
    })?;
    let shown = Shown { ceremonies: ceremonies.into_inner(), assertion };
    let arrival = Arrival { device_name, device: phone.device.clone(), lifetime: OF_AN_APP };
    let key = PageKey::random();
    let begun = sign_in_by_passkey(&phone.stranger, shown, arrival, phone.keeps(&key)).await?;
    phone.begun(StatusCode::OK, &begun.user, &begun.session, (&key, &begun.device))
}

async fn get_token(phone: Phone, body: Body) -> Result<HttpResponse, Problem> {
    let faults = Fields::open(body.0)?.close();
    if !faults.is_empty() {
        return Err(faults.into());
    }
    // Who has never signed in here is no failure: their browser would write it down as one.
    if !phone.has_key() {
        return Ok(answer::nothing());
    }
    let (user, session) = phone.session().await?;
    // Whoever signed in with the pages may sit at somebody else's machine, where no diary is to be left.
    if session.lifetime() == OF_A_BROWSER {
        return Ok(answer::nothing());
    }
    phone.signed_in(StatusCode::OK, &user, &session)
}

async fn end_session(phone: Phone) -> Result<HttpResponse, Problem> {
    phone.sign_out().await
}
