//! `/v1/diaries/{diary_id}/consents` and `/v1/consent-texts`.

use actix_web::HttpResponse;
use serde::Serialize;

use super::{
    store,
    view::ConsentView,
    words::{self, Words},
};
use crate::{
    access::{
        Caller,
        visits::{listing::Listing, needs::AccountOperation, operation::Operation},
    },
    foundation::{language::Language, paging::PageRequest},
    web::{problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/consent-texts").get(list_consent_texts).end();
    routes.at("/v1/diaries/{diary_id}/consents").get(list_consents).end();
}

#[derive(Serialize)]
struct Texts {
    version: &'static str,
    items: Vec<Words>,
}

async fn list_consent_texts(caller: Caller, Query(query): Query) -> Result<HttpResponse, Problem> {
    let asked = query.asked(|query| query.optional::<Language>("lang"));
    let language = caller.doing(AccountOperation::ListConsentTexts).read(asked, |_, _, language| Ok(language)).await?;
    let wanted =
        |words: &&Words| words.version == words::CURRENT && language.is_none_or(|language| words.language == language);
    let items = words::ALL.iter().filter(wanted).map(|words| Words { text: words.text.trim_end(), ..*words }).collect();
    Ok(HttpResponse::Ok().json(Texts { version: words::CURRENT, items }))
}

async fn list_consents(list: Listing) -> Result<HttpResponse, Problem> {
    list.of_the_owner(Operation::ListConsents, PageRequest::unfiltered, |db, diary, asked| {
        store::page(db, diary, None, &asked)?.try_map(ConsentView::of)
    })
    .await
}
