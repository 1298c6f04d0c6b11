//! The document: everything in one piece of JSON, a row a line.

use serde::{Serialize, de::DeserializeOwned};

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
const FORMAT: &str = "cramp-diary-export@1";

/// Writes a diary down as it is in the snapshot at hand. Besides a page of rows, the bytes are all that is held.
///
/// # Errors
/// When the owner is gone, or the database fails.
pub fn write(db: &mut Db, diary: &OwnedDiary) -> Result<Vec<u8>, Refusal> {
    let account = match diary.user_id() {
        Some(owner) => accounts::store::find(db, owner)?,
        None => None,
    };
    let account = account.ok_or(Refusal::NotSignedIn)?.user;
    let mut document = Document::default();
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
    Ok(document.end())
}

/// An object that is being written.
#[derive(Debug, Default)]
struct Document(Vec<u8>);

impl Document {
    fn field(&mut self, name: &str, value: &impl Serialize) -> Result<(), Error> {
        self.name(name)?;
        self.value(value)
    }

    /// A list whose rows are written as they are read, page by page, each from where the last one ended.
    fn list<K: DeserializeOwned, T: Serialize>(
        &mut self,
        name: &str,
        mut page: impl FnMut(&PageRequest<K>) -> Result<Page<T>, Refusal>,
    ) -> Result<(), Refusal> {
        self.name(name)?;
        let (mut asked, mut before) = (PageRequest::longest(), "[\n");
        loop {
            let Page { items, next_cursor } = page(&asked)?;
            for row in items {
                self.0.extend(before.as_bytes());
                before = ",\n";
                self.value(&row)?;
            }
            let Some(cursor) = next_cursor else { break };
            // Whatever is missing would look as though it had never been.
            asked = asked.following(&cursor).ok_or_else(|| Error::Failed("a cursor leads nowhere".into()))?;
        }
        self.0.extend(if before == "[\n" { b"[]" } else { b"\n]" });
        Ok(())
    }

    fn name(&mut self, name: &str) -> Result<(), Error> {
        self.0.extend(if self.0.is_empty() { b"{\n" } else { b",\n" });
        self.value(&name)?;
        self.0.push(b':');
        Ok(())
    }

    fn value(&mut self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.0, value).map_err(|error| Error::Failed(error.to_string()))
    }

    fn end(mut self) -> Vec<u8> {
        self.0.extend(b"\n}\n");
        self.0
    }
}
