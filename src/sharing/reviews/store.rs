//! Reviews in the database.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::Review;
use crate::{
    access::{ErasableDiary, ReadableDiary, Role, accounts},
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest},
        precondition::Revision,
        quota::Quota,
        values::Name,
    },
    storage::{Db, Result, Written, delete_first, on_engine, refusal::Refusal, schema::reviews},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reviews, treat_none_as_default_value = false)]
struct Row {
    id: String,
    user_id: String,
    user_name: Option<String>,
    revision: i64,
    reviewed_at: Instant,
}

impl From<Row> for Review {
    fn from(row: Row) -> Self {
        Self {
            id: Id::stored(row.id),
            user_id: Id::stored(row.user_id),
            user_name: row.user_name.map(Name::stored),
            revision: Revision(row.revision),
            reviewed_at: row.reviewed_at,
        }
    }
}

/// Who may mark a diary as reviewed: those with whom it is shared.
///
/// # Errors
/// When it is the caller's own.
pub fn reviewer(diary: &ReadableDiary) -> Result<&Id, Refusal> {
    diary.user_id().filter(|_| diary.role() != Role::Owner).ok_or(Refusal::Forbidden)
}

/// Of one reviewer, so that nobody uses up another's.
const MARKS: Quota = Quota { what: "marks of your reviews in this diary", most: 10_000 };

/// Marks a diary as reviewed up to a revision. Saying it again changes nothing.
///
/// # Errors
/// When the reviewer's account is gone, or they have as many in the diary as fit.
pub fn mark(db: &mut Db, diary: &ReadableDiary, user_id: &Id, revision: Revision) -> Result<Written<Review>, Refusal> {
    let theirs = reviews::table.filter(reviews::diary_id.eq(diary.id()).and(reviews::user_id.eq(user_id.as_str())));
    let said = theirs.filter(reviews::revision.eq(revision.0)).select(Row::as_select());
    if let Some(row) = said.first::<Row>(db).optional()? {
        return Ok(Written::Unchanged(row.into()));
    }
    MARKS.one_more(theirs.count().get_result(db)?)?;
    let user = accounts::store::find(db, user_id)?.ok_or(Refusal::NotSignedIn)?.user;
    let row = Row {
        id: Id::random().to_string(),
        user_id: user_id.to_string(),
        user_name: user.display_name.map(|name| name.as_str().to_owned()),
        revision: revision.0,
        reviewed_at: diary.now(),
    };
    diesel::insert_into(reviews::table).values((reviews::diary_id.eq(diary.id()), &row)).execute(db)?;
    Ok(Written::New(row.into()))
}

/// Up to which revision the caller said to have read a diary.
pub fn latest(db: &mut Db, diary: &ReadableDiary) -> Result<Option<Revision>> {
    let user_id = diary.user_id().map(ToString::to_string).unwrap_or_default();
    let of_user = reviews::diary_id.eq(diary.id()).and(reviews::user_id.eq(user_id));
    let latest: Option<i64> = on_engine!(db, |db| {
        reviews::table.filter(of_user).order(reviews::revision.desc()).select(reviews::revision).first(db).optional()
    })?;
    Ok(latest.map(Revision))
}

/// Up to which revision a user said to have read some diaries, and when they said so; those of which they said nothing
/// are missing.
pub fn latest_of(db: &mut Db, user_id: &Id, diary_ids: &[&str]) -> Result<HashMap<Id, (Revision, Instant)>> {
    if diary_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let columns = (reviews::diary_id, reviews::revision, reviews::reviewed_at);
    let of_user = reviews::user_id.eq(user_id.as_str());
    let rows: Vec<(String, i64, Instant)> = match db {
        // Each is a look into an index, and nobody is far away.
        Db::Sqlite(db) => {
            let latest = |id: &&str| {
                let of_diary = reviews::table.filter(reviews::diary_id.eq(*id).and(of_user));
                of_diary.order(reviews::revision.desc()).select(columns).first(db).optional().transpose()
            };
            diary_ids.iter().filter_map(latest).collect::<QueryResult<_>>()
        }
        Db::Postgres(db) => reviews::table
            .filter(reviews::diary_id.eq_any(diary_ids).and(of_user))
            .order((reviews::diary_id, reviews::revision.desc()))
            .distinct_on(reviews::diary_id)
            .select(columns)
            .load(db),
    }?;
    Ok(rows.into_iter().map(|(diary, revision, at)| (Id::stored(diary), (Revision(revision), at))).collect())
}

/// A page of reviews, the latest first: all of them for the owner, and their own for others.
pub fn page(db: &mut Db, diary: &ReadableDiary, request: &PageRequest<String>) -> Result<Page<Review>> {
    let mut query = reviews::table
        .filter(reviews::diary_id.eq(diary.id()))
        .order(reviews::id.desc())
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if diary.role() != Role::Owner {
        query = query.filter(reviews::user_id.eq(diary.user_id().map(ToString::to_string).unwrap_or_default()));
    }
    if let Some(before) = &request.after {
        query = query.filter(reviews::id.lt(before.clone()));
    }
    let found: Vec<Row> = query.load(db)?;
    Ok(Page::cut(found, request, |row| row.id.clone()).map(Review::from))
}

/// Erases the first `most` reviews of a diary that is being erased, and says how many.
pub fn erase_first(db: &mut Db, diary: &ErasableDiary, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, reviews by id: String, where reviews::diary_id.eq(diary.id()))?)
}
