//! `/shl/{secret}`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Data},
};
use serde::Serialize;
use serde_json::Value;

use super::{file::Draft, jwe};
use crate::{
    access::{
        ReadableDiary,
        passwords::PasswordHasher,
        visits::{model::Deed, operation::Operation},
    },
    analytics::period::Asked,
    exchange::fhir::{frame::Fhir, outcome::FHIR_JSON},
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{Fields, FromJson},
        lenient::leniently,
        public_url::PublicUrl,
        values::Name,
    },
    reports::{
        findings::{Findings, LogLength, ReportAsked},
        printer::{Printer, ReportFormat},
    },
    sharing::report_links::{
        model::{Door, LinkSecret, Ticket, TypedPasscode},
        steps::{self, Opened, Shown},
        store::{self, OpenLink},
    },
    storage::Db,
    web::{
        body::Body,
        problem::{Code, Problem},
        routes::Routes,
        stranger::Stranger,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/shl/{secret}").post(open_health_link).limited().end();
    routes.at("/shl/{secret}/{ticket}").get(get_health_link_file).limited().end();
}

/// What writes the file of a link.
type Writers = (Data<PasswordHasher>, Data<Printer>, Data<Fhir>);

/// How long a file may be that stands in the list itself.
#[derive(Debug, Clone, Copy)]
struct EmbeddedLength(usize);

impl FromJson for EmbeddedLength {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        match value.as_u64() {
            Some(length) => Ok(Self(usize::try_from(length).unwrap_or(usize::MAX))),
            None => Err(Faults::here(FaultCode::WrongType, "must be a whole number from 0 on")),
        }
    }
}

/// Who asks, in their own words, which the patient reads: nothing in them moves what stands beside them.
#[derive(Debug, Clone)]
struct Recipient(String);

impl FromJson for Recipient {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let moves = |c: char| {
            c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let name = Name::from_json(value)?;
        Ok(Self(name.as_str().chars().map(|c| if moves(c) { ' ' } else { c }).collect()))
    }
}

/// Who asks for the files of a link, and what they show.
struct Request {
    recipient: Recipient,
    passcode: Option<TypedPasscode>,
    longest: Option<EmbeddedLength>,
}

impl Request {
    /// Reads a body. The standard lets programs say more than a service knows.
    fn from_json(body: Value) -> Result<Self, Faults> {
        leniently(body, |body| {
            let mut fields = Fields::open(body)?;
            let recipient = fields.required("recipient");
            let passcode = fields.optional("passcode");
            let longest = fields.optional("embeddedLengthMax");
            let faults = fields.close();
            match recipient {
                Some(recipient) if faults.is_empty() => Ok(Self { recipient, passcode, longest }),
                _ => Err(faults),
            }
        })
    }
}

/// The list of a link's files, of which there is one.
#[derive(Serialize)]
struct Manifest {
    files: [Listed; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    content_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedded: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    last_updated: Instant,
    status: &'static str,
    fhir_version: &'static str,
}

async fn open_health_link(
    stranger: Stranger,
    request: HttpRequest,
    writers: Writers,
    public_url: Data<PublicUrl>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let secret = secret_of(&request)?;
    let asked = Request::from_json(body.0)?;
    // They say themselves who they are.
    let deed = Deed::of(Operation::OpenHealthLink, Some(&asked.recipient.0));
    let shown = Shown::Passcode(asked.passcode);
    let file = match written(&stranger, &writers, (secret.clone(), shown), deed).await? {
        Opened::Read(file) => file,
        Opened::WrongPasscode(_, left) => return Err(Problem::wrong_passcode(left)),
    };
    let is_embedded = asked.longest.is_none_or(|EmbeddedLength(longest)| file.sealed.len() <= longest);
    let (embedded, location) = if is_embedded {
        (Some(file.sealed), None)
    } else {
        let ticket = Ticket::new(&secret, &file.link.link, stranger.now());
        (None, Some(format!("{}/{}", secret.expose_url(&public_url), ticket.expose())))
    };
    let listed = Listed {
        content_type: FHIR_JSON,
        embedded,
        location,
        last_updated: stranger.now(),
        status: "can-change",
        fhir_version: "4.0.1",
    };
    Ok(HttpResponse::Ok().json(Manifest { files: [listed] }))
}

/// The file by itself, for who did not want it in the list.
async fn get_health_link_file(
    stranger: Stranger,
    request: HttpRequest,
    writers: Writers,
) -> Result<HttpResponse, Problem> {
    let ticket =
        request.match_info().get("ticket").and_then(Ticket::parse).ok_or_else(|| Problem::new(Code::NotFound))?;
    let deed = Deed::of(Operation::GetHealthLinkFile, None);
    match written(&stranger, &writers, (secret_of(&request)?, Shown::Ticket(ticket)), deed).await? {
        Opened::Read(file) => {
            Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/jose")).body(file.sealed))
        }
        Opened::WrongPasscode(..) => Err(Problem::new(Code::NotFound)),
    }
}

/// A link's file, encrypted.
struct File {
    sealed: String,
    link: OpenLink,
}

/// Reads and writes the file of a link.
async fn written(
    stranger: &Stranger,
    (passwords, printer, fhir): &Writers,
    opening: (LinkSecret, Shown),
    deed: Deed,
) -> Result<Opened<File>, Problem> {
    let (writes, vault) = (fhir.clone(), stranger.store.vault().clone());
    let read = move |db: &mut Db, diary: &ReadableDiary, about: Asked, link: &OpenLink| {
        let key = store::health_key(db, &vault, link)?;
        let findings = Findings::read(db, diary, ReportAsked { about, log: LogLength::Latest })?;
        let draft = Draft::read(db, &writes.frame(&diary.diary().id), diary, findings.period)?;
        Ok((key, Box::new(findings), draft, link.clone()))
    };
    let (key, findings, draft, link) = match steps::open(stranger, passwords, opening, deed, read).await? {
        Opened::Read(read) => read,
        Opened::WrongPasscode(link, left) => return Ok(Opened::WrongPasscode(link, left)),
    };
    let pdf = printer.print(stranger.asker, *findings, ReportFormat::Pdf).await?;
    // It takes a while, in which others are answered.
    let sealed = web::block(move || jwe::sealed(&key, FHIR_JSON, draft.with(&pdf).as_bytes())).await;
    let sealed = sealed.map_err(|error| Problem::internal(error.to_string()))?;
    let sealed = sealed.map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Opened::Read(File { sealed, link }))
}

fn secret_of(request: &HttpRequest) -> Result<LinkSecret, Problem> {
    let presented = request.match_info().get("secret").unwrap_or_default();
    LinkSecret::parse(Door::Program, presented).ok_or_else(|| Problem::new(Code::NotFound))
}
