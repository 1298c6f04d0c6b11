//! An event stream as an answer (HTML, section 9.2 "Server-sent events").

use std::{io, time::Duration};

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderName},
};
use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::time::{Instant, sleep_until};

use super::hub::Listener;
use crate::{access::places::Place, foundation::precondition::Revision};

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

/// What a stream needs for as long as it is open.
struct Open<T> {
    listener: Listener,
    /// What is sent before anything happens.
    first: Option<String>,
    /// The revision of which not all is told.
    unfinished: Option<Revision>,
    speak_by: Instant,
    tell: T,
    _place: Place,
}

/// 200 with a stream of events: `first`, and then what `tell` makes of each revision. It ends when the right to see it does,
/// and when `tell` has nothing to say any more.
pub fn answer<F: Future<Output = Option<Told>> + 'static>(
    listener: Listener,
    place: Place,
    first: &str,
    tell: impl FnMut(Revision) -> F + 'static,
) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((NOT_GATHERED, "no"))
        .streaming(Box::pin(events(listener, place, format!("{RETRY}{first}"), tell)))
}

fn events<F: Future<Output = Option<Told>>>(
    listener: Listener,
    place: Place,
    first: String,
    tell: impl FnMut(Revision) -> F,
) -> impl Stream<Item = io::Result<Bytes>> {
    let open = Open {
        listener,
        first: Some(first),
        unfinished: None,
        speak_by: Instant::now() + SILENCE,
        tell,
        _place: place,
    };
    stream::unfold(open, |mut open| async move {
        let text = if let Some(first) = open.first.take() {
            first
        } else {
            let news = if let Some(revision) = open.unfinished.take() {
                Some(revision)
            } else {
                tokio::select! {
                    revision = open.listener.next() => Some(revision?),
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
