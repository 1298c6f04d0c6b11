//! Whether this process lives, and whether it can serve.

use actix_web::{HttpResponse, web::Data};
use diesel::RunQueryDsl;
use serde::Serialize;

use crate::{problem::Problem, refusal::Refusal, service::Service, web::routes::Routes};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/health/live").get(get_liveness).end();
    routes.at("/health/ready").get(get_readiness).end();
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

async fn get_liveness() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "live" })
}

async fn get_readiness(service: Data<Service>) -> Result<HttpResponse, Problem> {
    let ask = |db: &mut crate::storage::Db| Ok::<_, Refusal>(diesel::sql_query("SELECT 1").execute(db)?);
    service.store.read(ask).await?;
    Ok(HttpResponse::Ok().json(Health { status: "ready" }))
}
