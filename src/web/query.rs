//! Query parameters, read like a body: all faults at once, unknown ones are faults.

use std::collections::HashSet;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::NaiveDate;
use futures_util::future::{Ready, ready};
use serde_json::{Map, Value};

use crate::{
    foundation::{faults::FaultCode, fields::Fields},
    web::problem::{Code, Problem},
};

/// A query as fields, all of them texts; where a number or a truth value is wanted, a text that looks like one is read as such.
#[derive(Debug)]
pub struct Query(pub Fields);

/// A query that a form made, in which what is empty was not filled in.
#[derive(Debug)]
pub struct FormQuery(pub Fields);

impl FromRequest for FormQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(texts(request.query_string()).map(|fields| Self(fields.about(request.path()))))
    }
}

impl FromRequest for Query {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            pairs(request.query_string(), |text| Some(Value::String(text)))
                .map(|fields| Self(fields.about(request.path()))),
        )
    }
}

/// Reads pairs whose values are all texts, as a form sends them; those that are empty were not filled in.
///
/// # Errors
/// When they can't be read.
pub fn texts(form: &str) -> Result<Fields, Problem> {
    pairs(form, |text| (!text.is_empty()).then_some(Value::String(text)))
}

fn pairs(query: &str, value: fn(String) -> Option<Value>) -> Result<Fields, Problem> {
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| Problem::detailed(Code::MalformedRequest, "the query string can't be read"))?;
    let mut parameters = Map::new();
    let (mut named, mut repeated) = (HashSet::new(), Vec::new());
    for (name, text) in pairs.into_inner() {
        if !named.insert(name.clone()) {
            repeated.push(name.clone());
        }
        if let Some(value) = value(text) {
            parameters.insert(name, value);
        }
    }
    let mut fields = Fields::open(Value::Object(parameters))?;
    for name in repeated {
        fields.fault(&name, FaultCode::Duplicate, "is given more than once");
    }
    Ok(fields)
}

/// Takes `from` and `to` out of a query: local dates, both included.
pub fn range(query: &mut Fields) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let (from, to) = (query.optional("from"), query.optional("to"));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        query.fault("from", FaultCode::Contradiction, "lies after to");
    }
    (from, to)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_twice_is_a_fault_also_where_one_of_both_is_empty() {
        for form in ["code=a&code=b", "code=&code=b", "code=a&code=", "code=&code="] {
            let mut fields = texts(form).unwrap();
            let _: Option<String> = fields.optional("code");
            let faults = fields.close();
            assert!(faults.concern("code"), "{form}");
        }
    }
}
