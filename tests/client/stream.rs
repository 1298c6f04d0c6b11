//! A stream of Server-Sent Events that somebody listens to.

use std::time::Duration;

use super::{Caller, http};

/// A stream of events that somebody listens to.
pub struct Stream(reqwest::Response);

impl Stream {
    /// What is at a path; the last event that is known already may be named.
    pub async fn of(caller: &Caller, path: &str, last: Option<&str>) -> Self {
        let mut request = http(Duration::from_hours(1))
            .build()
            .unwrap()
            .get(format!("http://{}{path}", caller.address()))
            .bearer_auth(&caller.tokens().access);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
        Self(response)
    }

    /// What is said next within a time; `None` when nothing is. An empty text says that the stream has ended.
    pub async fn says_within(&mut self, span: Duration) -> Option<String> {
        let chunk = tokio::time::timeout(span, self.0.chunk()).await.ok()?.unwrap();
        Some(chunk.map(|chunk| String::from_utf8(chunk.to_vec()).unwrap()).unwrap_or_default())
    }

    /// What is said next.
    pub async fn says(&mut self) -> String {
        self.says_within(Duration::from_secs(10)).await.unwrap()
    }

    /// It is over.
    pub async fn ends(mut self) {
        assert_eq!(self.says().await, "");
    }
}
