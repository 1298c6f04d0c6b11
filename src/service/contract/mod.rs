//! The contract, served: `openapi.yaml` as it is, as JSON, and as an interactive page whose files are in the binary; the
//! guides beside it; and a page of its own for each problem code.

mod guides;

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Serialize;

use crate::{
    pages::failure::{explain, wants_a_page},
    web::{
        problem::{Code, Problem},
        routes::Routes,
    },
};

/// The contract as it is reviewed.
pub const OPENAPI_YAML: &str = include_str!("../../../openapi.yaml");

static OPENAPI_JSON: LazyLock<Result<String, String>> = LazyLock::new(|| {
    serde_saphyr::from_str::<serde_json::Value>(OPENAPI_YAML)
        .map_err(|error| error.to_string())
        .and_then(|document| serde_json::to_string(&document).map_err(|error| error.to_string()))
});

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/openapi.yaml").get(get_openapi_yaml).end();
    routes.at("/openapi.json").get(get_openapi_json).end();
    routes.at("/docs").get(get_docs).end();
    routes.at("/docs/{file}").get(get_docs_file).end();
    routes.at("/problems/{code}").get(get_problem).end();
}

async fn get_openapi_yaml() -> HttpResponse {
    HttpResponse::Ok().content_type("application/yaml").body(OPENAPI_YAML)
}

async fn get_openapi_json() -> Result<HttpResponse, Problem> {
    let json = OPENAPI_JSON.as_ref().map_err(|error| Problem::internal(error.as_str()))?;
    Ok(HttpResponse::Ok().content_type("application/json").body(json.as_str()))
}

const PAGE: &str = include_str!("assets/index.html");

/// Swagger UI (Apache-2.0), unchanged from its package, and the few lines that start it.
const FILES: [(&str, &str, &str); 3] = [
    ("swagger-ui.css", "text/css", include_str!("assets/swagger-ui.css")),
    ("swagger-ui-bundle.js", "text/javascript", include_str!("assets/swagger-ui-bundle.js")),
    ("start.js", "text/javascript", include_str!("assets/start.js")),
];

/// The page brings everything itself; the styles that Swagger UI writes into elements are the one exception.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                           connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async fn get_docs() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .content_type("text/html; charset=utf-8")
        .body(PAGE)
}

async fn get_docs_file(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let wanted = request.match_info().get("file").unwrap_or_default();
    if let Some(page) = guides::page(wanted) {
        return Ok(page);
    }
    let (_, media_type, text) =
        FILES.iter().find(|(name, ..)| *name == wanted).ok_or_else(|| Problem::new(Code::NotFound))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .content_type(format!("{media_type}; charset=utf-8"))
        .body(*text))
}

#[derive(Serialize)]
struct ProblemKind {
    code: &'static str,
    title: &'static str,
    status: u16,
    description: &'static str,
}

async fn get_problem(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let wanted = request.match_info().get("code").unwrap_or_default();
    let code = Code::ALL.iter().find(|code| code.as_str() == wanted).ok_or_else(|| Problem::new(Code::NotFound))?;
    if wants_a_page(&request) {
        return Ok(explain(*code));
    }
    Ok(HttpResponse::Ok().json(ProblemKind {
        code: code.as_str(),
        title: code.title(),
        status: code.status().as_u16(),
        description: code.description(),
    }))
}
