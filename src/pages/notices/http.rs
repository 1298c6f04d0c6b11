//! `/notices`.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use super::view;
use crate::{
    access::{accounts::model::Notice, mail::model::Mailing, notices::store},
    foundation::{fields, paging::PageRequest},
    pages::{
        document::see_other,
        failure::PageProblem,
        signed_in::Place,
        visitor::{Filled, Visitor},
    },
    people::accounts::changing,
    web::{query::FormQuery, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at(Place::NOTICES).get(show_notices).post(choose).end();
}

async fn show_notices(
    mailing: Data<Mailing>,
    visitor: Visitor,
    FormQuery(mut query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let is_done = query.optional::<String>("done").is_some();
    let asked = query.asked(PageRequest::unfiltered);
    let page = visitor.caller.read(asked, |db, me, asked| Ok(store::page(db, me, &asked)?)).await?;
    Ok(view::notices(&visitor, **mailing, &page, is_done))
}

/// A box that is ticked is sent, and none that is not.
async fn choose(Filled { visitor, mut form }: Filled) -> Result<HttpResponse, PageProblem> {
    let can_be_muted = Notice::ALL.into_iter().filter(|notice| !notice.is_of_security());
    let muted: Vec<_> = can_be_muted.filter(|notice| form.optional::<String>(notice.as_str()).is_none()).collect();
    form.finish()?;
    changing::change(&visitor.caller, fields::open_patch(json!({"muted_notices": muted}))).await?;
    Ok(see_other(&format!("{}?done=yes", Place::NOTICES)))
}
