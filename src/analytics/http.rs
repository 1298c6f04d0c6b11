//! `/v1/diaries/{diary_id}/analytics/…`.

use actix_web::HttpResponse;
use chrono::NaiveDate;
use serde::Serialize;

use super::{
    before_after::{BeforeAfter, Windows},
    night_share::NightShare,
    period::Asked,
    record::Record,
    soreness::SorenessCourse,
    summary::Summary,
    time_of_day::TimeOfDay,
    trend::{Bucket, Trend},
    trial_block,
};
use crate::{
    access::{
        ReadableDiary, Visit,
        visits::{operation::Operation, task::Task},
    },
    diary::{logged, treatments::model::Treatment},
    foundation::{fields::Fields, ids::Id},
    web::{
        answer,
        conditional::{Conditions, Known},
        path::Path,
        problem::Problem,
        query::Query,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/analytics/night-share").get(get_night_share).end();
    routes.at("/v1/diaries/{diary_id}/analytics/summary").get(get_summary).end();
    routes.at("/v1/diaries/{diary_id}/analytics/trend").get(get_trend).end();
    routes.at("/v1/diaries/{diary_id}/analytics/time-of-day").get(get_time_of_day).end();
    routes.at("/v1/diaries/{diary_id}/analytics/soreness").get(get_soreness_course).end();
    routes.at("/v1/diaries/{diary_id}/analytics/trial-block").get(get_trial_block).end();
    routes.at("/v1/diaries/{diary_id}/analytics/treatments/{id}").get(get_before_after).end();
}

/// Answers a question, unless the caller knows the answer.
async fn unless_known<T: Serialize + Send + 'static>(
    visit: Visit,
    operation: Operation,
    conditions: Conditions,
    query: Fields,
    answer: impl Task<ReadableDiary, Asked, T>,
) -> Result<HttpResponse, Problem> {
    let known = visit
        .read_replica(operation, query.asked(Asked::from_query), move |db, diary, asked| {
            conditions.unless_known(asked.tag(diary), || answer(db, diary, asked))
        })
        .await?;
    Ok(answer::known(&known))
}

async fn get_night_share(visit: Visit, conditions: Conditions, Query(query): Query) -> Result<HttpResponse, Problem> {
    unless_known(visit, Operation::GetNightShare, conditions, query, |db, diary, asked| {
        let record = Record::read(db, diary, asked.in_diary(diary.today())?)?;
        Ok(NightShare::of(&record, asked.language))
    })
    .await
}

async fn get_summary(visit: Visit, conditions: Conditions, Query(query): Query) -> Result<HttpResponse, Problem> {
    unless_known(visit, Operation::GetSummary, conditions, query, |db, diary, asked| {
        let period = asked.in_diary(diary.today())?;
        let record = Record::read(db, diary, period)?;
        let previous = Record::read(db, diary, period.previous())?;
        Ok(Summary::of(&record, &record.tallies(db, diary)?.sum(), &previous, asked.language))
    })
    .await
}

async fn get_trend(visit: Visit, conditions: Conditions, Query(mut query): Query) -> Result<HttpResponse, Problem> {
    let bucket = query.optional("bucket").unwrap_or(Bucket::Week);
    unless_known(visit, Operation::GetTrend, conditions, query, move |db, diary, asked| {
        let period = asked.in_diary(diary.today())?;
        let parts = bucket.divide(period)?;
        Ok(Trend::of(&Record::read(db, diary, period)?, bucket, &parts, asked.language))
    })
    .await
}

async fn get_time_of_day(visit: Visit, conditions: Conditions, Query(query): Query) -> Result<HttpResponse, Problem> {
    unless_known(visit, Operation::GetTimeOfDay, conditions, query, |db, diary, asked| {
        let record = Record::read(db, diary, asked.in_diary(diary.today())?)?;
        Ok(TimeOfDay::of(&record, &record.tallies(db, diary)?, asked.language))
    })
    .await
}

async fn get_soreness_course(
    visit: Visit,
    conditions: Conditions,
    Query(query): Query,
) -> Result<HttpResponse, Problem> {
    unless_known(visit, Operation::GetSorenessCourse, conditions, query, |db, diary, asked| {
        let record = Record::read(db, diary, asked.in_diary(diary.today())?)?;
        Ok(SorenessCourse::read(db, diary, &record, asked.language)?)
    })
    .await
}

async fn get_trial_block(visit: Visit, conditions: Conditions, Query(query): Query) -> Result<HttpResponse, Problem> {
    let asked = query.asked(|query| query.optional::<NaiveDate>("from"));
    let known = visit
        .read_replica(Operation::GetTrialBlock, asked, move |db, diary, from| {
            let period = trial_block::period(from, diary.today())?;
            // Days that are over stay as they are.
            let tag = if period.to < diary.today() { diary.tag() } else { diary.tag_today() };
            conditions.unless_known(tag, || {
                let record = Record::read(db, diary, period)?;
                Ok(trial_block::csv(&record, &record.tallies(db, diary)?))
            })
        })
        .await?;
    Ok(match known {
        Known::Unchanged(tag) => answer::not_modified(&tag),
        Known::New(tag, csv) => answer::csv(&tag, csv),
    })
}

async fn get_before_after(
    visit: Visit,
    Path(id): Path<Id>,
    conditions: Conditions,
    Query(mut query): Query,
) -> Result<HttpResponse, Problem> {
    let windows = Windows::from_query(&mut query);
    let asked = query.asked(Asked::from_query);
    let known = visit
        .read_replica(Operation::GetBeforeAfter, Ok(asked), move |db, diary, asked| {
            // What there is comes before what is wrong with the question, as with rows.
            let treatment = logged::find::<Treatment>(db, diary, &id)?;
            let asked = asked?;
            // What is known before a start that has not come changes from day to day, whatever period is asked for.
            let begun = treatment.course.started_on <= diary.today();
            let tag = if begun { asked.tag(diary) } else { diary.tag_today() };
            conditions.unless_known(tag, || BeforeAfter::read(db, diary, &treatment, windows, asked))
        })
        .await?;
    Ok(answer::known(&known))
}
