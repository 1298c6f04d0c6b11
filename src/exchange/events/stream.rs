//! An event stream as an answer (HTML, section 9.2 "Server-sent events").

use std::{future::pending, io, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName},
};
use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::time::{Instant, sleep_until};

use super::hub::Listener;
use crate::{access::places::Place, foundation::precondition::Revision, web::connection::Progress};

/// How long nothing is sent at most: whoever hears nothing for longer has lost the connection.
const SILENCE: Duration = Duration::from_secs(15);
/// What says nothing. An event is never empty: nothing at all would end the answer.
pub const COMMENT: &str = ":\n\n";
/// How soon a client comes again whose stream ended, in milliseconds.
const RETRY: &str = "retry: 2000\n\n";
/// For proxies that would gather an answer before they pass it on.
const NOT_GATHERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What is told of a revision.
pub struct Told {
    /// In the words of the protocol.
    pub text: String,
    /// Whether there is no more of it.
    pub is_all: bool,
}

/// Who reads a stream, and the place that they have among all who do.
pub struct Reader {
    _place: Place,
    /// Nothing, for who comes over no connection, as in tests.
    connection: Option<Progress>,
}

impl Reader {
    /// Who sent a request.
    #[must_use]
    pub fn of(request: &HttpRequest, place: Place) -> Self {
        Self { _place: place, connection: request.conn_data::<Progress>().cloned() }
    }

    /// Waits until they have gone: their place is free at once, and not when nothing more can be sent to them.
    async fn has_left(&self) {
        match &self.connection {
            Some(connection) => connection.has_left().await,
            None => pending().await,
        }
    }
}

/// What a stream needs for as long as it is open.
struct Open<T> {
    listener: Listener,
    reader: Reader,
    /// What is sent before anything happens.
    first: Option<String>,
    /// The revision of which not all is told.
    unfinished: Option<Revision>,
    speak_by: Instant,
    tell: T,
}

/// 200 with a stream of events: `first`, and then what `tell` makes of each revision. It ends when the right to see it does,
/// when the reader goes, and when `tell` has nothing to say any more.
pub fn answer<F: Future<Output = Option<Told>> + 'static>(
    listener: Listener,
    reader: Reader,
    first: &str,
    tell: impl FnMut(Revision) -> F + 'static,
) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((NOT_GATHERED, "no"))
        .streaming(Box::pin(events(listener, reader, format!("{RETRY}{first}"), tell)))
}

fn events<F: Future<Output = Option<Told>>>(
    listener: Listener,
    reader: Reader,
    first: String,
    tell: impl FnMut(Revision) -> F,
) -> impl Stream<Item = io::Result<Bytes>> {
    let open =
        Open { listener, reader, first: Some(first), unfinished: None, speak_by: Instant::now() + SILENCE, tell };
    stream::unfold(open, |mut open| async move {
        let text = if let Some(first) = open.first.take() {
            first
        } else {
            let news = if let Some(revision) = open.unfinished.take() {
                Some(revision)
            } else {
                tokio::select! {
                    revision = open.listener.next() => Some(revision?),
                    () = open.reader.has_left() => return None,
                    () = sleep_until(open.speak_by) => None,
                }
            };
            match news {
                Some(revision) => {
                    let told = (open.tell)(revision).await?;
                    open.unfinished = Some(revision).filter(|_| !told.is_all);
                    told.text
                }
                None => COMMENT.to_owned(),
            }
        };
        open.speak_by = Instant::now() + SILENCE;
        Some((Ok(Bytes::from(text)), open))
    })
}
