//! The rows of a list, as they are read.

use serde::de::DeserializeOwned;

use crate::{
    foundation::paging::{Page, PageRequest},
    storage::{Error, refusal::Refusal},
};

/// Hands on each row of a list, page by page, each from where the last one ended. No more than a page is held.
///
/// # Errors
/// When a page can't be read, or a row is not taken.
pub fn each<K: DeserializeOwned, T>(
    mut page: impl FnMut(&PageRequest<K>) -> Result<Page<T>, Refusal>,
    mut take: impl FnMut(T) -> Result<(), Error>,
) -> Result<(), Refusal> {
    let mut asked = PageRequest::longest();
    loop {
        let Page { items, next_cursor } = page(&asked)?;
        items.into_iter().try_for_each(&mut take)?;
        let Some(cursor) = next_cursor else { return Ok(()) };
        // Whatever is missing would look as though it had never been.
        asked = asked.following(&cursor).ok_or_else(|| Error::Failed("a cursor leads nowhere".into()))?;
    }
}
