//! Whether this process lives, and whether it can serve.

use std::time::Duration;

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;

use crate::{
    access::accounts,
    foundation::zones::Rules,
    storage::refusal::Refusal,
    web::{
        problem::{Code, Problem},
        routes::Routes,
        stopping::Stopping,
        stranger::Stranger,
    },
};

/// When to ask again whether a process that stops is there anew.
const STOPS_WITHIN: Duration = Duration::from_secs(10);

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/health/live").get(get_liveness).end();
    routes.at("/health/ready").get(get_readiness).end();
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zones: Option<String>,
}

async fn get_liveness() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "live", time_zones: None })
}

async fn get_readiness(stopping: Data<Stopping>, stranger: Stranger) -> Result<HttpResponse, Problem> {
    if stopping.is_announced() {
        return Err(Problem::new(Code::Stopping).retry_after(STOPS_WITHIN));
    }
    stranger.store.read(|db| Ok::<_, Refusal>(accounts::store::can_be_read(db)?)).await?;
    let version = Rules::in_force().version().to_string();
    Ok(HttpResponse::Ok().json(Health { status: "ready", time_zones: Some(version) }))
}
