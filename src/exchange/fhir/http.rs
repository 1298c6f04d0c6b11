//! `/fhir/R4`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    bundle, capability,
    frame::{Fhir, Frame, ResourceId},
    outcome::FHIR_JSON,
    rows::{self, OBSERVED},
    search::{self, Narrow, Search},
};
use crate::{
    access::{
        Caller, OwnedDiary, ReadableDiary, Visit,
        visits::{self, operation::Operation},
    },
    diary::{change_log::After, table::Table},
    foundation::{
        clock::Instant,
        fields::Fields,
        ids::Id,
        paging::{Page, PageRequest},
    },
    sharing::consents,
    storage::{Db, refusal::Refusal},
    web::{
        answer as answers,
        problem::{Code, Problem},
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/fhir/R4/metadata").get(get_fhir_metadata).end();
    routes.at("/fhir/R4/Patient/{diary_id}").get(get_fhir_patient).end();
    routes.at("/fhir/R4/Patient/{diary_id}/$everything").get(get_fhir_everything).end();
    routes.at("/fhir/R4/Observation").get(search_fhir_observations).end();
    routes.at("/fhir/R4/MedicationStatement").get(search_fhir_medications).end();
    routes.at("/fhir/R4/Procedure").get(search_fhir_procedures).end();
    routes.at("/fhir/R4/DocumentReference").get(search_fhir_documents).end();
    routes.at("/fhir/R4/Consent").get(search_fhir_consents).end();
    routes.at("/fhir/R4/AuditEvent").get(search_fhir_audit_events).end();
    routes.at("/fhir/R4/{resource_type}/{id}").get(get_fhir_resource).end();
}

/// So many rows are looked through for one page: where few are what is asked for, a page has few, and the next goes on.
const LOOKED_THROUGH: usize = 2_000;
/// So many are read at once at least.
const AT_ONCE: usize = 50;

async fn get_fhir_metadata(fhir: Data<Fhir>) -> HttpResponse {
    answer(&capability::statement(&fhir))
}

async fn get_fhir_patient(visit: Visit, request: HttpRequest, fhir: Data<Fhir>) -> Result<HttpResponse, Problem> {
    let read = move |_: &mut Db, diary: &ReadableDiary, ()| Ok(fhir.frame(&diary.diary().id).person(diary));
    Ok(one(&visit.read(Operation::GetFhirPatient, search::read_one(&request)?, read).await?))
}

async fn get_fhir_everything(visit: Visit, request: HttpRequest, fhir: Data<Fhir>) -> Result<HttpResponse, Problem> {
    const TABLES: [Table; 4] = [Table::CheckIns, Table::Episodes, Table::Soreness, Table::Treatments];
    let asked = search::read_everything(&request)?;
    let goes_on = asked.as_ref().is_ok_and(|asked| asked.goes_on);
    let writes = fhir.clone();
    let page = visit
        .read_on(Operation::GetFhirEverything, goes_on, asked, move |db, diary, asked| {
            let frame = writes.frame(&diary.diary().id);
            let first = vec![frame.person(diary), frame.report(diary)];
            look_through(db, &frame, diary, (first, &TABLES), &asked, |_| true)
        })
        .await?;
    Ok(found(&request, &fhir, page))
}

/// One resource by its id, which tells of which diary it is.
async fn get_fhir_resource(
    caller: Caller,
    request: HttpRequest,
    path: Path<(String, String)>,
    fhir: Data<Fhir>,
) -> Result<HttpResponse, Problem> {
    let (of_type, text) = path.into_inner();
    let known = ResourceId::parse(&text).zip(Id::parse(&text)).filter(|(id, _)| id.sort.is_read_as(&of_type));
    let (id, about) = known.ok_or_else(|| Problem::new(Code::NotFound))?;
    let asked = search::read_one(&request)?.map(|()| (of_type, id.clone()));
    let resource = Visit::of(caller, id.diary)
        .about(&about)
        .read(Operation::GetFhirResource, asked, move |db, diary, (of_type, id)| {
            let found = rows::find(db, &fhir.frame(&diary.diary().id), diary, &id)?;
            found.filter(|resource| resource["resourceType"] == of_type.as_str()).ok_or(Refusal::NotFound)
        })
        .await?;
    Ok(one(&resource))
}

/// A search: who asks, what, and what writes the answer.
type Asking = (Caller, HttpRequest, Data<Fhir>);

async fn search_fhir_observations(asking: Asking) -> Result<HttpResponse, Problem> {
    let rows = (&OBSERVED[..], "Observation");
    of_rows(asking, Operation::SearchFhirObservations, Narrow::of_observations, rows).await
}

async fn search_fhir_medications(asking: Asking) -> Result<HttpResponse, Problem> {
    let rows = (&[Table::Treatments][..], "MedicationStatement");
    of_rows(asking, Operation::SearchFhirMedications, Narrow::of_dates("effective"), rows).await
}

async fn search_fhir_procedures(asking: Asking) -> Result<HttpResponse, Problem> {
    let rows = (&[Table::Treatments][..], "Procedure");
    of_rows(asking, Operation::SearchFhirProcedures, Narrow::of_dates("date"), rows).await
}

/// What rows of tables become, as far as it is of one type and what is asked for.
async fn of_rows(
    (caller, request, fhir): Asking,
    operation: Operation,
    ask: impl FnOnce(&mut Fields) -> Narrow,
    (tables, of_type): (&'static [Table], &'static str),
) -> Result<HttpResponse, Problem> {
    let (visit, asked) = search::read(caller, &request, ask)?;
    let goes_on = asked.as_ref().is_ok_and(|asked| asked.goes_on);
    let writes = fhir.clone();
    let page = visit
        .read_on(operation, goes_on, asked, move |db, diary, asked| {
            let frame = writes.frame(&diary.diary().id);
            let is_wanted = |resource: &Value| resource["resourceType"] == of_type;
            look_through(db, &frame, diary, (Vec::new(), tables), &asked, is_wanted)
        })
        .await?;
    Ok(found(&request, &fhir, page))
}

async fn search_fhir_documents((caller, request, fhir): Asking) -> Result<HttpResponse, Problem> {
    let (visit, asked) = search::read(caller, &request, Narrow::of_nothing)?;
    let writes = fhir.clone();
    let report = visit
        .read(Operation::SearchFhirDocuments, asked.map(|_| ()), move |_, diary, ()| {
            let frame = writes.frame(&diary.diary().id);
            let page = Page { items: vec![bundle::found(&frame, frame.report(diary))], next_cursor: None };
            Ok(Answered { page, at: diary.now() })
        })
        .await?;
    Ok(found(&request, &fhir, report))
}

async fn search_fhir_consents(asking: Asking) -> Result<HttpResponse, Problem> {
    of_the_owner(asking, Operation::SearchFhirConsents, |db, frame, diary, page| {
        consents::store::page(db, diary, None, page)?.try_map(|consent| frame.consent(consent, diary.now()))
    })
    .await
}

async fn search_fhir_audit_events(asking: Asking) -> Result<HttpResponse, Problem> {
    of_the_owner(asking, Operation::SearchFhirAuditEvents, |db, frame, diary, page| {
        Ok(visits::store::chain(db, diary, page)?.map(|look| frame.look(&look)))
    })
    .await
}

/// How a page of what is for the owner alone is read.
type OwnPage<K> = fn(&mut Db, &Frame, &OwnedDiary, &PageRequest<K>) -> Result<Page<Value>, Refusal>;

/// A page of a list that is for the owner alone.
async fn of_the_owner<K: DeserializeOwned + Clone + Send + 'static>(
    (caller, request, fhir): Asking,
    operation: Operation,
    page: OwnPage<K>,
) -> Result<HttpResponse, Problem> {
    let (visit, asked) = search::read_list(caller, &request)?;
    let writes = fhir.clone();
    let page = visit
        .own_read(operation, asked, move |db, diary, asked| {
            let frame = writes.frame(&diary.diary().id);
            let page = page(db, &frame, diary, &asked)?.map(|resource| bundle::found(&frame, resource));
            Ok(Answered { page, at: diary.now() })
        })
        .await?;
    Ok(found(&request, &fhir, page))
}

/// Looks through what comes first, and then through tables, for a page of what is asked for. The place in a page's cursor is
/// the number of the table, from 1 on; 0 is what comes first.
fn look_through(
    db: &mut Db,
    frame: &Frame,
    diary: &ReadableDiary,
    (first, tables): (Vec<Value>, &[Table]),
    asked: &Search,
    is_wanted: impl Fn(&Value) -> bool,
) -> Result<Answered, Refusal> {
    let (begun, mut place) = match &asked.page.after {
        Some((table, revision, id)) => (*table, After { revision: *revision, id: id.clone() }),
        None => (0, After::START),
    };
    let (zone, most) = (diary.diary().time_zone, asked.page.limit.rows());
    let at_once = most.max(AT_ONCE) + 1;
    let (mut items, mut looked_at, mut until) = (Vec::new(), 0, None);
    if begun == 0 {
        let shown = usize::try_from(place.revision).unwrap_or_default();
        for (at, resource) in first.into_iter().enumerate().skip(shown) {
            if items.len() == most {
                until = Some((0, i64::try_from(at).unwrap_or_default(), String::new()));
                break;
            }
            if asked.narrow.changed(&resource, zone) {
                items.push(bundle::found(frame, resource));
            }
        }
        place = After::START;
    }
    'tables: for (number, table) in (1..).zip(tables).skip(begun.saturating_sub(1)) {
        if until.is_some() {
            break;
        }
        loop {
            let rows = rows::after(db, frame, diary, *table, &place, i64::try_from(at_once).unwrap_or(i64::MAX))?;
            let is_all = rows.len() < at_once;
            for row in rows {
                if items.len() == most || looked_at == LOOKED_THROUGH {
                    until = Some((number, place.revision, place.id));
                    break 'tables;
                }
                looked_at += 1;
                place = row.place;
                let shown = row.shown.filter(|shown| is_wanted(&shown.resource) && asked.narrow.takes(shown, zone));
                items.extend(shown.map(|shown| bundle::found(frame, shown.resource)));
            }
            if is_all {
                break;
            }
        }
        place = After::START;
    }
    let page = Page::found_until(items, &asked.page, until, |_| (0, 0, String::new()));
    Ok(Answered { page, at: diary.now() })
}

/// A page of what was found, and when it was looked for.
struct Answered {
    page: Page<Value>,
    at: Instant,
}

/// A page of what was found.
fn found(request: &HttpRequest, fhir: &Fhir, Answered { page, at }: Answered) -> HttpResponse {
    let this = request.uri().path_and_query().map_or(request.path(), |asked| asked.as_str());
    let next = answers::next(request, &page).map(|next| fhir.address(&next));
    answer(&bundle::searchset(page.items, at, &fhir.address(this), next.as_deref()))
}

/// A resource, with the tag of its version.
fn one(resource: &Value) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(version) = resource["meta"]["versionId"].as_str() {
        response.insert_header(header::ETag(header::EntityTag::new_weak(version.to_owned())));
    }
    response.insert_header((header::CONTENT_TYPE, FHIR_JSON)).body(resource.to_string())
}

fn answer(resource: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, FHIR_JSON)).body(resource.to_string())
}
