//! Slowing down who guesses passwords and codes: for each e-mail, known or not, and across restarts.

use std::time::Duration;

use diesel::prelude::*;

use crate::{
    access::{accounts::model::SoughtEmail, devices::model::DeviceToken, sessions::proofs::SignedIn},
    foundation::{clock::Instant, ids::Id, secrets::fingerprint},
    storage::{Db, Result, on_engine, schema::sign_in_failures},
};

/// So many failures in a row are forgiven.
const FREE_FAILURES: i32 = 10;
const LONGEST: Duration = Duration::from_mins(15);
/// After a quiet day the count begins anew.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(24);

/// Whose tries are counted. Known only as a hash, since addresses that belong to no account are counted too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guesser(Vec<u8>);

impl Guesser {
    /// Whoever signs in with this e-mail.
    #[must_use]
    pub fn signing_in(email: &SoughtEmail) -> Self {
        Self(fingerprint("sign-in failures", email.key().as_bytes()).to_vec())
    }

    /// Whoever signs in on a device that is known to the account: neither held up by strangers, nor holding them up.
    #[must_use]
    pub fn signing_in_on(device: &DeviceToken) -> Self {
        Self(fingerprint("known device failures", &device.hash()).to_vec())
    }

    /// Whoever is signed in and confirms something with the password. Counted apart: whoever only knows the e-mail
    /// can't keep its owner from changing the password, and neither can whoever has stolen another session. No session is
    /// begun without what is guessed here, so that nobody gets more tries by having more of them.
    #[must_use]
    pub fn confirming(me: &SignedIn) -> Self {
        Self(fingerprint("confirmation failures", me.session_id().as_str().as_bytes()).to_vec())
    }

    /// Who redeems codes of invitations.
    #[must_use]
    pub fn redeeming(user_id: &Id) -> Self {
        Self(fingerprint("redemption failures", user_id.as_str().as_bytes()).to_vec())
    }

    /// Whoever opens a link with a passcode. Ids are a diary's own.
    #[must_use]
    pub fn opening(diary_id: &Id, link_id: &Id) -> Self {
        Self(fingerprint("passcode failures", format!("{diary_id}/{link_id}").as_bytes()).to_vec())
    }

    /// Whoever has mail of some sort sent to an address: known or not, it gets no more of it than somebody asks for who has
    /// lost one.
    #[must_use]
    pub fn having_mail_sent(email: &SoughtEmail, about: &str) -> Self {
        Self(fingerprint("mail asked for", format!("{about}/{}", email.key()).as_bytes()).to_vec())
    }

    /// Who is signed in and types a code of the second factor. Counted by session, and apart from the password: a right one
    /// must not have wrong codes forgotten. Wrong codes at signing in count as failures of that.
    #[must_use]
    pub fn typing_codes(me: &SignedIn) -> Self {
        Self(fingerprint("code failures", me.session_id().as_str().as_bytes()).to_vec())
    }
}

/// One second after the tenth failure in a row, then doubling up to a quarter of an hour.
fn delay(failures: i32) -> Duration {
    match failures - FREE_FAILURES {
        ..0 => Duration::ZERO,
        doublings @ 0..10 => Duration::from_secs(1 << doublings),
        _ => LONGEST,
    }
    .min(LONGEST)
}

/// How long they must wait before the next try.
pub fn wait(db: &mut Db, guesser: &Guesser, now: Instant) -> Result<Option<Duration>> {
    let blocked_until: Option<Instant> =
        sign_in_failures::table.find(&guesser.0).select(sign_in_failures::blocked_until).first(db).optional()?;
    Ok(blocked_until.and_then(|until| remaining(until, now)))
}

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// It was right, and the failures before it are forgotten.
    Right,
    /// It was wrong, and is counted.
    Wrong,
    /// Tries at the same time failed so often that this one does not count, right or wrong.
    Held(Duration),
}

/// Counts a try, once it is known whether it is right.
pub fn settle(db: &mut Db, guesser: &Guesser, right: bool, now: Instant) -> Result<Try> {
    let before = find_locked(db, guesser)?;
    if let Some(wait) = before.as_ref().and_then(|count| remaining(count.blocked_until, now)) {
        Ok(Try::Held(wait))
    } else if right {
        forget(db, guesser)?;
        Ok(Try::Right)
    } else {
        count_failure(db, guesser, before.as_ref(), now)?;
        Ok(Try::Wrong)
    }
}

fn remaining(blocked_until: Instant, now: Instant) -> Option<Duration> {
    Some(blocked_until.since(now)).filter(|wait| !wait.is_zero())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sign_in_failures)]
struct Count {
    failures: i32,
    last_failed_at: Instant,
    blocked_until: Instant,
}

/// The count of a guesser, locked until the transaction ends: of tries at the same time, each sees the one before.
fn find_locked(db: &mut Db, guesser: &Guesser) -> Result<Option<Count>> {
    let count = sign_in_failures::table.find(&guesser.0);
    Ok(match db {
        Db::Sqlite(db) => count.select(Count::as_select()).first(db).optional(),
        Db::Postgres(db) => count.select(Count::as_select()).for_update().first(db).optional(),
    }?)
}

fn count_failure(db: &mut Db, guesser: &Guesser, before: Option<&Count>, now: Instant) -> Result<()> {
    let failures = match before {
        Some(count) if now.since(count.last_failed_at) < FORGOTTEN_AFTER => count.failures.saturating_add(1),
        _ => 1,
    };
    let delay = delay(failures);
    // What is forgiven blocks nobody, not even who began to try a moment before.
    let blocked_until = if delay.is_zero() { Instant::EPOCH } else { now.plus(delay) };
    let values = (
        sign_in_failures::failures.eq(failures),
        sign_in_failures::last_failed_at.eq(now),
        sign_in_failures::blocked_until.eq(blocked_until),
    );
    if before.is_some() {
        diesel::update(sign_in_failures::table.find(&guesser.0)).set(values).execute(db)?;
    } else {
        let guesser = sign_in_failures::guesser.eq(&guesser.0);
        diesel::insert_into(sign_in_failures::table).values((guesser, values)).execute(db)?;
    }
    Ok(())
}

/// Forgets the failures after a success.
pub fn forget(db: &mut Db, guesser: &Guesser) -> Result<()> {
    diesel::delete(sign_in_failures::table.find(&guesser.0)).execute(db)?;
    Ok(())
}

/// Clears away `most` counts that no longer matter, and says how many.
pub fn delete_forgotten(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let long_ago = now.minus(FORGOTTEN_AFTER);
    Ok(on_engine!(db, |db| {
        let over = sign_in_failures::last_failed_at.le(long_ago);
        let first = sign_in_failures::table.filter(over).order(sign_in_failures::last_failed_at).limit(most);
        let first: Vec<Vec<u8>> = first.select(sign_in_failures::guesser).load(db)?;
        // Only if it is still over.
        diesel::delete(sign_in_failures::table.filter(sign_in_failures::guesser.eq_any(first).and(over))).execute(db)
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_from_the_tenth_failure_to_a_quarter_of_an_hour() {
        let seconds: Vec<_> = [1, 9, 10, 11, 12, 19, 20, 1000].map(|failures| delay(failures).as_secs()).into();
        assert_eq!(seconds, [0, 0, 1, 2, 4, 512, 900, 900]);
    }
}
