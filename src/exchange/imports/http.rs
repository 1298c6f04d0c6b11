//! `/v1/diaries/{diary_id}/import`.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpResponse, web};
use tokio::time::timeout;

use super::{
    answer::{CsvImportResult, ImportResult},
    document,
    merge::{self, Merged, Source},
    table,
};
use crate::{
    access::visits::{
        bringing::{self, Bringing},
        operation::Operation,
    },
    foundation::{faults::Faults, fields::Fields, precondition::Revision},
    web::{
        body::{self, PackedBody, Raw},
        problem::{Code, Problem},
        query::Query,
        routes::Routes,
    },
};

/// So large may a document be, in bytes, once it is unpacked.
const LARGEST: usize = 32 * 1024 * 1024;
/// So large may a table be: a cell may be a byte, and takes more in memory.
const LARGEST_TABLE: usize = 4 * 1024 * 1024;
/// So long does somebody wait for their turn.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/import").post(import_diary).end();
    routes.at("/v1/diaries/{diary_id}/import/csv").post(import_csv).end();
}

async fn import_diary(bringing: Bringing<PackedBody>, Query(query): Query) -> Result<HttpResponse, Problem> {
    let read = |body: PackedBody| document::read(&body.unpack(LARGEST)?).map_err(|error| body::not_json(&error));
    let (rows, dry_run, revision) = bring(bringing, Operation::ImportDiary, query, read).await?;
    Ok(HttpResponse::Ok().json(ImportResult::of(rows, dry_run, revision)))
}

async fn import_csv(bringing: Bringing<PackedBody>, Query(query): Query) -> Result<HttpResponse, Problem> {
    let read = |body: PackedBody| Ok(table::read(&Raw::read(&body.unpack(LARGEST_TABLE)?)?));
    let (rows, dry_run, revision) = bring(bringing, Operation::ImportCsv, query, read).await?;
    Ok(HttpResponse::Ok().json(CsvImportResult::of(rows, dry_run, revision)))
}

/// Reads what is brought and brings it in batch by batch. Says what came of each row, whether that was a rehearsal, and at
/// which revision the diary is then.
async fn bring<S: Source>(
    bringing: Bringing<PackedBody>,
    operation: Operation,
    query: Fields,
    read: impl FnOnce(PackedBody) -> Result<Result<Vec<Arc<[S]>>, Faults>, Problem> + Send + 'static,
) -> Result<(Vec<Merged>, bool, Revision), Problem> {
    let Bringing { visit, body, place } = bringing;
    let dry_run = query.asked(|query| query.optional("dry_run").unwrap_or(false));
    let (budgets, asker) = (visit.budgets(), visit.asker());
    // Reading may take long: only who may bring something in has it done.
    visit.may_write(operation).await?;
    let turn = timeout(LONGEST_WAIT, budgets.imports_at_once.clone().acquire_owned());
    let turn = turn.await.map_err(|_| too_busy())?.map_err(|_| Problem::new(Code::Stopping))?;
    // Whoever goes away meanwhile leaves it running: it keeps its turn and its place until it ends.
    let read = web::block(move || (read(body), turn, place)).await.map_err(|_| too_busy())?;
    let (read, _turn, _place) = read;
    // Rights are looked at before what is wrong is told, so that goes along as a batch.
    let (is_dry_run, batches) = match (dry_run, read?) {
        (Ok(is_dry_run), Ok(batches)) => (is_dry_run, batches.into_iter().map(Ok).collect()),
        (Ok(_), Err(faults)) | (Err(faults), Ok(_)) => (true, vec![Err(faults)]),
        (Err(mut faults), Err(others)) => {
            faults.add(others);
            (true, vec![Err(faults)])
        }
    };
    budgets.rows.take(asker, batches.iter().flatten().map(|batch| batch.len()).sum())?;
    let (mut merged, mut revision) = (Vec::new(), Revision::FIRST);
    for batch in batches {
        let turn = bringing::turn(&budgets.batches).await?;
        let divisions = budgets.clone();
        let (more, now_at) = visit
            .clone()
            .write(operation, batch, move |db, diary, rows| {
                let bring = |db: &mut _| merge::apply(db, diary, &rows, || Ok(divisions.divisions.take(asker, 1)?));
                let merged = if is_dry_run { diary.rehearse(db, bring)? } else { bring(db)? };
                Ok((merged, diary.stamped().map_or(diary.diary().revision, |stamp| stamp.revision)))
            })
            .await?;
        drop(turn);
        merged.extend(more);
        revision = now_at;
    }
    Ok((merged, is_dry_run, revision))
}

fn too_busy() -> Problem {
    Problem::new(Code::Overloaded).retry_after(Duration::from_secs(5))
}
