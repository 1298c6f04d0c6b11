//! The page before the report.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::HeaderValue},
};
use maud::html;

use crate::{
    foundation::party::Asker,
    pages::document::{self, NOT_FOR_SEARCH_ENGINES},
    reports::{
        findings::{Findings, LogLength},
        printed::printed,
        printer::{Printer, ReportFormat},
    },
    say,
    sharing::{consents::model::Consent, report_links::model::Link},
    web::problem::Problem,
};

/// What to tell somebody who tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The passcode was wrong.
    WrongPasscode,
}

/// Says what the link opens and asks for the passcode, if there is one. It names nobody.
#[must_use]
pub fn before(consent: &Consent, link: &Link, hint: Option<Hint>, status: StatusCode) -> HttpResponse {
    let language = consent.language;
    let page = html! {
        p { (say!(language, "link-what")) }
        p.muted { (say!(language, "link-noted")) }
        form method="post" autocomplete="off" {
            @if link.passcode_hash.is_some() {
                // At first the page is read from its top; whoever has tried types on.
                @let is_wrong = hint == Some(Hint::WrongPasscode);
                @if is_wrong { p.wrong #hint role="alert" { (say!(language, "link-wrong-passcode")) } }
                label for="passcode" { (say!(language, "link-passcode")) }
                input #passcode type="password" name="passcode" required minlength="4" maxlength="64"
                    aria-describedby=[is_wrong.then_some("hint")] aria-invalid=[is_wrong.then_some("true")]
                    autofocus[is_wrong];
            }
            label.check {
                input type="checkbox" name="log" value=(LogLength::All.as_str());
                (say!(language, "link-whole-log"))
            }
            div.buttons {
                button.first type="submit" name="format" value=(ReportFormat::Html.as_str()) { (say!(language, "link-open")) }
                button type="submit" name="format" value=(ReportFormat::Pdf.as_str()) { (say!(language, "link-open-pdf")) }
            }
        }
    };
    document::page(status, language, &say!(language, "link-title"), &page)
}

/// The report itself.
///
/// # Errors
/// When too many are asked for at once, or it can't be written.
pub async fn report(
    printer: &Printer,
    asker: Asker,
    findings: Findings,
    format: ReportFormat,
) -> Result<HttpResponse, Problem> {
    let mut response = printed(printer, asker, findings, format).await?;
    response.headers_mut().insert(NOT_FOR_SEARCH_ENGINES, HeaderValue::from_static("noindex, nofollow"));
    Ok(response)
}
