//! `/v1/diaries/{diary_id}/sync/watermelon`.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;

use super::{
    pull::{self, Asked},
    push::{Brought, Rejected},
};
use crate::{
    access::{
        Visit,
        visits::{
            bringing::{self, Bringing},
            operation::Operation,
        },
    },
    exchange::exports::{sink::Sink, spool::Spool},
    foundation::precondition::Revision,
    web::{problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/sync/watermelon").get(pull_watermelon).post(push_watermelon).end();
}

async fn pull_watermelon(visit: Visit, spool: Data<Spool>, Query(query): Query) -> Result<HttpResponse, Problem> {
    let who = visit.asker();
    let sink = visit
        .read(Operation::PullWatermelon, query.asked(Asked::of), move |db, diary, asked| {
            let mut sink = Sink::new(&spool, who);
            match pull::write(db, diary, &asked, &mut sink) {
                Ok(()) => Ok(sink.end()?),
                Err(error) => Err(sink.refused().unwrap_or_else(|| error.into())),
            }
        })
        .await?;
    Ok(sink.answer("application/json"))
}

/// What the library does with an answer: these rows stay to be sent.
#[derive(Serialize)]
struct Answer {
    #[serde(rename = "experimentalRejectedIds", skip_serializing_if = "Rejected::is_empty")]
    rejected: Rejected,
}

async fn push_watermelon(bringing: Bringing, Query(query): Query) -> Result<HttpResponse, Problem> {
    let Bringing { visit, body, place } = bringing;
    let (budgets, asker) = (visit.budgets(), visit.asker());
    let query = query.asked(Asked::of);
    let brought = Brought::read(&body.raw);
    drop(body);
    budgets.rows.take(asker, brought.as_ref().map_or(0, Brought::rows))?;
    let turn = bringing::turn(&budgets.batches).await?;
    let divisions = budgets.clone();
    let said = query.and_then(|asked| Ok((asked.last_pulled_at.unwrap_or(Revision(0)), brought?)));
    let rejected = visit
        .write(Operation::PushWatermelon, said, move |db, diary, (last_pulled_at, brought)| {
            brought.apply(db, diary, last_pulled_at, || Ok(divisions.divisions.take(asker, 1)?))
        })
        .await?;
    drop((turn, place));
    Ok(HttpResponse::Ok().json(Answer { rejected }))
}
