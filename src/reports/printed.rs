//! A report as an answer, with the headers that go with its bytes.

use std::time::Duration;

use actix_web::{HttpResponse, http::header};

use super::{
    findings::Findings,
    page,
    printer::{PrintError, Printer, ReportFormat},
};
use crate::{
    foundation::{lane::LaneError, party::Asker},
    web::problem::{Code, Problem},
};

/// 200 with the report.
///
/// # Errors
/// When too many are asked for at once, or it can't be written.
pub async fn printed(
    printer: &Printer,
    asker: Asker,
    findings: Findings,
    format: ReportFormat,
) -> Result<HttpResponse, Problem> {
    let (period, language) = (findings.period, findings.language);
    let bytes = printer.print(asker, findings, format).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_LANGUAGE, language.tag()));
    match format {
        ReportFormat::Html => {
            response.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
            response.insert_header((header::CONTENT_SECURITY_POLICY, page::CONTENT_POLICY.as_str()));
        }
        ReportFormat::Pdf => {
            let name = format!("inline; filename=\"cramps-{}-{}.pdf\"", period.from, period.to);
            response.insert_header((header::CONTENT_TYPE, "application/pdf"));
            response.insert_header((header::CONTENT_DISPOSITION, name));
        }
    }
    Ok(response.body(bytes))
}

impl From<PrintError> for Problem {
    fn from(error: PrintError) -> Self {
        match error {
            PrintError::Busy(LaneError::OverBudget(over)) => over.into(),
            PrintError::Busy(LaneError::Full | LaneError::TooLate) => {
                Self::new(Code::Overloaded).retry_after(Duration::from_secs(2))
            }
            other => Self::internal(other.to_string()),
        }
    }
}
