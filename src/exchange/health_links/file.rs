//! What is in the file of a health link: the person, the report, and what was logged in its period.

use std::{collections::HashMap, fmt::Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::Days;
use serde_json::{Value, json};

use crate::{
    access::ReadableDiary,
    analytics::period::DateRange,
    diary::{
        check_ins::{self, model::CheckIn},
        episodes::{self, model::Episode, soreness},
        treatments,
    },
    exchange::fhir::{
        bundle,
        frame::{Frame, Version},
        rows,
    },
    foundation::{ids::Id, paging::PageRequest, values::Triggers},
    storage::{Db, Error, Result},
};

/// So many cramps are in the file at most, and so many days with a check-in, the latest of the period: it is made in memory.
const MOST: u16 = 2_000;
/// Cramps whose soreness is read at once.
const AT_ONCE: usize = 100;
/// So long the rest may be before older soreness is left out.
const LONGEST: usize = 16 * 1024 * 1024;

/// A file without its report, which is printed meanwhile.
pub struct Draft {
    report: Value,
    /// The other entries, each with a comma before it.
    others: String,
}

impl Draft {
    /// Reads the rows of a period.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(db: &mut Db, frame: &Frame, diary: &ReadableDiary, period: DateRange) -> Result<Self> {
        let mut draft = Self { report: report(frame, diary, period), others: String::new() };
        draft.add(frame, frame.person(diary));
        draft.add_check_ins(db, frame, diary, period)?;
        draft.add_cramps(db, frame, diary, period)?;
        for treatment in treatments::store::between(db, diary, period.from, period.to)? {
            draft.add(frame, frame.treatment(&treatment, diary.today()));
        }
        Ok(draft)
    }

    fn add_check_ins(&mut self, db: &mut Db, frame: &Frame, diary: &ReadableDiary, period: DateRange) -> Result<()> {
        let first = period.to.checked_sub_days(Days::new(u64::from(MOST) - 1)).unwrap_or(period.from);
        let (from, to) = (period.from.max(first), period.to);
        let mut asked = PageRequest::longest();
        loop {
            let page = check_ins::store::page(db, diary, (Some(from), Some(to)), &asked)?;
            let days = rows::days_with_cramps(db, diary, &page.items)?;
            for check_in in page.items.into_iter().map(as_in_the_report) {
                self.add(frame, frame.check_in(&check_in, days.get(&check_in.date)));
            }
            let Some(cursor) = page.next_cursor else { return Ok(()) };
            asked = asked.following(&cursor).ok_or_else(|| Error::Failed("a cursor leads nowhere".into()))?;
        }
    }

    fn add_cramps(&mut self, db: &mut Db, frame: &Frame, diary: &ReadableDiary, period: DateRange) -> Result<()> {
        let cramps = episodes::store::latest(db, diary, period.from, period.to, i64::from(MOST))?;
        let parts = diary.diary().day_parts;
        for cramp in &cramps {
            self.add(frame, frame.cramp(cramp, parts));
        }
        for some in cramps.chunks(AT_ONCE) {
            if self.others.len() >= LONGEST {
                break;
            }
            self.add_soreness(db, frame, diary, (some, period))?;
        }
        Ok(())
    }

    fn add_soreness(
        &mut self,
        db: &mut Db,
        frame: &Frame,
        diary: &ReadableDiary,
        (cramps, period): (&[Episode], DateRange),
    ) -> Result<()> {
        let ids: Vec<_> = cramps.iter().map(|cramp| cramp.id.clone()).collect();
        let cramps: HashMap<&Id, &Episode> = cramps.iter().map(|cramp| (&cramp.id, cramp)).collect();
        for entry in soreness::store::after(db, diary, &ids, (period.from, period.to))? {
            if let Some(cramp) = cramps.get(&entry.episode_id) {
                self.add(frame, frame.soreness(&entry, &Version::of(*cramp), cramp.details.sites.items()));
            }
        }
        Ok(())
    }

    fn add(&mut self, frame: &Frame, resource: Value) {
        // Writing to a String can't fail.
        let _ = write!(self.others, ",\n{}", bundle::entry(frame, resource));
    }

    /// The file: all of it in one Bundle, with the report as a PDF inside, so that nobody has to ask for it elsewhere.
    #[must_use]
    pub fn with(mut self, pdf: &[u8]) -> String {
        self.report["resource"]["content"][0]["attachment"]["data"] = STANDARD.encode(pdf).into();
        let Self { report, others } = self;
        format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[\n{report}{others}\n]}}\n")
    }
}

/// The report of a period, which has its PDF inside once that is printed: at its own address it takes an account.
fn report(frame: &Frame, diary: &ReadableDiary, DateRange { from, to }: DateRange) -> Value {
    let mut report = frame.report(diary);
    report["description"] = format!("Cramps from {from} to {to}.").into();
    report["context"] = json!({"period": {"start": from, "end": to}});
    report["content"] = json!([{"attachment": {"contentType": "application/pdf", "title": "Cramp diary"}}]);
    bundle::entry(frame, report)
}

/// What the patient agreed to of a check-in: that there was one, and nothing that was said besides.
fn as_in_the_report(mut check_in: CheckIn) -> CheckIn {
    check_in.report.note = None;
    check_in.report.triggers = Triggers::default();
    check_in
}
