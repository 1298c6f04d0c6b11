//! Cursors of the change log: up to where a device has read which diary, and by which right.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    access::ReadableDiary,
    diary::{change_log::Position, table::Table},
    exchange::change_log::log::From,
    foundation::{
        faults::{FaultCode, Faults},
        fields::{self, FromJson},
        ids::Id,
        precondition::Revision,
        timestamps::parse_date,
    },
    storage::refusal::Refusal,
};

/// Where a device stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// It has nothing yet.
    Nothing,
    /// It has read up to there.
    Cursor(Cursor),
}

/// Up to where a device has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    diary: String,
    /// The consent that the reader's right rests on; `None` for the owner's. Another right shows another part of the diary.
    consent: Option<String>,
    place: Position,
    deleted_after: Revision,
}

/// The same in short, as it is written.
#[derive(Serialize, Deserialize)]
struct Written(String, Option<String>, i64, Option<(Table, String)>, i64);

/// Tells a cursor from what somebody made up.
const MARK: &str = "c_";

impl Cursor {
    /// Of somebody who has read up to a place.
    #[must_use]
    pub fn at(diary: &ReadableDiary, place: Position, deleted_after: Revision) -> Self {
        let consent = diary.right().consent_id.as_ref().map(ToString::to_string);
        Self { diary: diary.id().to_owned(), consent, place, deleted_after }
    }

    /// As clients keep it.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { diary, consent, place, deleted_after } = self.clone();
        let written = Written(diary, consent, place.revision.0, place.row, deleted_after.0);
        format!("{MARK}{}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(&written).unwrap_or_default()))
    }

    fn parse(text: &str) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(text.strip_prefix(MARK)?).ok()?;
        let Written(diary, consent, revision, row, deleted_after) = serde_json::from_slice(&json).ok()?;
        // Somebody may have made it up, and not everything can be compared with what is stored.
        let can_be = |(table, id): &(Table, String)| match table {
            Table::CheckIns => parse_date(id).is_some(),
            _ => id.len() <= 80 && id.split('.').all(|piece| piece.is_empty() || Id::parse(piece).is_some()),
        };
        let is_sound = row.as_ref().is_none_or(can_be) && revision >= 0 && deleted_after >= 0 && revision < i64::MAX;
        let place = Position { revision: Revision(revision), row };
        is_sound.then_some(Self { diary, consent, place, deleted_after: Revision(deleted_after) })
    }
}

impl Since {
    /// Whether it asks for the next page of a pull that began before.
    #[must_use]
    pub const fn goes_on(&self) -> bool {
        matches!(self, Self::Cursor(Cursor { place: Position { row: Some(_), .. }, .. }))
    }

    /// From where on a diary is to be read.
    ///
    /// # Errors
    /// When it is a cursor of another diary; when too much of what was deleted is forgotten, or the reader sees another part of
    /// the diary than before, so that only beginning anew helps.
    pub fn from(self, diary: &ReadableDiary) -> Result<From, Refusal> {
        let present = diary.diary();
        let Cursor { diary: of, consent, place, deleted_after } = match self {
            Self::Nothing => return Ok(From { place: Position::START, deleted_after: present.revision }),
            Self::Cursor(cursor) => cursor,
        };
        if of != diary.id() {
            return Err(Faults::at("since", FaultCode::Malformed, "is a cursor of another diary").into());
        }
        let forgotten = place.revision.max(deleted_after) < present.complete_since;
        // After a restore, a device may have seen more than there is.
        let from_the_future = place.revision.max(deleted_after) > present.revision;
        let another_part = consent.as_deref() != diary.right().consent_id.as_ref().map(Id::as_str);
        if forgotten || from_the_future || another_part {
            return Err(Refusal::ResyncRequired);
        }
        Ok(From { place, deleted_after })
    }
}

impl FromJson for Since {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let malformed = || Faults::here(FaultCode::Malformed, "is neither 0 nor a cursor of this diary");
        match fields::text(value, 1..=1024)?.as_str() {
            "0" => Ok(Self::Nothing),
            text => Cursor::parse(text).map(Self::Cursor).ok_or_else(malformed),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn cursor(row: Option<(Table, String)>) -> Cursor {
        let place = Position { revision: Revision(41), row };
        Cursor { diary: "d".into(), consent: None, place, deleted_after: Revision(7) }
    }

    #[test]
    fn a_cursor_reads_as_it_was_written() {
        for row in
            [None, Some((Table::Soreness, "a.b.2026-03-29".into())), Some((Table::CheckIns, "2026-03-29".into()))]
        {
            let cursor = cursor(row);
            assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
        }
    }

    #[test]
    fn what_can_t_be_compared_is_none() {
        let dates = ["+12026-03-29", "", "2026-3-29"].map(|date| (Table::CheckIns, date.to_owned()));
        for row in dates.into_iter().chain([(Table::Episodes, "a\0".into()), (Table::Episodes, "é".repeat(9))]) {
            assert_eq!(Cursor::parse(&cursor(Some(row)).text()), None);
        }
        for text in ["", "c_", "0", "c_bm90IGpzb24", "41"] {
            assert_eq!(Cursor::parse(text), None);
        }
    }
}
