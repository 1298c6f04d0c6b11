//! `/v1/diaries/{diary_id}/prompts`.

use actix_web::HttpResponse;
use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::model::{self, Prompt, WHILE_SORE_UNTIL_DAY};
use crate::{
    access::{ReadableDiary, Visit, visits::operation::Operation},
    diary::{
        covered_days,
        episodes::{
            self,
            soreness::{self, model::SorenessSummary},
        },
    },
    foundation::faults::FaultCode,
    storage::{Db, refusal::Refusal},
    web::{answer, conditional::Conditions, problem::Problem, query::Query, routes::Routes},
};

/// More cramps of two weeks than anybody answers for.
const MOST_ASKED_ABOUT: i64 = 100;

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/prompts").get(list_prompts).end();
}

#[derive(Serialize)]
struct PromptList {
    on: NaiveDate,
    items: Vec<Prompt>,
}

async fn list_prompts(visit: Visit, conditions: Conditions, Query(query): Query) -> Result<HttpResponse, Problem> {
    let asked = query.asked(|query| {
        let on: Option<NaiveDate> = query.optional("on");
        if on.is_some_and(|on| on < NaiveDate::default()) {
            query.fault("on", FaultCode::OutOfRange, "lies before 1970");
        }
        on
    });
    let known = visit
        .read(Operation::ListPrompts, asked, move |db, diary, on| {
            // Without a date the answer is another one tomorrow.
            let tag = if on.is_some() { diary.tag() } else { diary.tag_today() };
            conditions.unless_known(tag, || {
                let on = on.unwrap_or_else(|| diary.today());
                Ok(PromptList { on, items: prompts(db, diary, on)? })
            })
        })
        .await?;
    Ok(answer::known(&known))
}

fn prompts(db: &mut Db, diary: &ReadableDiary, on: NaiveDate) -> Result<Vec<Prompt>, Refusal> {
    let earliest = on - Days::new(WHILE_SORE_UNTIL_DAY.unsigned_abs().into());
    let yesterday = on - Days::new(1);
    let mut prompts = Vec::new();
    for mut episode in episodes::store::latest(db, diary, earliest, yesterday, MOST_ASKED_ABOUT)? {
        // Asked about a day that is over, what was logged later is not known yet.
        let mut entries = soreness::store::all(db, diary, &episode.id)?;
        entries.retain(|entry| entry.date <= on);
        let answered = entries.last().is_some_and(|entry| entry.date == on);
        episode.soreness = SorenessSummary::of(&entries);
        prompts.extend(model::soreness(&episode, on, answered));
    }
    prompts.extend(model::check_in(on, covered_days::store::is_covered(db, diary, yesterday)?));
    Ok(prompts)
}
