//! `/v1/diaries/{diary_id}/access-log`.

use actix_web::HttpResponse;
use serde::Serialize;

use super::{
    listing::Listing,
    model::{Entry, Filter, Look},
    operation::Operation,
    store,
};
use crate::{
    foundation::{fields::Fields, paging::PageRequest},
    web::{problem::Problem, query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/access-log").get(list_access_log).end();
}

/// A page of entries, or of the looks one by one.
#[derive(Debug, Clone)]
enum Wanted {
    Folded(PageRequest<i64>),
    Each(PageRequest<(i64, i64)>),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    Entry(Entry),
    Look(Look),
}

fn asked(query: &mut Fields) -> (Filter, Wanted) {
    let (who, what) = (query.optional("who"), query.optional("what"));
    let (from, to) = query::range(query);
    let filter = Filter { who, what, from, to };
    let wanted = match query.optional("each") {
        Some(true) => Wanted::Each(PageRequest::filtered(query, &(&filter, "each"))),
        _ => Wanted::Folded(PageRequest::filtered(query, &filter)),
    };
    (filter, wanted)
}

async fn list_access_log(list: Listing) -> Result<HttpResponse, Problem> {
    list.of_the_owner(Operation::ListAccessLog, asked, |db, diary, (filter, wanted)| {
        Ok(match wanted {
            Wanted::Folded(page) => store::entries(db, diary, &filter, &page)?.map(Told::Entry),
            Wanted::Each(page) => store::looks(db, diary, &filter, &page)?.map(Told::Look),
        })
    })
    .await
}
