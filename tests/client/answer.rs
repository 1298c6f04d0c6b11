//! What came back, and what a test may say of it.

use std::{fmt, ops::Index, time::Duration};

use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, checked as its caller checks all of them.
#[derive(Debug, Clone)]
pub struct Answer {
    pub method: String,
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Until its last byte was there.
    pub took: Duration,
}

#[expect(clippy::wrong_self_convention, reason = "what a test says of an answer can be followed by more")]
impl Answer {
    pub fn status(&self) -> u16 {
        self.status
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }

    #[track_caller]
    pub fn row(&self) -> Row {
        Row(self.json())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("there is no ETag\n{self}")).to_owned()
    }

    /// The seconds of `Retry-After`.
    #[track_caller]
    pub fn retry_after(&self) -> u64 {
        self.header("retry-after").unwrap_or_else(|| panic!("there is no Retry-After\n{self}")).parse().unwrap()
    }

    /// What kind of problem it is, or nothing.
    #[track_caller]
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "\n{self}");
        self
    }

    /// An error of a code; its shape and headers are the contract's business.
    #[track_caller]
    pub fn is_problem(self, status: u16, code: &str) -> Self {
        assert_eq!(self.status, status, "\n{self}");
        if self.path.starts_with("/fhir") {
            return self.is_outcome(code);
        }
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "\n{self}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "\n{self}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "\n{self}");
        assert_eq!(problem["status"], status, "\n{self}");
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"), "\n{self}");
        assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty());
        self
    }

    /// The same, as FHIR tells it.
    #[track_caller]
    fn is_outcome(self, code: &str) -> Self {
        assert_eq!(self.header("content-type"), Some("application/fhir+json"), "\n{self}");
        let outcome = self.json();
        assert_eq!(outcome["resourceType"], "OperationOutcome", "\n{self}");
        assert_eq!(outcome["id"].as_str(), self.header("x-request-id"), "\n{self}");
        assert_eq!(outcome["issue"][0]["details"]["coding"][0]["code"], code, "\n{self}");
        self
    }

    /// 422 with exactly these faults, as (pointer, code), in any order.
    #[track_caller]
    pub fn has_faults<const N: usize>(self, mut expected: [(&str, &str); N]) -> Self {
        let answer = self.is_problem(422, "validation_failed");
        let problem = answer.json();
        let faults = problem["errors"].as_array().unwrap();
        let mut found: Vec<_> =
            faults.iter().map(|fault| (fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "\n{answer}");
        answer
    }

    /// 200 with a list of exactly these rows in this order.
    #[track_caller]
    pub fn lists<const N: usize>(self, expected: [&Row; N]) -> Self {
        let answer = self.is(200);
        let found = answer.items();
        let ids = |rows: &mut dyn Iterator<Item = &Row>| rows.map(|row| row.key().to_owned()).collect::<Vec<_>>();
        assert_eq!(ids(&mut found.iter()), ids(&mut expected.into_iter()), "\n{answer}");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found, expected, "\n{answer}");
        }
        answer
    }

    /// The rows of a list.
    #[track_caller]
    pub fn items(&self) -> Vec<Row> {
        let Some(items) = self.json()["items"].as_array().cloned() else { panic!("this is no list\n{self}") };
        items.into_iter().map(Row).collect()
    }

    /// The target of `Link: <…>; rel="next"`.
    #[track_caller]
    pub fn next_link(&self) -> Option<String> {
        let link = self.header("link")?;
        let target = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\""));
        Some(target.unwrap_or_else(|| panic!("not a link to the next page: {link}")).to_owned())
    }

    /// The body without what differs from request to request.
    pub fn body_without_request_id(&self) -> String {
        let id = self.header("x-request-id").unwrap();
        self.text().replace(id, "<request id>")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let shown: String = body.chars().take(4_000).collect();
        write!(f, "{} {} → {}\n{shown}", self.method, self.path, self.status)
    }
}

/// Everything of an analysis but its sentences, which are for people.
pub fn without_sentences(mut answer: Value) -> Value {
    match &mut answer {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "statements" && name != "detail");
            fields.values_mut().for_each(|value| *value = without_sentences(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| *value = without_sentences(value.take())),
        _ => {}
    }
    answer
}

/// A row as the API shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Value);

impl Row {
    #[track_caller]
    pub fn id(&self) -> &str {
        self.0["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.0))
    }

    /// What tells it from others in its list.
    pub fn key(&self) -> &str {
        self.0["id"].as_str().or_else(|| self.0["date"].as_str()).unwrap_or_default()
    }

    #[track_caller]
    pub fn revision(&self) -> i64 {
        self.0["revision"].as_i64().unwrap()
    }

    pub fn etag(&self) -> String {
        format!("\"{}\"", self.revision())
    }
}

impl Index<&str> for Row {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        &self.0[name]
    }
}
