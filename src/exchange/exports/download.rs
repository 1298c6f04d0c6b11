//! An export as an answer, on its way to who asked for it.

use actix_web::{
    HttpResponse,
    body::SizedStream,
    http::header::{self, ContentEncoding},
    web::Data,
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{bundle, document, spool::Spool, spreadsheet};
use crate::{
    access::{Visit, visits::operation::Operation},
    exchange::fhir::{frame::Fhir, outcome::FHIR_JSON},
    foundation::faults::Faults,
    vocabulary,
    web::{compressed::Coding, headers, problem::Problem},
};

vocabulary! {
    /// What an export is written as.
    pub enum ExportFormat {
        /// One document, with everything.
        Json = "json",
        /// A zip of tables, with what was logged.
        Csv = "csv",
        /// A Bundle of HL7 FHIR R4.
        Fhir = "fhir",
    }
}

impl ExportFormat {
    /// How it is sent to somebody who would rather have it in some coding: a zip is compressed already.
    fn coding(self, wanted: Coding) -> Coding {
        match self {
            Self::Json | Self::Fhir => wanted,
            Self::Csv => Coding::Identity,
        }
    }
}

/// What exports are written with: where they go, and the one who writes FHIR.
pub type Writers = (Data<Spool>, Data<Fhir>);

/// 200 with a diary, as a file to save, with its length and its checksum (RFC 9530), both of what is sent: JSON with gzip
/// for who takes that, FHIR's as well. `asked` comes in unread: what is wrong with the question is for the owner to hear.
///
/// # Errors
/// When it is not the caller's own diary, the question has faults, or too many exports are under way.
pub async fn answer(
    visit: Visit,
    (spool, fhir): Writers,
    coding: Coding,
    (operation, asked): (Operation, Result<ExportFormat, Faults>),
) -> Result<HttpResponse, Problem> {
    let who = visit.asker();
    let (format, today, spooled) = visit
        .own_read_long(operation, asked, move |db, diary, format| {
            spool.ask(who)?;
            let mut writing = spool.begin(who)?.with(format.coding(coding));
            match format {
                ExportFormat::Json => document::write(db, diary, &mut writing)?,
                ExportFormat::Csv => spreadsheet::write(db, diary, &mut writing)?,
                ExportFormat::Fhir => bundle::write(db, &fhir, diary, &mut writing)?,
            }
            Ok((format, diary.today(), writing.end()?))
        })
        .await?;
    let (content_type, ending) = match format {
        ExportFormat::Json => ("application/json", "json"),
        ExportFormat::Csv => ("application/zip", "zip"),
        ExportFormat::Fhir => (FHIR_JSON, "fhir.json"),
    };
    let mut answer = HttpResponse::Ok();
    if format.coding(coding) == Coding::Gzip {
        answer.insert_header(ContentEncoding::Gzip);
    }
    if format != ExportFormat::Csv {
        answer.insert_header((header::VARY, "accept-encoding"));
    }
    Ok(answer
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"cramp-diary-{today}.{ending}\"")))
        .insert_header((headers::REPR_DIGEST, format!("sha-256=:{}:", STANDARD.encode(spooled.digest()))))
        .body(SizedStream::new(spooled.length(), spooled.pieces())))
}
