//! A request, and how it is sent.

use std::{
    future::IntoFuture,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{ClientBuilder, Method, redirect::Policy};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

use super::answer::Answer;

/// What is asked of every answer. It says in words what is wrong.
pub type Check = fn(&Request, &Answer) -> Result<(), String>;

/// A client that goes to the server and nowhere else: through no proxy, and after no redirect. Who goes there by TLS is
/// believed nothing.
pub fn http(timeout: Duration) -> ClientBuilder {
    reqwest::Client::builder().no_proxy().tls_backend_preconfigured(nobodys()).redirect(Policy::none()).timeout(timeout)
}

fn nobodys() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    tls.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
}

/// A request on its way; awaiting it sends it and checks the answer.
#[must_use]
#[derive(Clone)]
pub struct Request {
    http: reqwest::Client,
    address: SocketAddr,
    check: Check,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub fn new(http: reqwest::Client, address: SocketAddr, check: Check, method: Method, path: String) -> Self {
        Self { http, address, check, method, path, headers: Vec::new(), body: Vec::new() }
    }

    /// Sets a header, in place of one of that name.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(other, _)| other == name)
    }

    /// Adds the first parameter of a query.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let more = if self.path.contains('?') { '&' } else { '?' };
        self.path = format!("{}{more}{name}={value}", self.path);
        self
    }

    pub fn if_match(self, tag: impl Into<String>) -> Self {
        self.header("if-match", tag)
    }

    pub fn if_none_match(self, tag: impl Into<String>) -> Self {
        self.header("if-none-match", tag)
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// Sets the bytes of the body and nothing else.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it to a server that may be gone.
    ///
    /// # Errors
    /// There is no answer, or only a part of one. An answer that fails the check panics all the same.
    pub async fn try_send(self) -> reqwest::Result<Answer> {
        let url = format!("http://{}{}", self.address, self.path);
        let mut request = self.http.request(self.method.clone(), url).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let begun = Instant::now();
        let mut response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let goes_on =
            headers.get("content-type").is_some_and(|media| media.as_bytes().starts_with(b"text/event-stream"));
        let body = if goes_on { response.chunk().await?.unwrap_or_default() } else { response.bytes().await? }.to_vec();
        let took = begun.elapsed();
        let (method, path) = (self.method.to_string(), self.path.clone());
        let answer = Answer { method, path, status, headers, body, took };
        (self.check)(&self, &answer).unwrap_or_else(|fault| panic!("{fault}\n{answer}"));
        Ok(answer)
    }
}

impl IntoFuture for Request {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let asked = format!("{} {}", self.method, self.path);
        Box::pin(async move { self.try_send().await.unwrap_or_else(|error| panic!("{asked}: {error:?}")) })
    }
}
