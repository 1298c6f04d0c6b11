//! An export as an answer, on its way to who asked for it.

use actix_web::{
    HttpResponse,
    body::SizedStream,
    http::header::{self, ContentEncoding},
    web::Data,
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{document, spool::Spool};
use crate::{
    access::{Visit, visits::operation::Operation},
    foundation::faults::Faults,
    vocabulary,
    web::{compressed::Coding, headers, problem::Problem},
};

vocabulary! {
    /// What an export is written as.
    pub enum ExportFormat {
        /// One document, with everything.
        Json = "json",
    }
}

/// 200 with everything that is in a diary, as a file to save, with its length and its checksum (RFC 9530), both of what
/// is sent: with gzip for who takes that. `asked` comes in
/// unread: what is wrong with the question is for the owner to hear.
///
/// # Errors
/// When it is not the caller's own diary, the question has faults, or too many exports are under way.
pub async fn answer(
    visit: Visit,
    spool: Data<Spool>,
    coding: Coding,
    asked: Result<ExportFormat, Faults>,
) -> Result<HttpResponse, Problem> {
    let who = visit.asker();
    let (format, today, spooled) = visit
        .own_read_long(Operation::ExportDiary, asked, move |db, diary, format| {
            spool.ask(who)?;
            let mut writing = spool.begin(who)?.with(coding);
            match format {
                ExportFormat::Json => document::write(db, diary, &mut writing)?,
            }
            Ok((format, diary.today(), writing.end()?))
        })
        .await?;
    let (content_type, ending) = match format {
        ExportFormat::Json => ("application/json", "json"),
    };
    let mut answer = HttpResponse::Ok();
    if coding == Coding::Gzip {
        answer.insert_header(ContentEncoding::Gzip);
    }
    Ok(answer
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"cramp-diary-{today}.{ending}\"")))
        .insert_header((headers::REPR_DIGEST, format!("sha-256=:{}:", STANDARD.encode(spooled.digest()))))
        .body(SizedStream::new(spooled.length(), spooled.pieces())))
}
