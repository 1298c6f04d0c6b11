//! Documents of `RxDB`, and the checkpoints up to where it has them.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    access::ReadableDiary,
    diary::{change_log::Position, table::Table, tombstones},
    exchange::change_log::{
        log::{self, From},
        model::{Change, Row},
    },
    foundation::{
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
        ids::Id,
        precondition::Revision,
    },
    storage::{self, Db, refusal::Refusal},
};

/// Up to where `RxDB` has the documents of a table: behind this one. While a device reads everything for the first time, what was
/// deleted before concerns it in nothing, which a half after the revision tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checkpoint {
    /// The id of the last document.
    pub id: String,
    /// Its revision.
    pub lwt: Lwt,
}

/// A revision, and whether everything is being read for the first time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lwt {
    revision: Revision,
    is_first_time: bool,
}

impl Serialize for Lwt {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_first_time && self.revision > Revision(0) {
            #[expect(clippy::cast_precision_loss, reason = "no diary is changed 2^52 times")]
            serializer.serialize_f64(self.revision.0 as f64 + 0.5)
        } else {
            self.revision.serialize(serializer)
        }
    }
}

impl FromJson for Lwt {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let text = value.as_str().and_then(|text| text.parse().ok());
        match value.as_f64().or(text) {
            #[expect(clippy::cast_possible_truncation, reason = "it is a whole number of 52 bits, or a half more")]
            Some(lwt) if (0.0..4.5e15).contains(&lwt) && (lwt * 2.0).fract() == 0.0 => {
                Ok(Self { revision: Revision(lwt as i64), is_first_time: lwt == 0.0 || lwt.fract() > 0.0 })
            }
            _ => Err(Faults::here(FaultCode::WrongType, "expected the lwt of a checkpoint, or 0")),
        }
    }
}

/// A page of documents.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Documents {
    pub documents: Vec<Value>,
    pub checkpoint: Checkpoint,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Behind this.
    pub checkpoint: Checkpoint,
    /// So many at most.
    pub limit: usize,
}

impl Asked {
    /// Takes it out of a query.
    pub fn of(query: &mut Fields) -> Self {
        let lwt = query.optional("lwt").unwrap_or(Lwt { revision: Revision(0), is_first_time: true });
        let id = query.optional::<String>("id").unwrap_or_default();
        let bare = id.strip_prefix(END).unwrap_or(&id);
        if bare.len() > 80 || !bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)) {
            query.fault("id", FaultCode::Malformed, "expected the id of a checkpoint");
        }
        let limit = query.optional::<Limit>("limit").map_or(100, |limit| limit.0);
        Self { checkpoint: Checkpoint { id, lwt }, limit }
    }
}

struct Limit(usize);

impl FromJson for Limit {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        fields::integer(value, 1..=1000).map(|limit| Self(limit.unsigned_abs() as usize))
    }
}

/// The documents of a table behind a checkpoint.
///
/// # Errors
/// When the device can't be brought up to date by them, or the database fails.
pub fn page(db: &mut Db, diary: &ReadableDiary, table: Table, asked: &Asked) -> Result<Documents, Refusal> {
    let Checkpoint { id, lwt } = &asked.checkpoint;
    let present = diary.diary().revision;
    // Behind this it has seen of this table all that there was to see by this right.
    let forgotten = tombstones::forgotten_up_to(db, diary, table)?;
    let end = end_mark(diary);
    let is_behind = |revision: Revision, id: &str| {
        let another_part =
            diary.right().since_revision.is_some_and(|since| revision < since || (revision == since && id != end));
        revision < forgotten || another_part
    };
    let is_new = lwt.is_first_time && lwt.revision <= present;
    if !is_new && (lwt.revision > present || is_behind(lwt.revision, id)) {
        return Err(Refusal::ResyncRequired);
    }
    let place = if id.starts_with(END) {
        Position::end_of(lwt.revision)
    } else {
        Position { revision: lwt.revision, row: Some((table, id.clone())) }
    };
    let read = log::read(db, diary, &From { place, deleted_after: Revision(0) }, &[table], asked.limit)?;
    let checkpoint = match read.changes.last() {
        // What they are not shown is behind them all the same.
        _ if diary.view().visible_from.is_some() && !read.has_more && lwt.revision < present => {
            Checkpoint { id: end, lwt: Lwt { revision: present, is_first_time: false } }
        }
        None => asked.checkpoint.clone(),
        // Until it has everything, it comes back as somebody who is new.
        Some(last) if is_new && is_behind(last.revision, &last.id) => {
            if read.has_more {
                Checkpoint { id: last.id.clone(), lwt: Lwt { revision: last.revision, is_first_time: true } }
            } else {
                Checkpoint { id: end, lwt: Lwt { revision: present, is_first_time: false } }
            }
        }
        Some(last) => Checkpoint { id: last.id.clone(), lwt: Lwt { revision: last.revision, is_first_time: false } },
    };
    Ok(Documents { documents: documents(&read.changes)?, checkpoint })
}

/// Begins the id of a checkpoint behind everything: no row has such an id, and each comes before it.
const END: char = '~';

/// The id of a checkpoint behind everything that somebody was shown by their right.
fn end_mark(diary: &ReadableDiary) -> String {
    let consent = diary.right().consent_id.as_ref();
    format!("{END}{}", consent.map(Id::as_str).unwrap_or_default())
}

/// The documents of a table that changed after a place; `None` when none did.
///
/// # Errors
/// When the database fails.
pub fn news(
    db: &mut Db,
    diary: &ReadableDiary,
    table: Table,
    place: Position,
    most: usize,
) -> Result<Option<(Documents, Position)>, Refusal> {
    let read = log::read(db, diary, &From { place, deleted_after: Revision(0) }, &[table], most)?;
    let Some(last) = read.changes.last() else { return Ok(None) };
    let lwt = Lwt { revision: last.revision, is_first_time: false };
    let (checkpoint, place) = (Checkpoint { id: last.id.clone(), lwt }, last.position());
    Ok(Some((Documents { documents: documents(&read.changes)?, checkpoint }, place)))
}

fn documents(changes: &[Change]) -> Result<Vec<Value>, storage::Error> {
    changes.iter().map(|change| document(&change.id, change.row.as_ref())).collect()
}

/// What a document does not say. `RxDB` means something of its own by a revision, and has the one of the service in `lwt`; and
/// by which right somebody sees the settings is nothing that a document could be in conflict about.
const LEFT_OUT: [&str; 5] = ["revision", "role", "visible_from", "include_notes", "access_until"];

/// The document of a row that is not there.
#[must_use]
pub fn deleted(id: &str) -> Value {
    json!({"id": id, "_deleted": true})
}

/// A row as a document; one that is not there has its id and says so.
///
/// # Errors
/// When it can't be written as JSON, which is a defect.
pub fn document(id: &str, row: Option<&Row>) -> Result<Value, storage::Error> {
    let is_deleted = row.is_none();
    let mut document = row.map(Row::fields).transpose()?.unwrap_or_default();
    document.retain(|name, _| !LEFT_OUT.contains(&name.as_str()));
    document.insert("id".to_owned(), id.into());
    document.insert("_deleted".to_owned(), is_deleted.into());
    Ok(Value::Object(document))
}
