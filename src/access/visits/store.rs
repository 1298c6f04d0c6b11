//! The access log in the database. Rows are added to the end of the diary's chain and read; there is nothing here that
//! changes what one says, and they go only with the diary. Beside them are kept, and change in the same transaction: where
//! the chain ends, and the entries, each of which sums up looks that follow each other.

pub mod rows;

use std::collections::HashMap;

use diesel::{
    dsl::{max, sum},
    prelude::*,
    sql_types::Bool,
};

use self::rows::{EntryRow, Head, HeadRow, LookRow};
use super::{
    model::{Access, Deed, Entry, Filter, Look, Outcome, Visitor},
    operation::Operation,
};
use crate::{
    access::{
        OwnedDiary, WritableDiary,
        accounts::model::{Email, Notice},
        diaries, notices,
    },
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest},
        values::Name,
    },
    storage::{
        self, Db, Error, Result, delete_first, fixed, on_engine,
        schema::{access_chains, access_entries, access_log},
    },
};

/// That a column has a value, or none. No text in it is empty.
macro_rules! is_or_is_none {
    ($column:expr, $value:expr) => {{
        let value: Option<&str> = $value;
        let is_none = value.is_none().into_sql::<Bool>();
        $column.eq(value.unwrap_or_default()).or($column.is_null().and(is_none))
    }};
}

/// Notes a visit. A write is noted in its own transaction, and a look before its answer goes out: what can't be noted
/// does not happen, and is not shown. A try that was denied is not noted where the entry that it belongs to is full.
///
/// The end of the diary's chain is locked from here on until the transaction ends. Whoever holds on to a grant as well
/// does that before.
pub fn record(db: &mut Db, diary_id: &str, visitor: &Visitor, deed: &Deed, now: Instant) -> Result<()> {
    let found = head_locked(db, diary_id)?;
    let head = found.unwrap_or(Head::NEW);
    if head.is_behind() {
        return Err(Error::Unavailable("what was noted before the upgrade is not chained yet".into()));
    }
    let (user_id, user_name, user_email) =
        visitor.user.clone().map_or((None, None, None), |(id, name, email)| (Some(id), name, Some(email)));
    let mut look = Look {
        id: Id::random(),
        number: head.number + 1,
        at: now,
        consent_id: visitor.consent_id.clone(),
        user_id,
        user_name,
        user_email,
        role: visitor.role,
        token_name: visitor.token_name.clone(),
        access: deed.access,
        what: deed.what.as_str().to_owned(),
        target: deed.target.clone(),
        outcome: deed.outcome,
        hash: None,
    };
    let entry = entry_taking(db, diary_id, &look)?;
    if entry.as_ref().is_some_and(Entry::is_full) {
        return Ok(());
    }
    let hash = look.after(head.hash, diary_id);
    look.hash = Some(hash);
    let head = Head { number: look.number, hash, ..head };
    let entry = fold(db, diary_id, &look, entry)?;
    let row = (access_log::diary_id.eq(diary_id), LookRow::of(look, entry));
    on_engine!(db, |db| fixed!(diesel::insert_into(access_log::table).values(row)).execute(db))?;
    if found.is_some() {
        return set_head(db, diary_id, head);
    }
    let row = (access_chains::diary_id.eq(diary_id), HeadRow::from(head));
    on_engine!(db, |db| diesel::insert_into(access_chains::table).values(row).execute(db))?;
    Ok(())
}

/// The entry that a look belongs to, if there is one already.
fn entry_taking(db: &mut Db, diary_id: &str, look: &Look) -> Result<Option<Entry>> {
    Ok(last_entry(db, diary_id, look)?.filter(|entry| entry.takes(look)))
}

/// Counts a look in the entry that it belongs to, or begins one with it, and says which.
fn fold(db: &mut Db, diary_id: &str, look: &Look, entry: Option<Entry>) -> Result<i64> {
    if let Some(mut entry) = entry {
        entry.add(look);
        let number = entry.number;
        let counted = (
            access_entries::looks.eq(entry.count),
            access_entries::first_at.eq(entry.first_at),
            access_entries::last_at.eq(entry.last_at),
            access_entries::target.eq(entry.target),
        );
        let row = storage::update(access_entries::table.find((diary_id, number)), counted);
        on_engine!(db, |db| fixed!(row).execute(db))?;
        return Ok(number);
    }
    if is_first(db, diary_id, look)? {
        tell_owner(db, diary_id, look)?;
    }
    let row = (access_entries::diary_id.eq(diary_id), EntryRow::from(Entry::of(look.clone())));
    on_engine!(db, |db| fixed!(diesel::insert_into(access_entries::table).values(row)).execute(db))?;
    Ok(look.number)
}

/// Whether nobody looked before by the consent that a look rests on.
fn is_first(db: &mut Db, diary_id: &str, look: &Look) -> Result<bool> {
    let Some(consent_id) = look.consent_id.as_ref().filter(|_| look.shows()) else { return Ok(false) };
    let before = access_entries::table
        .filter(access_entries::diary_id.eq(diary_id).and(access_entries::consent_id.eq(consent_id.as_str())))
        .filter(
            access_entries::outcome.eq(Outcome::Done.as_str()).and(access_entries::access.eq(Access::Read.as_str())),
        )
        .select(access_entries::number);
    let before: Option<i64> = on_engine!(db, |db| before.first(db).optional())?;
    Ok(before.is_none())
}

/// Tells whose diary it is that somebody looked for the first time.
fn tell_owner(db: &mut Db, diary_id: &str, look: &Look) -> Result<()> {
    let owner = diaries::store::owners(db, &[diary_id])?.into_values().next();
    let email = look.user_email.as_ref().map(Email::as_str);
    let who = look.user_name.as_ref().map(Name::as_str).or(email);
    owner.map_or(Ok(()), |owner| notices::store::tell(db, &owner, Notice::FirstLook, who, look.at))
}

/// The last entry by the same right that tells of the same operation with the same outcome.
fn last_entry(db: &mut Db, diary_id: &str, look: &Look) -> Result<Option<Entry>> {
    let alike = access_entries::diary_id
        .eq(diary_id)
        .and(access_entries::what.eq(&look.what))
        .and(access_entries::outcome.eq(look.outcome.as_str()))
        .and(is_or_is_none!(access_entries::token_name, look.token_name.as_ref().map(Name::as_str)));
    let last = access_entries::table.filter(alike).order(access_entries::number.desc());
    let row: Option<EntryRow> = if let Some(id) = &look.consent_id {
        let last = last.filter(access_entries::consent_id.eq(id.as_str()));
        on_engine!(db, |db| last.select(EntryRow::as_select()).first(db).optional())?
    } else {
        let last = last.filter(access_entries::consent_id.is_null());
        on_engine!(db, |db| last.select(EntryRow::as_select()).first(db).optional())?
    };
    row.map(Entry::try_from).transpose()
}

/// Whether it was noted since an instant that somebody was let in to do something, by a right that rests on this
/// consent, if by one, and by this token, if by one.
pub fn is_noted_since(
    db: &mut Db,
    diary_id: &str,
    (consent_id, token_name): (Option<&Id>, Option<&Name>),
    what: Operation,
    since: Instant,
) -> Result<bool> {
    let alike = access_entries::diary_id
        .eq(diary_id)
        .and(access_entries::what.eq(what.as_str()))
        .and(is_or_is_none!(access_entries::consent_id, consent_id.map(Id::as_str)))
        .and(access_entries::outcome.eq(Outcome::Done.as_str()))
        .and(is_or_is_none!(access_entries::token_name, token_name.map(Name::as_str)));
    let last: Option<Instant> = on_engine!(db, |db| {
        access_entries::table
            .filter(alike)
            .order(access_entries::number.desc())
            .select(access_entries::last_at)
            .first(db)
            .optional()
    })?;
    Ok(last.is_some_and(|last| last >= since))
}

/// A page of the entries that a filter lets through, the latest first, by their first looks. An entry keeps its place while
/// looks are added to it, and whoever reads on sees each of them once.
pub fn entries(db: &mut Db, diary: &OwnedDiary, filter: &Filter, request: &PageRequest<i64>) -> Result<Page<Entry>> {
    let found = entries_before(db, diary, filter, request.after, request.limit.and_one())?;
    Ok(Page::cut(found, request, |entry| entry.number))
}

fn entries_before(
    db: &mut Db,
    diary: &OwnedDiary,
    filter: &Filter,
    before: Option<i64>,
    most: i64,
) -> Result<Vec<Entry>> {
    let mut query = access_entries::table
        .filter(access_entries::diary_id.eq(diary.id()))
        .order(access_entries::number.desc())
        .limit(most)
        .select(EntryRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(access_entries::number.lt(before));
    }
    if let Some(who) = &filter.who {
        let (by_user, by_consent) = (who.to_string(), who.to_string());
        query = query.filter(access_entries::user_id.eq(by_user).or(access_entries::consent_id.eq(by_consent)));
    }
    if let Some(what) = filter.what {
        query = query.filter(access_entries::what.eq(what.as_str()));
    }
    // Whatever part of it lies in the period: its first look or its last, since no day is as short as an entry.
    let (from, end) = filter.period(diary.diary().time_zone);
    if let Some(from) = from {
        query = query.filter(access_entries::last_at.ge(from));
    }
    if let Some(end) = end {
        query = query.filter(access_entries::first_at.lt(end));
    }
    query.load::<EntryRow>(db)?.into_iter().map(Entry::try_from).collect()
}

/// A page of the looks that a filter lets through, one by one: entry by entry, and in each the latest first. However many
/// there are that it does not let through, none of them is read.
pub fn looks(
    db: &mut Db,
    diary: &OwnedDiary,
    filter: &Filter,
    request: &PageRequest<(i64, i64)>,
) -> Result<Page<Look>> {
    let most = request.limit.and_one();
    let (begun, before) = request.after.unzip();
    let mut found: Vec<(i64, Look)> = Vec::new();
    // Of the entry in which the page before ended there may be nothing left; each of the others has a look to show.
    for entry in entries_before(db, diary, filter, begun.map(|begun| begun.saturating_add(1)), most + 1)? {
        let left = most - i64::try_from(found.len()).unwrap_or(most);
        if left == 0 {
            break;
        }
        let before = before.filter(|_| begun == Some(entry.number));
        let of_it = looks_of(db, diary, filter, entry.number, before, left)?;
        found.extend(of_it.into_iter().map(|look| (entry.number, look)));
    }
    Ok(Page::cut(found, request, |(entry, look)| (*entry, look.number)).map(|(_, look)| look))
}

/// The last looks of an entry, as far as they lie in the filter's period.
fn looks_of(
    db: &mut Db,
    diary: &OwnedDiary,
    filter: &Filter,
    entry: i64,
    before: Option<i64>,
    most: i64,
) -> Result<Vec<Look>> {
    let mut query = access_log::table
        .filter(access_log::diary_id.eq(diary.id()).and(access_log::entry.eq(entry)))
        .order(access_log::number.desc())
        .limit(most)
        .select(LookRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(access_log::number.lt(before));
    }
    let (from, end) = filter.period(diary.diary().time_zone);
    if let Some(from) = from {
        query = query.filter(access_log::at.ge(from));
    }
    if let Some(end) = end {
        query = query.filter(access_log::at.lt(end));
    }
    query.load::<LookRow>(db)?.into_iter().map(Look::try_from).collect()
}

/// A page of the chain, its end first.
pub fn chain(db: &mut Db, diary: &OwnedDiary, request: &PageRequest<i64>) -> Result<Page<Look>> {
    let mut query = access_log::table
        .filter(access_log::diary_id.eq(diary.id()))
        .order(access_log::number.desc())
        .limit(request.limit.and_one())
        .select(LookRow::as_select())
        .into_boxed();
    if let Some(before) = request.after {
        query = query.filter(access_log::number.lt(before));
    }
    let found = query.load::<LookRow>(db)?.into_iter().map(Look::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, request, |look| look.number))
}

/// How often somebody came by a right, and when they last did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Visits {
    /// How often.
    pub times: i64,
    /// The last time.
    pub last_at: Option<Instant>,
}

/// The visits by each of some rights, without the tries that were denied; those by which nobody came are missing.
pub fn visits(db: &mut Db, diary_id: &str, consent_ids: &[Id]) -> Result<HashMap<Id, Visits>> {
    let ids: Vec<_> = consent_ids.iter().map(Id::as_str).collect();
    let rows: Vec<(Option<String>, Option<i64>, Option<Instant>)> = on_engine!(db, |db| {
        access_entries::table
            .filter(access_entries::diary_id.eq(diary_id).and(access_entries::consent_id.eq_any(ids)))
            .filter(access_entries::outcome.eq(Outcome::Done.as_str()))
            .group_by(access_entries::consent_id)
            .select((access_entries::consent_id, sum(access_entries::looks), max(access_entries::last_at)))
            .load(db)
    })?;
    let visits = rows.into_iter().filter_map(|(id, times, last_at)| {
        Some((Id::stored(id?), Visits { times: times.unwrap_or_default(), last_at }))
    });
    Ok(visits.collect())
}

/// Erases the first `most` rows, and then what was kept beside them, and says how many. Nothing is remembered of them but
/// that the diary is being erased: should the last step never come, nobody is to be suspected of having taken them out.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    let begun = access_chains::table.find(diary.id()).filter(access_chains::erasing.eq(false));
    diesel::update(begun).set(access_chains::erasing.eq(true)).execute(db)?;
    let erased = delete_first!(db, most, access_log by number: i64, where access_log::diary_id.eq(diary.id()))?;
    if erased > 0 {
        return Ok(erased);
    }
    let erased = delete_first!(db, most, access_entries by number: i64, where access_entries::diary_id.eq(diary.id()))?;
    if erased > 0 {
        return Ok(erased);
    }
    Ok(diesel::delete(access_chains::table.find(diary.id())).execute(db)?)
}

/// Where a diary's chain ends, if it has one.
pub fn head(db: &mut Db, diary_id: &str) -> Result<Option<Head>> {
    let row: Option<HeadRow> =
        on_engine!(db, |db| { access_chains::table.find(diary_id).select(HeadRow::as_select()).first(db).optional() })?;
    row.map(Head::try_from).transpose()
}

/// The same, kept as it is by everybody else until the transaction ends.
fn head_locked(db: &mut Db, diary_id: &str) -> Result<Option<Head>> {
    let Db::Postgres(db) = db else { return head(db, diary_id) };
    let row = access_chains::table.find(diary_id).select(HeadRow::as_select()).for_no_key_update();
    row.first::<HeadRow>(db).optional()?.map(Head::try_from).transpose()
}

fn set_head(db: &mut Db, diary_id: &str, head: Head) -> Result<()> {
    let end = (access_chains::number.eq(head.number), access_chains::hash.eq(head.hash.bytes().to_vec()));
    let row = storage::update(access_chains::table.find(diary_id), end);
    on_engine!(db, |db| fixed!(row).execute(db))?;
    Ok(())
}

/// A diary whose rows from before there were chains are not chained yet.
pub(super) fn unchained(db: &mut Db) -> Result<Option<String>> {
    let behind = access_chains::table.filter(access_chains::number.lt(access_chains::older));
    Ok(on_engine!(db, |db| behind.select(access_chains::diary_id).first(db).optional())?)
}

/// Chains and folds the next `most` rows of those of a diary, and says how many that were.
pub(super) fn chain_older(db: &mut Db, diary_id: &str, most: i64) -> Result<usize> {
    // Erased since we looked, by another process, or chained by it.
    let Some(mut head) = head_locked(db, diary_id)?.filter(Head::is_behind) else { return Ok(0) };
    let rows = looks_after(db, diary_id, head.number, most.min(head.older - head.number))?;
    let chained = rows.len();
    for (look, _) in rows {
        let hash = look.after(head.hash, diary_id);
        let entry = entry_taking(db, diary_id, &look)?;
        let entry = fold(db, diary_id, &look, entry)?;
        let place = (access_log::hash.eq(Some(hash.bytes().to_vec())), access_log::entry.eq(entry));
        let row = storage::update(access_log::table.find((diary_id, look.number)), place);
        on_engine!(db, |db| fixed!(row).execute(db))?;
        head = Head { number: look.number, hash, ..head };
    }
    if chained == 0 {
        // Somebody took them away meanwhile, which the chain shows.
        head.number = head.older;
    }
    set_head(db, diary_id, head)?;
    Ok(chained)
}

/// The next `most` rows of a chain, each with the number of its entry.
pub(super) fn looks_after(db: &mut Db, diary_id: &str, number: i64, most: i64) -> Result<Vec<(Look, i64)>> {
    let rows: Vec<LookRow> = on_engine!(db, |db| {
        access_log::table
            .filter(access_log::diary_id.eq(diary_id).and(access_log::number.gt(number)))
            .order(access_log::number)
            .limit(most)
            .select(LookRow::as_select())
            .load(db)
    })?;
    rows.into_iter()
        .map(|row| {
            let entry = row.entry;
            Ok((Look::try_from(row)?, entry))
        })
        .collect()
}

/// A row of a chain.
pub(super) fn look(db: &mut Db, diary_id: &str, number: i64) -> Result<Option<Look>> {
    let row: Option<LookRow> = on_engine!(db, |db| {
        access_log::table.find((diary_id, number)).select(LookRow::as_select()).first(db).optional()
    })?;
    row.map(Look::try_from).transpose()
}

/// An entry.
pub(super) fn entry(db: &mut Db, diary_id: &str, number: i64) -> Result<Option<Entry>> {
    let row: Option<EntryRow> = on_engine!(db, |db| {
        access_entries::table.find((diary_id, number)).select(EntryRow::as_select()).first(db).optional()
    })?;
    row.map(Entry::try_from).transpose()
}

/// How many entries a diary has.
pub(super) fn count_entries(db: &mut Db, diary_id: &str) -> Result<i64> {
    Ok(access_entries::table.filter(access_entries::diary_id.eq(diary_id)).count().get_result(db)?)
}

/// The next diary, in the order of ids, of which anything is kept here.
pub(super) fn diary_after(db: &mut Db, diary_id: &str) -> Result<Option<String>> {
    macro_rules! next {
        ($table:ident) => {{
            let next = $table::table.filter($table::diary_id.gt(diary_id)).order($table::diary_id);
            let next: Option<String> = on_engine!(db, |db| next.select($table::diary_id).first(db).optional())?;
            next
        }};
    }
    let nexts = [next!(access_chains), next!(access_log), next!(access_entries)];
    Ok(nexts.into_iter().flatten().min())
}

/// The next `most` ends of chains, in the order of the diaries' ids.
pub(super) fn heads_after(db: &mut Db, diary_id: &str, most: i64) -> Result<Vec<(String, Head)>> {
    let rows: Vec<(String, HeadRow)> = on_engine!(db, |db| {
        access_chains::table
            .filter(access_chains::diary_id.gt(diary_id))
            .order(access_chains::diary_id)
            .limit(most)
            .select((access_chains::diary_id, HeadRow::as_select()))
            .load(db)
    })?;
    rows.into_iter().map(|(id, head)| Ok((id, head.try_into()?))).collect()
}
