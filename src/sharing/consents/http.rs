//! `/v1/diaries/{d}/consents` and `/v1/consent-texts`.

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde::Serialize;

use super::{
    model::{Consent, Kind, SharedRole, WithdrawnBy},
    store,
    words::{self, Words},
};
use crate::{
    access::{Caller, Visit},
    accounts::model::Email,
    clock::Instant,
    ids::Id,
    language::Language,
    page::PageRequest,
    problem::Problem,
    refusal::Refusal,
    storage::Error,
    values::Name,
    web::{answer, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/consent-texts").get(list_consent_texts).end();
    routes.at("/v1/diaries/{d}/consents").get(list_consents).end();
}

#[derive(Serialize)]
struct Texts {
    version: &'static str,
    items: Vec<Words>,
}

async fn list_consent_texts(caller: Caller, Query(mut query): Query) -> Result<HttpResponse, Problem> {
    let language = query.optional::<Language>("lang");
    let whole = query.finish();
    caller.read(move |_, _| Ok(whole?)).await?;
    let wanted =
        |words: &&Words| words.version == words::CURRENT && language.is_none_or(|language| words.language == language);
    let items = words::ALL.iter().filter(wanted).map(|words| Words { text: words.text.trim_end(), ..*words }).collect();
    Ok(HttpResponse::Ok().json(Texts { version: words::CURRENT, items }))
}

/// A consent as the patient reads it.
#[derive(Serialize)]
struct ConsentView {
    id: Id,
    kind: Kind,
    role: SharedRole,
    label: Option<Name>,
    visible_from: Option<NaiveDate>,
    include_notes: bool,
    access_until: Option<Instant>,
    words_version: String,
    language: Language,
    text: &'static str,
    given_at: Instant,
    accepted_at: Option<Instant>,
    accepted_by: Option<Id>,
    accepted_name: Option<Name>,
    accepted_email: Option<Email>,
    withdrawn_at: Option<Instant>,
    withdrawn_by: Option<WithdrawnBy>,
}

impl ConsentView {
    /// In the words of its version, which every later service knows as well.
    fn of(consent: Consent) -> Result<Self, Refusal> {
        let text = words::text(&consent.words_version, consent.purpose(), consent.language);
        let text = text.ok_or_else(|| Error::corrupt("version of a consent's words"))?;
        let (accepted_at, accepted_by, accepted_name, accepted_email) = match consent.acceptance {
            Some(accepted) => (Some(accepted.at), Some(accepted.user_id), accepted.name, accepted.email),
            None => (None, None, None, None),
        };
        let (withdrawn_at, withdrawn_by) = consent.withdrawal.unzip();
        Ok(Self {
            id: consent.id,
            kind: consent.kind,
            role: consent.terms.role,
            label: consent.terms.label,
            visible_from: consent.terms.visible_from,
            include_notes: consent.terms.include_notes,
            access_until: consent.terms.access_until,
            words_version: consent.words_version,
            language: consent.language,
            text,
            given_at: consent.given_at,
            accepted_at,
            accepted_by,
            accepted_name,
            accepted_email,
            withdrawn_at,
            withdrawn_by,
        })
    }
}

async fn list_consents(request: HttpRequest, visit: Visit, Query(mut query): Query) -> Result<HttpResponse, Problem> {
    let asked = PageRequest::from_query(&mut query);
    let whole = query.finish();
    let page = visit
        .own_read(move |db, diary| {
            whole?;
            store::page(db, diary, None, &asked)?.try_map(ConsentView::of)
        })
        .await?;
    Ok(answer::page(&request, &page))
}
