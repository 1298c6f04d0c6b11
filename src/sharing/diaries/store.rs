//! The list of diaries, out of what is known of them elsewhere: a few queries for a whole page.

use super::{
    model::{DiariesAsked, Filter},
    view::ListedDiary,
};
use crate::{
    access::{
        ReadableDiary, Role, accounts, diaries,
        visits::caller::{Openable, Seen},
    },
    foundation::{clock::Instant, ids::Id, paging::Page, precondition::Revision},
    sharing::reviews,
    storage::{Db, Result, refusal::Refusal},
};

/// How often more diaries are looked at for one page: first as many as the page has, then 200 at a time, so at most
/// 1,000 in all.
const LOOKS: usize = 5;

/// Up to which revision the caller has reviewed a diary, and when they said so.
type Reviewed = Option<(Revision, Instant)>;

/// A page of the diaries that the caller may open, by id. Where many are left out by what is asked for, it may have
/// fewer rows than fit though more follow.
///
/// # Errors
/// When the database fails.
pub fn page(db: &mut Db, open: &Openable<'_>, asked: &DiariesAsked) -> Result<Page<Seen<ListedDiary>>, Refusal> {
    let page = find(db, open, asked)?;
    let ids: Vec<_> = page.items.iter().map(|(diary, _)| diary.id()).collect();
    let owners = diaries::store::owners(db, &ids)?;
    let names = accounts::store::names(db, &owners.values().map(Id::as_str).collect::<Vec<_>>())?;
    Ok(page.map(|(diary, reviewed)| {
        let name = owners.get(&diary.diary().id).and_then(|owner| names.get(owner)).cloned();
        let listed = ListedDiary::new(&diary, name, reviewed);
        Seen::of(diary, listed)
    }))
}

fn find(db: &mut Db, open: &Openable<'_>, asked: &DiariesAsked) -> Result<Page<(ReadableDiary, Reviewed)>> {
    let (mut found, mut until) = (Vec::new(), None);
    let mut request = asked.page.clone();
    for _ in 0..LOOKS {
        let some = open.page(db, asked.filter.role, &request)?;
        let next = some.next_cursor.as_ref().and_then(|cursor| request.following(cursor));
        let others = some.items.iter().filter(|diary| diary.role() != Role::Owner).map(ReadableDiary::id);
        let reviews = reviews::store::latest_of(db, open.user_id(), &others.collect::<Vec<_>>())?;
        let some = some.items.into_iter().map(|diary| {
            let reviewed = reviews.get(&diary.diary().id).copied();
            (diary, reviewed)
        });
        found.extend(some.filter(|(diary, reviewed)| is_asked_for(asked.filter, diary, *reviewed)));
        until = next.as_ref().and_then(|next| next.after.clone());
        match next {
            Some(next) if found.len() < asked.page.limit.rows() => request = next.lengthened(),
            _ => break,
        }
    }
    Ok(Page::found_until(found, &asked.page, until, |(diary, _)| diary.id().to_owned()))
}

/// Nobody reviews their own diary, so it is neither reviewed nor not.
fn is_asked_for(filter: Filter, diary: &ReadableDiary, reviewed: Reviewed) -> bool {
    filter.unreviewed.is_none_or(|unreviewed| {
        let is_new = reviewed.is_none_or(|(revision, _)| revision < diary.diary().revision);
        diary.role() != Role::Owner && unreviewed == is_new
    })
}
