//! `/v1/diaries/{diary_id}/import`.

use std::time::Duration;

use actix_web::{HttpResponse, web};

use super::{answer::ImportResult, document, merge};
use crate::{
    access::visits::{
        bringing::{self, Bringing},
        operation::Operation,
    },
    foundation::precondition::Revision,
    web::{
        body::{self, PackedBody},
        problem::{Code, Problem},
        query::Query,
        routes::Routes,
    },
};

/// So large may a document be, in bytes, once it is unpacked.
const LARGEST: usize = 32 * 1024 * 1024;

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/import").post(import_diary).end();
}

async fn import_diary(bringing: Bringing<PackedBody>, Query(query): Query) -> Result<HttpResponse, Problem> {
    let Bringing { visit, body, place } = bringing;
    let dry_run = query.asked(|query| query.optional("dry_run").unwrap_or(false));
    let (budgets, asker) = (visit.budgets(), visit.asker());
    let at_it = bringing::turn(&budgets.imports_at_once).await?;
    let read = web::block(move || document::read(&body.unpack(LARGEST)?).map_err(|error| body::not_json(&error)));
    let read = read.await.map_err(|_| Problem::new(Code::Overloaded).retry_after(Duration::from_secs(1)))??;
    // Rights are looked at before what is wrong is told, so that goes along as a batch.
    let (is_dry_run, batches) = match (dry_run, read) {
        (Ok(is_dry_run), Ok(batches)) => (is_dry_run, batches.into_iter().map(Ok).collect()),
        (Ok(_), Err(faults)) | (Err(faults), Ok(_)) => (true, vec![Err(faults)]),
        (Err(mut faults), Err(others)) => {
            faults.add(others);
            (true, vec![Err(faults)])
        }
    };
    budgets.rows.take(asker, batches.iter().flatten().map(|batch| batch.len()).sum())?;
    let (mut results, mut revision) = (Vec::new(), Revision::FIRST);
    for batch in batches {
        let turn = bringing::turn(&budgets.batches).await?;
        let divisions = budgets.clone();
        let (more, now_at) = visit
            .clone()
            .write(Operation::ImportDiary, batch, move |db, diary, rows| {
                let bring = |db: &mut _| merge::apply(db, diary, &rows, || Ok(divisions.divisions.take(asker, 1)?));
                let results = if is_dry_run { diary.rehearse(db, bring)? } else { bring(db)? };
                Ok((results, diary.stamped().map_or(diary.diary().revision, |stamp| stamp.revision)))
            })
            .await?;
        drop(turn);
        results.extend(more);
        revision = now_at;
    }
    drop((at_it, place));
    Ok(HttpResponse::Ok().json(ImportResult::of(results, is_dry_run, revision)))
}
