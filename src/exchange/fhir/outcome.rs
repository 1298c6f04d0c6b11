//! Failures as FHIR tells them: an `OperationOutcome`.

use actix_web::{
    Error,
    body::{self, BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
};
use serde_json::{Value, json};

use super::{
    codes::DIARY,
    frame::{ROOT, pruned},
};

/// The media type of a resource.
pub const FHIR_JSON: &str = "application/fhir+json";

/// Tells of what goes wrong under [`ROOT`] as clients of FHIR expect it, whoever found it wrong.
///
/// # Errors
/// What could not be answered at all.
pub async fn as_outcome<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let is_fhir = request.path().strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let response = next.call(request).await?;
    let is_problem =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    if !is_fhir || !is_problem {
        return Ok(response.map_into_left_body());
    }
    let (request, response) = response.into_parts();
    let (mut head, problem) = response.into_parts();
    let problem = body::to_bytes(problem).await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let outcome = outcome(head.status(), &problem.unwrap_or(Value::Null));
    head.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(FHIR_JSON));
    head.headers_mut().remove(header::CONTENT_LENGTH);
    if head.status() == StatusCode::UNPROCESSABLE_ENTITY {
        // A search that can't be understood, FHIR says, is a 400.
        *head.status_mut() = StatusCode::BAD_REQUEST;
    }
    let head = head.set_body(BoxBody::new(outcome.to_string()));
    Ok(ServiceResponse::new(request, head).map_into_right_body())
}

/// A problem document as an `OperationOutcome`: an issue for each fault, or one for all.
fn outcome(status: StatusCode, problem: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let issue = |fault: Option<&Value>, diagnostics: String| {
        let codes = [Some(&problem["code"]), fault.map(|fault| &fault["code"])];
        let coding: Vec<_> = codes.into_iter().flatten().map(|code| json!({"system": DIARY, "code": code})).collect();
        let details = json!({"coding": coding, "text": problem["title"]});
        json!({"severity": "error", "code": issue_type(status), "details": details, "diagnostics": diagnostics})
    };
    let faults = problem["errors"].as_array().into_iter().flatten();
    let mut issues: Vec<_> = faults
        .map(|fault| {
            let name = text(&fault["pointer"]);
            issue(Some(fault), format!("{}: {}", name.trim_start_matches('/'), text(&fault["detail"])))
        })
        .collect();
    if issues.is_empty() {
        issues.push(issue(None, text(&problem["detail"])));
    }
    // Ids of requests may have characters that FHIR's have not.
    let id = problem["request_id"].as_str().filter(|id| !id.contains('_'));
    pruned(json!({"resourceType": "OperationOutcome", "id": id, "issue": issues}))
}

/// FHIR's word for it (<https://hl7.org/fhir/R4/valueset-issue-type.html>).
fn issue_type(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "login",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_ACCEPTABLE => "not-supported",
        StatusCode::GONE => "deleted",
        StatusCode::TOO_MANY_REQUESTS => "throttled",
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => "invalid",
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::INSUFFICIENT_STORAGE => "transient",
        _ => "exception",
    }
}
