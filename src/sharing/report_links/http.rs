//! `/v1/diaries/{diary_id}/report-links`.

use actix_web::{HttpResponse, web::Data};
use chrono::NaiveDate;
use serde::Serialize;

use super::{
    model::{Draft, Link, Status, expose_health_link},
    steps::{self, Made},
    store,
};
use crate::{
    access::{
        Visit,
        passwords::PasswordHasher,
        visits::{self, listing::Listing, operation::Operation, store::Visits},
    },
    foundation::{
        clock::Instant, ids::Id, language::Language, paging::PageRequest, public_url::PublicUrl, qr, values::Name,
    },
    sharing::consents::{
        self,
        model::{Consent, Kind},
    },
    storage::refusal::Refusal,
    web::{
        answer,
        body::{Keyed, OptionalBody},
        path::Path,
        problem::Problem,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/report-links").get(list_report_links).keyed_post(create_report_link).end();
    routes.at("/v1/diaries/{diary_id}/report-links/{id}").delete(revoke_report_link).end();
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
    fn of(consent: Consent, link: &Link, visits: Visits, now: Instant) -> Self {
        Self {
            status: Status::of(&consent, link, now),
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
            times_opened: visits.times,
            last_opened_at: visits.last_at,
        }
    }
}

/// A new link: the only answer with its address.
#[derive(Serialize)]
struct NewLink {
    #[serde(flatten)]
    link: LinkView,
    url: String,
    shlink: Option<String>,
    shlink_qr_svg: Option<String>,
}

async fn create_report_link(
    visit: Visit,
    passwords: Data<PasswordHasher>,
    public_url: Data<PublicUrl>,
    body: Keyed<OptionalBody>,
) -> Result<HttpResponse, Problem> {
    let said = Draft::from_json(body.by(visit.user_id()));
    let Made { consent, link, visits, secret, program, key, .. } = steps::make(&visit, &passwords, said).await?;
    let url = secret.expose_url(&public_url);
    let shlink = expose_health_link((&program, &key), consent.row(), &link, &public_url);
    let shlink_qr_svg = shlink.as_deref().and_then(|shlink| qr::svg(shlink, "SMART Health Link").ok());
    let now = visit.now();
    let shown = |consent| NewLink { link: LinkView::of(consent, &link, visits, now), url, shlink, shlink_qr_svg };
    Ok(answer::made(&consent.map(shown)))
}

async fn list_report_links(list: Listing) -> Result<HttpResponse, Problem> {
    list.of_the_owner(Operation::ListReportLinks, PageRequest::unfiltered, |db, diary, asked| {
        let page = consents::store::page(db, diary, Some(Kind::ReportLink), &asked)?;
        let ids: Vec<_> = page.items.iter().map(|consent| consent.id.clone()).collect();
        let (mut links, visits) =
            (store::find_all(db, diary.id(), &ids)?, visits::store::visits(db, diary.id(), &ids)?);
        page.try_map(|consent| {
            let link = links.remove(&consent.id).ok_or(Refusal::NotFound)?;
            let visits = visits.get(&consent.id).copied().unwrap_or_default();
            Ok::<_, Refusal>(LinkView::of(consent, &link, visits, diary.now()))
        })
    })
    .await
}

async fn revoke_report_link(visit: Visit, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    consents::steps::withdraw(&visit, id, Some(Kind::ReportLink)).await?;
    Ok(answer::nothing())
}
