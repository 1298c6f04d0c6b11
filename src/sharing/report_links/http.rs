//! `/v1/diaries/{d}/report-links`, and `/r/{secret}`, what they open.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use chrono::NaiveDate;
use serde::Serialize;

use super::{
    model::{Draft, Link, LinkSecret, Status},
    store::{self},
};
use crate::{
    access::{Visit, passwords::PasswordHasher, visits},
    foundation::{clock::Instant, ids::Id, language::Language, paging::PageRequest, values::Name},
    sharing::consents::{
        model::{Consent, Kind, WithdrawnBy},
        store as consents,
    },
    storage::refusal::Refusal,
    web::{answer, body::Body, path::Path, problem::Problem, public_url::PublicUrl, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/report-links").get(list_report_links).post(create_report_link).end();
    routes.at("/v1/diaries/{d}/report-links/{id}").delete(revoke_report_link).end();
}

#[derive(Serialize)]
struct LinkView {
    id: Id,
    label: Option<Name>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    language: Language,
    include_notes: bool,
    has_passcode: bool,
    words_version: String,
    status: Status,
    created_at: Instant,
    expires_at: Instant,
    revoked_at: Option<Instant>,
    times_opened: i64,
    last_opened_at: Option<Instant>,
}

impl LinkView {
    fn of(consent: Consent, link: &Link, visits: (i64, Option<Instant>), now: Instant) -> Self {
        Self {
            status: Status::of(&consent, now),
            id: consent.id,
            label: consent.terms.label,
            from: link.from,
            to: link.to,
            language: consent.language,
            include_notes: consent.terms.include_notes,
            has_passcode: link.passcode_hash.is_some(),
            words_version: consent.words_version,
            created_at: consent.given_at,
            expires_at: consent.open_until,
            revoked_at: consent.withdrawal.map(|(at, _)| at),
            times_opened: visits.0,
            last_opened_at: visits.1,
        }
    }
}

/// A new link: the only answer with its address.
#[derive(Serialize)]
struct NewLink {
    #[serde(flatten)]
    link: LinkView,
    url: String,
}

async fn create_report_link(
    visit: Visit,
    passwords: Data<PasswordHasher>,
    public_url: Data<PublicUrl>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (now, draft) = (visit.now(), Draft::from_json(body.0));
    let passcode = draft.as_ref().ok().and_then(|draft| draft.passcode.clone());
    let passcode_hash = match passcode {
        Some(passcode) => Some(passwords.hash(passcode.0).await?),
        None => None,
    };
    let secret = LinkSecret::random();
    let opens = secret.clone();
    let (consent, link) = visit
        .own(move |db, diary| {
            let draft = draft?;
            // What could not be opened is refused to who makes it, not to who has it.
            draft.asked.in_diary(diary.today())?;
            Ok(store::insert(db, diary, &draft, &opens, passcode_hash)?)
        })
        .await?;
    let url = secret.expose_url(&public_url);
    let link = NewLink { link: LinkView::of(consent, &link, (0, None), now), url };
    Ok(HttpResponse::Created().json(link))
}

async fn list_report_links(
    request: HttpRequest,
    visit: Visit,
    Query(mut query): Query,
) -> Result<HttpResponse, Problem> {
    let asked = PageRequest::from_query(&mut query);
    let (whole, now) = (query.finish(), visit.now());
    let page = visit
        .own_read(move |db, diary| {
            whole?;
            let page = consents::page(db, diary, Some(Kind::ReportLink), &asked)?;
            page.try_map(|consent| {
                let link = store::find(db, diary.id(), &consent.id)?;
                let times = visits::store::visits(db, diary.id(), &consent.id)?;
                let last = visits::store::last_visit(db, diary.id(), &consent.id)?;
                Ok::<_, Refusal>(LinkView::of(consent, &link, (times, last), now))
            })
        })
        .await?;
    Ok(answer::page(&request, &page))
}

async fn revoke_report_link(visit: Visit, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    let now = visit.now();
    visit
        .own(move |db, diary| {
            let consent = consents::find(db, diary.id(), &id)?.filter(|consent| consent.kind == Kind::ReportLink);
            consent.ok_or(Refusal::NotFound)?;
            Ok(consents::withdraw(db, diary.id(), &id, WithdrawnBy::Owner, now)?)
        })
        .await?;
    Ok(answer::nothing())
}
