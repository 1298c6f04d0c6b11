//! The application: every route and what happens around all of them. The server and the tests build the same one.

use std::{
    cell::RefCell,
    net::TcpListener,
    rc::Rc,
    sync::{Arc, Weak},
    time::Duration,
};

use actix_cors::{Cors, CorsError};
use actix_http::{HttpService, error::DispatchError};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App, Error, HttpRequest, HttpResponse, ResponseError,
    body::{EitherBody, MessageBody},
    dev::{AppConfig, Server, ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderValue},
    },
    middleware::{Condition, Next, from_fn},
    rt::net::TcpStream,
    web::{self, ServiceConfig},
};

use crate::{
    access::{sessions::keys::SigningKeys, visits},
    analytics,
    diary::{
        check_ins,
        episodes::{self, soreness},
        prompts, settings, treatments,
    },
    exchange::{changes, events, exports, fhir, health_links, imports, rxdb, watermelon, webhooks},
    pages,
    people::{
        accounts, connections, emails, notices, oauth, openings, passkeys, recovery, second_factor, sign_in, step_up,
        tokens,
    },
    reports,
    service::{Service, contract, health, housekeeping, ledger, open_files, security_contact},
    sharing,
    web::{
        body,
        compressed::compress,
        connection::{Connection, KEEP_ALIVE, SLOWEST_HEAD},
        crowd::Crowd,
        headers,
        observe::observe,
        problem::{Code, Problem},
        request_id,
        routes::{Route, Routes},
    },
};

/// How long running requests may take to end when the service stops.
const DRAIN_SECONDS: u64 = 8;

fn all_routes(config: &mut ServiceConfig, table: &Rc<RefCell<Vec<Route>>>) {
    let mut routes = Routes::new(config, table.clone());
    accounts::http::routes(&mut routes);
    recovery::http::routes(&mut routes);
    emails::http::routes(&mut routes);
    notices::http::routes(&mut routes);
    second_factor::http::routes(&mut routes);
    passkeys::http::routes(&mut routes);
    sign_in::http::routes(&mut routes);
    step_up::http::routes(&mut routes);
    openings::http::routes(&mut routes);
    tokens::http::routes(&mut routes);
    connections::http::routes(&mut routes);
    oauth::http::routes(&mut routes);
    settings::http::routes(&mut routes);
    episodes::http::routes(&mut routes);
    soreness::http::routes(&mut routes);
    check_ins::http::routes(&mut routes);
    treatments::http::routes(&mut routes);
    prompts::http::routes(&mut routes);
    analytics::http::routes(&mut routes);
    reports::http::routes(&mut routes);
    exports::http::routes(&mut routes);
    fhir::http::routes(&mut routes);
    health_links::http::routes(&mut routes);
    imports::http::routes(&mut routes);
    changes::http::routes(&mut routes);
    events::http::routes(&mut routes);
    watermelon::http::routes(&mut routes);
    rxdb::http::routes(&mut routes);
    webhooks::http::routes(&mut routes);
    sharing::consents::http::routes(&mut routes);
    sharing::invitations::http::routes(&mut routes);
    sharing::grants::http::routes(&mut routes);
    sharing::report_links::http::routes(&mut routes);
    sharing::reviews::http::routes(&mut routes);
    sharing::diaries::http::routes(&mut routes);
    visits::http::routes(&mut routes);
    let mut to_people = routes.pages(pages::failure::tell);
    pages::report_links::http::routes(&mut to_people);
    pages::sign_in::http::routes(&mut to_people);
    pages::register::http::routes(&mut to_people);
    pages::clinic::http::routes(&mut to_people);
    pages::me::http::routes(&mut to_people);
    pages::confirm::http::routes(&mut to_people);
    pages::password::http::routes(&mut to_people);
    pages::recovery::http::routes(&mut to_people);
    pages::emails::http::routes(&mut to_people);
    pages::notices::http::routes(&mut to_people);
    pages::second_factor::http::routes(&mut to_people);
    pages::passkeys::http::routes(&mut to_people);
    pages::tokens::http::routes(&mut to_people);
    pages::oauth::http::routes(&mut to_people);
    pages::companion::http::routes(&mut routes.pages(|problem| problem.error_response()));
    contract::routes(&mut routes);
    health::routes(&mut routes);
    security_contact::routes(&mut routes);
    routes.end();
}

/// Adds every route.
pub fn configure(config: &mut ServiceConfig) {
    all_routes(config, &Rc::default());
}

/// Every route of the application, for the comparison with the contract.
#[must_use]
pub fn table() -> Vec<Route> {
    let table = Rc::default();
    let _ = App::new().configure(|config| all_routes(config, &table));
    table.take()
}

/// Who has typed an address into a browser is told on a page.
async fn not_found(request: HttpRequest) -> HttpResponse {
    let problem = Problem::new(Code::NotFound);
    if pages::failure::wants_a_page(&request) { pages::failure::tell(problem) } else { problem.error_response() }
}

/// The library refuses a stranger's preflight in plain text.
async fn refused_origin<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let response = next.call(request).await?;
    let refused = response.response().error().and_then(Error::as_error::<CorsError>).map(ToString::to_string);
    Ok(match refused {
        Some(why) => {
            let problem = Problem::detailed(Code::MalformedRequest, format!("CORS: {why}"));
            response.into_response(problem.error_response()).map_into_right_body()
        }
        None => response.map_into_left_body(),
    })
}

fn cors(origins: &[String]) -> Condition<Cors> {
    let mut cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            body::IDEMPOTENCY_KEY,
            header::HeaderName::from_static("last-event-id"),
            request_id::HEADER,
        ])
        .expose_headers([
            header::CONTENT_DISPOSITION,
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
            headers::RATE_LIMIT,
            headers::RATE_LIMIT_POLICY,
            headers::REPR_DIGEST,
            request_id::HEADER,
        ])
        .max_age(600);
    for origin in origins {
        cors = cors.allowed_origin(origin);
    }
    Condition::new(!origins.is_empty(), cors)
}

/// Whoever scans a health link reads it where they like, in a browser as well: no cookie goes along, and the address is the
/// secret.
async fn health_links_from_anywhere<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if !request.path().starts_with("/shl/") {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let anyone = (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        let may = HttpResponse::NoContent()
            .insert_header(anyone)
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"))
            .finish();
        return Ok(request.into_response(may).map_into_right_body());
    }
    let mut response = next.call(request).await?.map_into_left_body();
    response.headers_mut().insert(anyone.0, anyone.1);
    Ok(response)
}

/// Starts serving on a socket. `more` adds routes of a test's own.
///
/// # Errors
/// When the socket can't be used.
pub fn serve(service: Arc<Service>, listener: TcpListener, more: fn(&mut ServiceConfig)) -> std::io::Result<Server> {
    let origins = service.config.cors_origins.clone();
    let crowd = Crowd::of(open_files::most(), service.config.trusted_proxies.clone());
    actix_web::rt::spawn(housekeeping(Arc::downgrade(&service)));
    actix_web::rt::spawn(key_rotation(Arc::downgrade(&service.keys)));
    let app = move || {
        App::new()
            .configure(|config| service.hand_out(config))
            .configure(configure)
            .configure(more)
            .default_service(web::to(not_found))
            .wrap(from_fn(compress))
            .wrap(cors(&origins))
            .wrap(from_fn(refused_origin))
            .wrap(from_fn(health_links_from_anywhere))
            .wrap(from_fn(fhir::outcome::as_outcome))
            .wrap(from_fn(observe))
    };
    let server = actix_server::Server::build().shutdown_timeout(DRAIN_SECONDS).disable_signals();
    let stopping = server.graceful_shutdown_signal();
    // What actix-web's own server does, but for the connection: ours has limits.
    let server = server.listen("api", listener, move || {
        let stopping = stopping.clone();
        let app = app().into_factory().map_err(|error: actix_web::Error| error.error_response());
        let http = HttpService::build()
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(SLOWEST_HEAD)
            .client_disconnect_timeout(Duration::from_secs(1))
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .on_connect_ext(|connection: &Connection, data| {
                data.insert(connection.progress());
            })
            .h1(map_config(app, |()| AppConfig::default()));
        let crowd = crowd.clone();
        fn_service(move |stream: TcpStream| {
            let crowd = crowd.clone();
            async move {
                let peer = stream.peer_addr().map_err(DispatchError::Io)?;
                let seat = crowd.enter(peer.ip().to_canonical()).map_err(DispatchError::Io)?;
                Ok((Connection::new(stream, seat).map_err(DispatchError::Io)?, Some(peer)))
            }
        })
        .and_then(http)
    })?;
    Ok(server.run())
}

/// How often it is looked whether the signing keys are others.
const KEYS_ARE_READ_EVERY: Duration = Duration::from_secs(5);

/// Takes up the signing keys when their file has changed. A file that can't be used is told of once.
async fn key_rotation(keys: Weak<SigningKeys>) {
    let mut every = tokio::time::interval(KEYS_ARE_READ_EVERY);
    let mut told = String::new();
    loop {
        every.tick().await;
        let Some(keys) = keys.upgrade() else { return };
        let file = keys.file().display().to_string();
        let outcome = actix_web::rt::task::spawn_blocking(move || keys.read_again()).await;
        let wrong = match outcome {
            Ok(Ok(None)) => String::new(),
            Ok(Ok(Some((signing, verifying)))) => {
                tracing::info!(file, signing, verifying, "the signing keys have changed");
                String::new()
            }
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        if !wrong.is_empty() && wrong != told {
            tracing::error!(
                file,
                error = wrong,
                "the signing keys can't be read again: those from before go on to hold"
            );
        }
        told = wrong;
    }
}

/// Clears away what has run out, now and then.
async fn housekeeping(service: Weak<Service>) {
    let mut every = tokio::time::interval(Duration::from_mins(10));
    loop {
        every.tick().await;
        // The service goes when its server does.
        let Some(service) = service.upgrade() else { return };
        let now = service.clock.now();
        service.forget(now);
        housekeeping::clear(&service.store, now, service.config.tombstones).await;
        ledger::look_after(&service.store, now).await;
    }
}
