//! Logs and metrics.

use actix_web::{App, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::service::config::{Config, LogFormat};

/// Starts logging to the standard error stream.
pub fn start_logging(config: &Config) {
    // What strangers send that is no HTTP is no error of ours; whoever wants to see it says so in LOG.
    let filter = EnvFilter::new(format!("actix_http=off,actix_server=warn,{}", config.log));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Pretty => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
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
/// When the address can't be used, or counting was started before.
pub fn start_metrics(listen: std::net::SocketAddr) -> std::io::Result<actix_web::dev::Server> {
    const SECONDS: [f64; 12] = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0];
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(std::io::Error::other)?;
    metrics::describe_counter!("http_requests_total", "Requests answered, by method, route pattern and status");
    metrics::describe_histogram!("http_request_duration_seconds", "Time from the request's head to the answer's");
    let handle = web::Data::new(handle);
    let server =
        HttpServer::new(move || App::new().app_data(handle.clone()).route("/metrics", web::get().to(get_metrics)))
            .workers(1)
            .disable_signals()
            .bind(listen)?
            .run();
    Ok(server)
}

async fn get_metrics(handle: web::Data<PrometheusHandle>) -> HttpResponse {
    handle.run_upkeep();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render())
}
