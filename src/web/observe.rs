//! Around every request: its id, one line in the log without anything personal, metrics, the security headers, and a
//! net below handlers that panic.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, Method, header::HeaderValue},
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt;

use super::{
    connection::{Answering, Progress},
    counts, headers,
    request_id::{self, REQUEST_ID},
    stopping::Stopping,
};
use crate::web::problem::{Cause, Problem};

/// The outermost middleware.
///
/// # Errors
/// Only for a request whose handler panicked: a problem, so that the connection lives on.
pub async fn observe<B: MessageBody + Unpin>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Answering<B>>, Error> {
    let started = Instant::now();
    let id = request_id::take_or_make(request.headers());
    let method = label(request.method());
    let serving = request.conn_data::<Progress>().map(Progress::begin);
    let outcome =
        REQUEST_ID.scope(id.clone(), AssertUnwindSafe(next.call(request)).catch_unwind()).await.unwrap_or_else(|_| {
            // The panic hook has told where; the client learns nothing of it.
            Err(Problem::internal("a handler panicked").in_request(id.clone()).into())
        });
    match outcome {
        Ok(mut response) => {
            let route = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
            let cause = response.response().extensions().get::<Cause>().cloned();
            log(method, &route, response.status().as_u16(), started.elapsed(), &id, cause.as_ref());
            if response.request().app_data::<Data<Stopping>>().is_some_and(|stopping| stopping.is_announced()) {
                // Whoever keeps the connection would send the next request into a process that is gone.
                response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
            }
            headers::secure(response.headers_mut());
            if let Ok(id) = HeaderValue::from_str(&id) {
                response.headers_mut().insert(request_id::HEADER, id);
            }
            Ok(response.map_body(|_, body| Answering::new(body, serving)))
        }
        Err(error) => {
            let status = error.as_response_error().status_code().as_u16();
            log(method, "unknown", status, started.elapsed(), &id, Some(&Cause(error.to_string())));
            Err(error)
        }
    }
}

/// Clients may make methods up; what they make up must not fill the metrics.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn log(method: &'static str, route: &str, status: u16, took: Duration, request_id: &str, cause: Option<&Cause>) {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    match cause {
        Some(Cause(cause)) if status >= 500 => {
            tracing::error!(target: "request", method, route, status, micros, request_id, cause, "failed");
        }
        _ => tracing::info!(target: "request", method, route, status, micros, request_id),
    }
    counts::count(method, route, status, took);
}
