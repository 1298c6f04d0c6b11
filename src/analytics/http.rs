//! `/v1/diaries/{d}/analytics/…`.

use actix_web::HttpResponse;

use super::{
    night_share::{Known, NightShare},
    period::Asked,
};
use crate::{
    access::Visit,
    covered_days,
    problem::Problem,
    web::{answer, conditional::Conditions, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/analytics/night-share").get(get_night_share).end();
}

async fn get_night_share(visit: Visit, conditions: Conditions, Query(query): Query) -> Result<HttpResponse, Problem> {
    let asked = Asked::from_query(query);
    let known = visit
        .read_replica(move |db, diary| {
            let asked = asked?;
            let revision = diary.diary().revision;
            conditions.unless_known(asked.tag(revision, diary), || {
                let today = diary.today();
                let period = asked.in_diary(today)?;
                Ok(NightShare::of(&Known {
                    period,
                    revision,
                    parts: diary.diary().day_parts,
                    days: &covered_days::store::between(db, diary, period.from, period.to)?,
                    first_day: covered_days::store::first(db, diary)?,
                    today,
                }))
            })
        })
        .await?;
    Ok(answer::known_row(&known))
}
