//! An export as an answer, on its way to who asked for it.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, MessageBody},
    http::header,
};
use bytes::Bytes;

use super::{
    document,
    places::{Place, Places},
};
use crate::{
    access::{Visit, visits::operation::Operation},
    foundation::faults::Faults,
    storage::refusal::Refusal,
    vocabulary,
    web::problem::Problem,
};

vocabulary! {
    /// What an export is written as.
    pub enum ExportFormat {
        /// One document, with everything.
        Json = "json",
    }
}

/// 200 with everything that is in a diary, as a file to save. `asked` comes in unread: what is wrong with the question is
/// for the owner to hear.
///
/// # Errors
/// When it is not the caller's own diary, the question has faults, or too many exports are under way.
pub async fn answer(
    visit: Visit,
    places: Places,
    asked: Result<ExportFormat, Faults>,
) -> Result<HttpResponse, Problem> {
    let (format, today, sending) = visit
        .own_read(Operation::ExportDiary, asked, move |db, diary, format| {
            let place = places.take().ok_or(Refusal::Busy)?;
            let bytes = match format {
                ExportFormat::Json => document::write(db, diary)?,
            };
            Ok((format, diary.today(), Sending { rest: bytes.into(), place: Some(place) }))
        })
        .await?;
    let (content_type, ending) = match format {
        ExportFormat::Json => ("application/json", "json"),
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"cramp-diary-{today}.{ending}\"")))
        .body(sending))
}

/// What is still to be sent. It keeps its place until the last piece is handed over: that long it is held in memory.
#[derive(Debug)]
struct Sending {
    rest: Bytes,
    place: Option<Place>,
}

impl Sending {
    /// The server copies each piece that it is given; in one piece, all of it would be held twice.
    const PIECE: usize = 64 * 1024;
}

impl MessageBody for Sending {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.rest.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let length = self.rest.len().min(Self::PIECE);
        let piece = self.rest.split_to(length);
        if self.rest.is_empty() {
            self.place = None;
        }
        Poll::Ready((length > 0).then_some(Ok(piece)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::future::poll_fn;

    use super::*;
    use crate::exchange::exports::places::Places;

    #[actix_web::test]
    async fn an_export_keeps_its_place_until_it_is_sent() {
        let places = Places::default();
        let free = || std::iter::from_fn(|| places.take()).collect::<Vec<_>>().len();
        let all = free();
        let whole = Bytes::from(vec![7; 3 * Sending::PIECE + 1]);
        let sending = || Box::pin(Sending { rest: whole.clone(), place: places.take() });

        let mut one = sending();
        assert_eq!(one.size(), BodySize::Sized(whole.len() as u64));
        let (mut sent, mut free_then) = (Vec::new(), Vec::new());
        while let Some(piece) = poll_fn(|cx| one.as_mut().poll_next(cx)).await {
            sent.extend(piece.unwrap());
            free_then.push(free());
        }
        assert_eq!((sent.as_slice(), free_then), (&*whole, vec![all - 1, all - 1, all - 1, all]));

        let given_up = sending();
        assert_eq!(free(), all - 1);
        drop(given_up);
        assert_eq!(free(), all);
    }
}
