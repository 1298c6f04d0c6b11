//! Standing by a diary for longer than a request takes: whether somebody still may, and what has become of the diary, asked
//! of many at once.

use std::collections::{HashMap, HashSet};

use super::{operation::Operation, visit::Visit};
use crate::{
    access::{
        Right, Role,
        connections::store as connections,
        diaries, grants,
        sessions::{
            keys::{Bearer, Credential},
            store as sessions,
        },
        tokens::store as tokens,
    },
    foundation::{clock::Instant, ids::Id, precondition::Revision},
    storage::{Db, Result, refusal::Refusal},
};

/// Somebody who stands by a diary, and by which right.
#[derive(Debug, Clone)]
pub struct Standing {
    bearer: Bearer,
    diary: Id,
    right: Right,
}

impl Visit {
    /// Lets somebody stand by the diary, if they may see it, and says at which revision it is.
    ///
    /// # Errors
    /// That there is no such diary for the caller.
    pub async fn stand(self, operation: Operation) -> Result<(Standing, Revision), Refusal> {
        let bearer = self.bearer();
        self.read(operation, Ok(()), move |_, diary, ()| {
            let present = diary.diary();
            let standing = Standing { bearer, diary: present.id.clone(), right: diary.right().clone() };
            Ok((standing, present.revision))
        })
        .await
    }
}

/// The revisions of the diaries that some people stand by; `None` for whoever may not any more: their session or their right
/// is over, or is another one.
pub fn revisions(db: &mut Db, some: &[Standing], now: Instant) -> Result<Vec<Option<Revision>>> {
    let diaries: Vec<&str> = distinct(some.iter().map(|one| &one.diary));
    let bearers = some.iter().map(|one| &one.bearer);
    let (in_sessions, by_tokens): (Vec<&Bearer>, Vec<&Bearer>) =
        bearers.partition(|bearer| bearer.credential == Credential::Session);
    let sessions = sessions::alive(db, &in_sessions, now)?;
    let tokens = tokens::alive(db, &by_tokens, now)?;
    let connections = connections::alive(db, &by_tokens, now)?;
    let lives = |bearer: &Bearer| match &bearer.credential {
        Credential::Session => sessions.contains(bearer.session_id.as_str()),
        Credential::Token(hash) => tokens.contains(hash.as_slice()),
        Credential::Connection(hash) => connections.contains(hash.as_slice()),
    };
    let guests: Vec<&Standing> = some.iter().filter(|one| one.right.role != Role::Owner).collect();
    let of_guests: Vec<&str> = distinct(guests.iter().map(|one| &one.diary));
    let users: Vec<&str> = distinct(guests.iter().map(|one| &one.bearer.user_id));
    let granted: HashMap<(String, String), Right> = grants::store::of_users(db, &of_guests, &users)?
        .into_iter()
        .map(|grant| ((grant.diary_id.to_string(), grant.user_id.to_string()), grant.right))
        .collect();
    let revisions: HashMap<String, Revision> = diaries::store::revisions(db, &diaries)?.into_iter().collect();
    let holds = |one: &Standing| {
        let key = (one.diary.to_string(), one.bearer.user_id.to_string());
        let right = if one.right.role == Role::Owner { Some(&Right::OWNER) } else { granted.get(&key) };
        lives(&one.bearer) && right == Some(&one.right) && one.right.holds(now)
    };
    Ok(some.iter().map(|one| revisions.get(one.diary.as_str()).copied().filter(|_| holds(one))).collect())
}

fn distinct<'a>(ids: impl Iterator<Item = &'a Id>) -> Vec<&'a str> {
    ids.map(Id::as_str).collect::<HashSet<_>>().into_iter().collect()
}
