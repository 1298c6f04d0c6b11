//! What is in the file of a health link: the person, the report, and what was logged in its period.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    access::ReadableDiary,
    analytics::period::DateRange,
    diary::{
        check_ins::{self, model::CheckIn},
        episodes::{self, soreness},
        treatments,
    },
    exchange::fhir::{
        bundle,
        frame::{Frame, Version},
        rows,
    },
    foundation::{paging::PageRequest, values::Triggers},
    storage::{Db, Result},
};

/// So many cramps are in the file at most, the latest of the period: it is made in memory.
const MOST: i64 = 2_000;

/// The resources of a period, the person first and then the report, which has no PDF yet.
///
/// # Errors
/// When the database fails.
pub fn resources(db: &mut Db, frame: &Frame, diary: &ReadableDiary, period: DateRange) -> Result<Vec<Value>> {
    let DateRange { from, to } = period;
    let mut found = vec![frame.person(diary), frame.report(diary)];
    let mut asked = PageRequest::longest();
    loop {
        let page = check_ins::store::page(db, diary, (Some(from), Some(to)), &asked)?;
        let next = page.next_cursor;
        let days = rows::days_with_cramps(db, diary, &page.items)?;
        found.extend(
            page.items
                .into_iter()
                .map(as_in_the_report)
                .map(|check_in| frame.check_in(&check_in, days.get(&check_in.date))),
        );
        let Some(next) = next.and_then(|cursor| asked.following(&cursor)) else { break };
        asked = next;
    }
    let cramps = episodes::store::latest(db, diary, from, to, MOST)?;
    let parts = diary.diary().day_parts;
    found.extend(cramps.iter().map(|cramp| frame.cramp(cramp, parts)));
    let ids: Vec<_> = cramps.iter().map(|cramp| cramp.id.clone()).collect();
    let cramps: HashMap<_, _> = cramps.iter().map(|cramp| (&cramp.id, cramp)).collect();
    for entry in soreness::store::after(db, diary, &ids, (from, to))? {
        if let Some(cramp) = cramps.get(&entry.episode_id) {
            found.push(frame.soreness(&entry, &Version::of(*cramp), cramp.details.sites.items()));
        }
    }
    let treatments = treatments::store::between(db, diary, from, to)?;
    found.extend(treatments.iter().map(|treatment| frame.treatment(treatment, diary.today())));
    Ok(found)
}

/// What the report shows of a check-in, which is what the patient agreed to: that the day is known, and nothing that was said
/// besides.
fn as_in_the_report(mut check_in: CheckIn) -> CheckIn {
    check_in.report.note = None;
    check_in.report.triggers = Triggers::default();
    check_in
}

/// The file: all of it in one Bundle, with the report as a PDF inside, so that nobody has to ask for it elsewhere.
#[must_use]
pub fn write(frame: &Frame, mut resources: Vec<Value>, pdf: &[u8]) -> String {
    if let Some(report) = resources.get_mut(1) {
        let attachment = &mut report["content"][0]["attachment"];
        attachment["data"] = STANDARD.encode(pdf).into();
        if let Some(fields) = attachment.as_object_mut() {
            // It takes an account.
            fields.remove("url");
        }
    }
    let entries: Vec<_> = resources.into_iter().map(|resource| bundle::entry(frame, resource)).collect();
    let mut file = json!({"resourceType": "Bundle", "type": "collection"});
    file["entry"] = entries.into();
    file.to_string()
}
