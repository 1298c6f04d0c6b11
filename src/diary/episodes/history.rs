//! What a cramp said before.

use super::model::Episode;
use crate::{
    access::{ReadableDiary, Role},
    diary::{
        logged::Logged,
        table::Table,
        tombstones,
        versions::{
            self,
            model::{Authorship, Version},
            view::{self, VersionView},
        },
    },
    foundation::{
        faults::Faults,
        ids::Id,
        paging::{Page, PageRequest},
    },
    storage::{Db, refusal::Refusal, stored_json},
};

/// A page of all that a cramp said, the latest first, also of one that was deleted, which is for the owner alone.
///
/// # Errors
/// When the caller may only read the diary, there never was such a cramp, or what is wrong with the question.
pub fn page(
    db: &mut Db,
    diary: &ReadableDiary,
    id: &Id,
    asked: Result<PageRequest<i64>, Faults>,
) -> Result<Page<VersionView>, Refusal> {
    if !diary.role().writes() {
        return Err(Refusal::Forbidden);
    }
    let request = asked?;
    let present = Episode::lookup(db, diary, id)?;
    if present.is_none() && diary.role() != Role::Owner {
        return tombstones::absent(db, diary, Table::Episodes, id.as_str());
    }
    let mut all = Vec::new();
    if let Some(episode) = &present {
        let authorship = Episode::written(db, diary, id)?.as_deref().map(Authorship::read).transpose()?;
        let revision = authorship.as_ref().map_or(episode.revision, |authorship| authorship.revision);
        let told = Some(stored_json::read("version", &Logged::told(episode)?)?);
        all.push(Version { revision, told, authorship });
    }
    all.extend(versions::store::all(db, diary, Table::Episodes, id.as_str())?);
    if all.is_empty() {
        return tombstones::absent(db, diary, Table::Episodes, id.as_str());
    }
    let after = request.after.unwrap_or(i64::MAX);
    all.retain(|version| version.revision.0 < after);
    let page = Page::cut(all, &request, |version| version.revision.0);
    let next_cursor = page.next_cursor;
    Ok(Page { items: view::shown(db, diary, page.items)?, next_cursor })
}
