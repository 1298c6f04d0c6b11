//! The diary as one Bundle of FHIR: the resources that `/fhir/R4` answers with.

use std::io::{self, Write};

use serde_json::Value;

use super::{rows, spool};
use crate::{
    access::{OwnedDiary, visits},
    diary::{change_log::After, table::Table},
    exchange::fhir::{
        bundle,
        frame::{Fhir, Frame},
        rows as resources,
    },
    sharing::consents,
    storage::{Db, Error, refusal::Refusal},
};

/// So many rows are held.
const AT_ONCE: i64 = 200;

/// Writes a diary down as it is in the snapshot at hand: the person, what was logged, what was agreed to, and who looked.
///
/// # Errors
/// When the database fails, or what is written to.
pub fn write(db: &mut Db, fhir: &Fhir, diary: &OwnedDiary, to: &mut impl Write) -> Result<(), Refusal> {
    let frame = fhir.frame(&diary.diary().id);
    let mut bundle = Bundle { to, frame: &frame, before: "" };
    bundle.begin(&diary.now().rfc3339())?;
    bundle.entry(frame.person(diary))?;
    bundle.entry(frame.report(diary))?;
    for table in [Table::CheckIns, Table::Episodes, Table::Soreness, Table::Treatments] {
        let mut place = After::START;
        loop {
            let found = resources::after(db, &frame, diary, table, &place, AT_ONCE)?;
            let Some(last) = found.last() else { break };
            place = last.place.clone();
            found.into_iter().filter_map(|row| row.shown).try_for_each(|shown| bundle.entry(shown.resource))?;
        }
    }
    rows::each(
        |asked| consents::store::page(db, diary, None, asked)?.try_map(|consent| frame.consent(consent, diary.now())),
        |consent| bundle.entry(consent),
    )?;
    rows::each(
        |asked| Ok(visits::store::chain(db, diary, asked)?.map(|look| frame.look(&look))),
        |look| bundle.entry(look),
    )?;
    Ok(bundle.end()?)
}

/// A Bundle that is being written, an entry a line.
struct Bundle<'a, W> {
    to: &'a mut W,
    frame: &'a Frame,
    before: &'static str,
}

impl<W: Write> Bundle<'_, W> {
    fn begin(&mut self, at: &str) -> Result<(), Error> {
        self.write(&format!(
            "{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"timestamp\":\"{at}\",\"entry\":[\n"
        ))
    }

    fn entry(&mut self, resource: Value) -> Result<(), Error> {
        self.write(self.before)?;
        self.before = ",\n";
        self.write(&bundle::entry(self.frame, resource).to_string())
    }

    fn end(mut self) -> Result<(), Error> {
        self.write("\n]}\n")
    }

    fn write(&mut self, text: &str) -> Result<(), Error> {
        self.to.write_all(text.as_bytes()).map_err(|error: io::Error| spool::failed(&error))
    }
}
