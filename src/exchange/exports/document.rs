//! The document: everything in one piece of JSON, a row a line.

use std::io::{self, Write};

use serde::{Serialize, de::DeserializeOwned};

use super::{rows, spool};
use crate::{
    access::{
        OwnedDiary,
        accounts::{self, view::UserView},
        visits,
    },
    diary::{
        check_ins,
        episodes::{
            self, soreness,
            store::{Filter, Position},
            view::EpisodeView,
        },
        settings::view::DiaryView,
        treatments,
    },
    foundation::paging::{Page, PageRequest},
    sharing::{
        consents::{self, view::ConsentView},
        reviews,
    },
    storage::{Db, Error, refusal::Refusal},
};

/// What the document says that it is.
pub const FORMAT: &str = "cramp-diary-export@1";

/// Writes a diary down as it is in the snapshot at hand. No more than a page of rows is held.
///
/// # Errors
/// When the owner is gone, the database fails, or what is written to.
pub fn write(db: &mut Db, diary: &OwnedDiary, to: &mut impl Write) -> Result<(), Refusal> {
    let account = match diary.user_id() {
        Some(owner) => accounts::store::find(db, owner)?,
        None => None,
    };
    let account = account.ok_or(Refusal::NotSignedIn)?.user;
    let mut document = Document { to, is_begun: false };
    document.field("format", &FORMAT)?;
    document.field("exported_at", &diary.now())?;
    document.field("revision", &diary.diary().revision)?;
    document.field("account", &UserView::from(&account))?;
    document.field("diary", &DiaryView::new(diary.diary(), diary.right()))?;

    let (filter, parts) = (Filter { oldest_first: true, ..Filter::default() }, diary.diary().day_parts);
    document.list("episodes", |asked: &PageRequest<Position>| {
        Ok(episodes::store::page(db, diary, &filter, asked)?.map(|episode| EpisodeView::new(episode, parts)))
    })?;
    document.list("soreness", |asked| Ok(soreness::store::page_of_diary(db, diary, asked)?))?;
    document.list("check_ins", |asked| Ok(check_ins::store::page(db, diary, (None, None), asked)?))?;
    document.list("treatments", |asked| Ok(treatments::store::page(db, diary, asked)?))?;
    document.list("consents", |asked| consents::store::page(db, diary, None, asked)?.try_map(ConsentView::of))?;
    document.list("reviews", |asked| Ok(reviews::store::page(db, diary, asked)?))?;
    document.list("access_log", |asked| Ok(visits::store::chain(db, diary, asked)?))?;
    Ok(document.end()?)
}

/// An object that is being written.
struct Document<'a, W> {
    to: &'a mut W,
    is_begun: bool,
}

impl<W: Write> Document<'_, W> {
    fn field(&mut self, name: &str, value: &impl Serialize) -> Result<(), Error> {
        self.name(name)?;
        self.value(value)
    }

    /// A list whose rows are written as they are read.
    fn list<K: DeserializeOwned, T: Serialize>(
        &mut self,
        name: &str,
        page: impl FnMut(&PageRequest<K>) -> Result<Page<T>, Refusal>,
    ) -> Result<(), Refusal> {
        self.name(name)?;
        let mut before = "[\n";
        rows::each(page, |row| {
            self.write(before)?;
            before = ",\n";
            self.value(&row)
        })?;
        Ok(self.write(if before == "[\n" { "[]" } else { "\n]" })?)
    }

    fn name(&mut self, name: &str) -> Result<(), Error> {
        self.write(if self.is_begun { ",\n" } else { "{\n" })?;
        self.is_begun = true;
        self.value(&name)?;
        self.write(":")
    }

    fn value(&mut self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut *self.to, value).map_err(|error| match error.io_error_kind() {
            Some(kind) => spool::failed(&kind.into()),
            None => Error::Failed(error.to_string()),
        })
    }

    fn write(&mut self, text: &str) -> Result<(), Error> {
        self.to.write_all(text.as_bytes()).map_err(|error: io::Error| spool::failed(&error))
    }

    fn end(mut self) -> Result<(), Error> {
        self.write("\n}\n")
    }
}
