//! By which versions of the tz database clocks in this database were worked out.

use std::cmp::Ordering;

use diesel::prelude::*;

use crate::{
    foundation::{
        clock::Instant,
        zones::{Rules, Version},
    },
    storage::{Db, Error, Result, on_engine, schema::zone_rules},
};

/// How the rules in force compare with those by which clocks were worked out before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is not known by which they were.
    First,
    /// They are newer than all of them.
    Newer,
    /// They are the newest of them. Whether clocks of before are still to be put right by them.
    Same {
        /// They are, as far as is known.
        is_due: bool,
    },
    /// These are newer.
    Older(Version),
}

/// Compares the rules in force with those of before.
///
/// # Errors
/// When the database fails.
pub fn standing(db: &mut Db) -> Result<Standing> {
    let query = zone_rules::table.select((zone_rules::version, zone_rules::reclocked_at));
    let rows: Vec<(String, Option<Instant>)> = on_engine!(db, |db| query.load(db))?;
    let read = |(text, at): (String, Option<Instant>)| Some((Version::parse(&text)?, at));
    let rows: Option<Vec<_>> = rows.into_iter().map(read).collect();
    let rows = rows.ok_or_else(|| Error::corrupt("version of the tz database"))?;
    let Some((newest, reclocked_at)) = rows.into_iter().max() else { return Ok(Standing::First) };
    Ok(match newest.cmp(Rules::in_force().version()) {
        Ordering::Less => Standing::Newer,
        Ordering::Equal => Standing::Same { is_due: reclocked_at.is_none() },
        Ordering::Greater => Standing::Older(newest),
    })
}

/// Notes that clocks are worked out by the rules in force from now on, and says how these stand then.
///
/// # Errors
/// When the database fails.
pub fn begin(db: &mut Db, nothing_is_logged: bool, now: Instant) -> Result<Standing> {
    let before = standing(db)?;
    match &before {
        Standing::First | Standing::Newer => {
            let reclocked_at = nothing_is_logged.then_some(now);
            let row = (
                zone_rules::version.eq(Rules::in_force().version().to_string()),
                zone_rules::since.eq(now),
                zone_rules::reclocked_at.eq(reclocked_at),
            );
            on_engine!(db, |db| diesel::insert_into(zone_rules::table).values(row).execute(db))?;
            Ok(Standing::Same { is_due: reclocked_at.is_none() })
        }
        // What is logged now will be to put right by the newer ones.
        Standing::Older(newer) => {
            set_reclocked(db, newer, None)?;
            Ok(before)
        }
        Standing::Same { .. } => Ok(before),
    }
}

/// Notes that all clocks were looked at by the rules in force.
///
/// # Errors
/// When the database fails.
pub fn finish(db: &mut Db, now: Instant) -> Result<()> {
    set_reclocked(db, Rules::in_force().version(), Some(now))
}

fn set_reclocked(db: &mut Db, version: &Version, at: Option<Instant>) -> Result<()> {
    let row = diesel::update(zone_rules::table.find(version.to_string())).set(zone_rules::reclocked_at.eq(at));
    on_engine!(db, |db| row.execute(db))?;
    Ok(())
}
