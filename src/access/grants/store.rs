//! Grants in the database. Whether one still holds is asked in the proofs; here are the rows.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{
    model::{Ended, Grant, Right, Role},
    view::View,
};
use crate::{
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest, Timed},
        precondition::Revision,
    },
    storage::{
        Db, Error, Result, delete_first, on_engine,
        schema::{former_grants, grants},
    },
};

/// The owner's grant rests on no consent that could give it a name.
const OF_THE_OWNER: &str = "owner";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
struct Row {
    diary_id: String,
    user_id: String,
    role: String,
    created_at: Instant,
    id: String,
    access_until: Option<Instant>,
    visible_from: Option<NaiveDate>,
    include_notes: bool,
    since_revision: Option<i64>,
}

impl TryFrom<Row> for Grant {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let role = Role::parse(&row.role).ok_or_else(|| Error::corrupt("role"))?;
        Ok(Self {
            diary_id: Id::stored(row.diary_id),
            user_id: Id::stored(row.user_id),
            right: Right {
                consent_id: (role != Role::Owner).then(|| Id::stored(row.id)),
                role,
                view: View { visible_from: row.visible_from, include_notes: row.include_notes },
                access_until: row.access_until,
                since_revision: row.since_revision.map(Revision),
            },
            created_at: row.created_at,
        })
    }
}

/// Gives a user a right on a diary, on which they must have none.
pub fn insert(db: &mut Db, grant: &Grant) -> Result<()> {
    let right = &grant.right;
    let row = Row {
        diary_id: grant.diary_id.to_string(),
        user_id: grant.user_id.to_string(),
        role: right.role.as_str().to_owned(),
        created_at: grant.created_at,
        id: right.consent_id.as_ref().map_or_else(|| OF_THE_OWNER.to_owned(), ToString::to_string),
        access_until: right.access_until,
        visible_from: right.view.visible_from,
        include_notes: right.view.include_notes,
        since_revision: right.since_revision.map(|revision| revision.0),
    };
    diesel::insert_into(grants::table).values(row).execute(db)?;
    Ok(())
}

/// What a user was given of a diary, whether it still holds or not.
pub fn find(db: &mut Db, diary_id: &str, user_id: &Id) -> Result<Option<Grant>> {
    let row: Option<Row> = on_engine!(db, |db| {
        grants::table.find((diary_id, user_id.as_str())).select(Row::as_select()).first(db).optional()
    })?;
    row.map(Grant::try_from).transpose()
}

/// The same, kept from being taken back until the transaction ends: whoever takes it back waits for what rests on it.
pub fn find_held(db: &mut Db, diary_id: &str, user_id: &Id) -> Result<Option<Grant>> {
    let Db::Postgres(db) = db else { return find(db, diary_id, user_id) };
    let row = grants::table.find((diary_id, user_id.as_str())).select(Row::as_select()).for_key_share();
    row.first::<Row>(db).optional()?.map(Grant::try_from).transpose()
}

/// What was given on a consent.
pub fn find_by_consent(db: &mut Db, diary_id: &str, consent_id: &Id) -> Result<Option<Grant>> {
    let of_it = grants::diary_id.eq(diary_id).and(grants::id.eq(consent_id.as_str()));
    let one = grants::table.filter(of_it.and(grants::role.ne(Role::Owner.as_str())));
    let row: Option<Row> = one.select(Row::as_select()).first(db).optional()?;
    row.map(Grant::try_from).transpose()
}

/// A page of what was given to others of a diary and has not run out, the latest first; what rests on one consent, if one
/// is named.
pub fn page_of_diary(
    db: &mut Db,
    diary_id: &str,
    consent_id: Option<&Id>,
    request: &PageRequest<Timed>,
    now: Instant,
) -> Result<Page<Grant>> {
    let mut query = grants::table
        .filter(grants::diary_id.eq(diary_id).and(grants::role.ne(Role::Owner.as_str())))
        .filter(grants::access_until.is_null().or(grants::access_until.gt(now)))
        .order((grants::created_at.desc(), grants::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(id) = consent_id {
        query = query.filter(grants::id.eq(id.to_string()));
    }
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        query = query.filter(grants::created_at.le(at)).filter(grants::created_at.lt(at).or(grants::id.lt(id.clone())));
    }
    let found: Vec<Row> = query.load(db)?;
    Page::cut(found, request, |row| (row.created_at.micros(), row.id.clone())).try_map(Grant::try_from)
}

/// A page of what a user has been given and has not run out, by diary; what gives one role, if one is named.
pub fn page_of_user(
    db: &mut Db,
    user_id: &Id,
    role: Option<Role>,
    request: &PageRequest<String>,
    now: Instant,
) -> Result<Page<Grant>> {
    let mut query = grants::table
        .filter(grants::user_id.eq(user_id.as_str()))
        .filter(grants::access_until.is_null().or(grants::access_until.gt(now)))
        .order(grants::diary_id)
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(role) = role {
        query = query.filter(grants::role.eq(role.as_str()));
    }
    if let Some(after) = &request.after {
        query = query.filter(grants::diary_id.gt(after.clone()));
    }
    let found: Vec<Row> = query.load(db)?;
    Page::cut(found, request, |row| row.diary_id.clone()).try_map(Grant::try_from)
}

/// What some users were given of some diaries, whether it still holds or not.
pub fn of_users(db: &mut Db, diary_ids: &[&str], user_ids: &[&str]) -> Result<Vec<Grant>> {
    if diary_ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = grants::table.filter(grants::diary_id.eq_any(diary_ids).and(grants::user_id.eq_any(user_ids)));
    let rows: Vec<Row> = on_engine!(db, |db| query.select(Row::as_select()).load(db))?;
    rows.into_iter().map(Grant::try_from).collect()
}

/// The first `most` of what some users were given, whether it still holds or not, by user and diary; those behind a place
/// in that order, if one is named.
pub fn first_of_users(
    db: &mut Db,
    user_ids: &[&str],
    after: Option<&(String, String)>,
    most: i64,
) -> Result<Vec<Grant>> {
    if user_ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = grants::table
        .filter(grants::user_id.eq_any(user_ids))
        .order((grants::user_id, grants::diary_id))
        .limit(most)
        .select(Row::as_select())
        .into_boxed();
    if let Some((user_id, diary_id)) = after {
        let behind = grants::user_id.gt(user_id).or(grants::diary_id.gt(diary_id));
        query = query.filter(grants::user_id.ge(user_id)).filter(behind);
    }
    let rows: Vec<Row> = query.load(db)?;
    rows.into_iter().map(Grant::try_from).collect()
}

/// How much a user was ever given of others' diaries and not taken back.
pub fn count_from_others(db: &mut Db, user_id: &Id) -> Result<i64> {
    let given = grants::user_id.eq(user_id.as_str()).and(grants::role.ne(Role::Owner.as_str()));
    Ok(grants::table.filter(given).count().get_result(db)?)
}

/// The first `most` of all that a user was ever given of others' diaries and not taken back, by diary.
pub fn first_from_others(db: &mut Db, user_id: &Id, most: i64) -> Result<Vec<Grant>> {
    let rows: Vec<Row> = grants::table
        .filter(grants::user_id.eq(user_id.as_str()).and(grants::role.ne(Role::Owner.as_str())))
        .order(grants::diary_id)
        .limit(most)
        .select(Row::as_select())
        .load(db)?;
    rows.into_iter().map(Grant::try_from).collect()
}

/// Takes back what rests on a consent, if anything does, and says who had it. That they had it is remembered until they are
/// given something else that ends.
pub fn delete(db: &mut Db, diary_id: &str, consent_id: &Id) -> Result<Option<Id>> {
    let of_it = || grants::diary_id.eq(diary_id).and(grants::id.eq(consent_id.as_str()));
    // Whatever a consent is called, the owner's own right rests on none.
    let one = || grants::table.filter(of_it().and(grants::role.ne(Role::Owner.as_str())));
    let held: Option<(String, String)> = one().select((grants::user_id, grants::role)).first(db).optional()?;
    let Some((user_id, role)) = held else { return Ok(None) };
    diesel::delete(former_grants::table.find((diary_id, &user_id))).execute(db)?;
    diesel::insert_into(former_grants::table)
        .values((
            former_grants::diary_id.eq(diary_id),
            former_grants::user_id.eq(&user_id),
            former_grants::consent_id.eq(consent_id.as_str()),
            former_grants::role.eq(role),
        ))
        .execute(db)?;
    diesel::delete(one()).execute(db)?;
    Ok(Some(Id::stored(user_id)))
}

/// Forgets who had what of a diary that is being erased: the first `most` of them, and says how many those were.
pub fn forget_first(db: &mut Db, diary_id: &str, most: i64) -> Result<usize> {
    let of_it = former_grants::diary_id.eq(diary_id);
    Ok(delete_first!(db, most, former_grants by user_id: String, where of_it)?)
}

/// Forgets what somebody had of a diary, whose account is being erased.
pub fn forget(db: &mut Db, diary_id: &str, user_id: &Id) -> Result<()> {
    diesel::delete(former_grants::table.find((diary_id, user_id.as_str()))).execute(db)?;
    Ok(())
}

/// What a user had of a diary before it was taken back.
pub fn find_former(db: &mut Db, diary_id: &str, user_id: &Id) -> Result<Option<Ended>> {
    let row: Option<(String, String)> = on_engine!(db, |db| {
        former_grants::table
            .find((diary_id, user_id.as_str()))
            .select((former_grants::consent_id, former_grants::role))
            .first(db)
            .optional()
    })?;
    row.map(|(consent_id, role)| {
        let role = Role::parse(&role).ok_or_else(|| Error::corrupt("role"))?;
        Ok(Ended { consent_id: Id::stored(consent_id), role })
    })
    .transpose()
}
