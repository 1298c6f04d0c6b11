//! `/r/{secret}`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};

use super::view;

use crate::{
    access::{
        ReadableDiary,
        passwords::PasswordHasher,
        visits::{model::Deed, operation::Operation},
    },
    pages::{failure::PageProblem, form::Form},
    reports::{
        findings::{Findings, LogLength, ReportAsked},
        printer::{Printer, ReportFormat},
    },
    sharing::report_links::{
        model::{Door, LinkSecret, TypedPasscode},
        steps::{self, Opened, Shown},
        store::OpenLink,
    },
    storage::Db,
    web::{
        problem::{Code, Problem},
        routes::Routes,
        stranger::Stranger,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/r/{secret}").get(show_report_link).post(open_report_link).limited().end();
}

fn secret_of(request: &HttpRequest) -> Result<LinkSecret, Problem> {
    let presented = request.match_info().get("secret").unwrap_or_default();
    LinkSecret::parse(Door::Page, presented).ok_or_else(|| Problem::new(Code::NotFound))
}

/// How it is noted.
fn opening() -> Deed {
    Deed::of(Operation::GetReport, None)
}

/// What a link leads to says nothing of the diary yet: messengers open links to show what is behind them.
async fn show_report_link(stranger: Stranger, request: HttpRequest) -> Result<HttpResponse, PageProblem> {
    let open = steps::look(&stranger, secret_of(&request)?, &opening()).await?;
    Ok(view::before(&open.consent, &open.link, None, StatusCode::OK))
}

async fn open_report_link(
    stranger: Stranger,
    passwords: Data<PasswordHasher>,
    printer: Data<Printer>,
    request: HttpRequest,
    Form(mut form): Form,
) -> Result<HttpResponse, PageProblem> {
    let passcode = form.optional::<TypedPasscode>("passcode");
    let format = form.optional("format").unwrap_or(ReportFormat::Html);
    let log = form.optional("log").unwrap_or(LogLength::Latest);
    form.finish()?;
    let secret = secret_of(&request)?;
    let read = move |db: &mut Db, diary: &ReadableDiary, about, _: &OpenLink| {
        Findings::read(db, diary, ReportAsked { about, log }).map(Box::new)
    };
    match steps::open(&stranger, &passwords, (secret, Shown::Passcode(passcode)), opening(), read).await? {
        Opened::Read(findings) => Ok(view::report(&printer, stranger.asker, *findings, format).await?),
        Opened::WrongPasscode(open, _) => {
            Ok(view::before(&open.consent, &open.link, Some(view::Hint::WrongPasscode), StatusCode::FORBIDDEN))
        }
    }
}
