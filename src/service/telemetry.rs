//! Logs and metrics.

use actix_web::{App, HttpResponse, HttpServer, web};
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    service::config::{Config, LogFormat},
    web::counts,
};

/// Starts logging to the standard error stream.
pub fn start_logging(config: &Config) {
    // What strangers send that is no HTTP is no error of ours; whoever wants to see it says so in LOG.
    let filter: Targets = format!("actix_http=off,actix_server=warn,{}", config.log).parse().unwrap_or_default();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match config.log_format {
        LogFormat::Pretty => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let started = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
    if let Err(error) = started {
        tracing::warn!(%error, "logging was started before");
    }
    // Where, and not what it says: a panic's message may quote what somebody wrote.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        tracing::error!(target: "panic", at, "a defect cut the work short");
    }));
}

/// Starts counting, and serves the counts to Prometheus on an address of their own.
///
/// # Errors
/// When the address can't be used.
pub fn start_metrics(listen: std::net::SocketAddr) -> std::io::Result<actix_web::dev::Server> {
    counts::start();
    let server = HttpServer::new(|| App::new().route("/metrics", web::get().to(get_metrics)));
    Ok(server.workers(1).disable_signals().bind(listen)?.run())
}

async fn get_metrics() -> HttpResponse {
    match counts::text() {
        Ok(text) => HttpResponse::Ok().content_type(counts::FORMAT).body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
