//! By which versions of the tz database clocks in this database were worked out.

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
    /// They are the newest of them.
    Same,
    /// They are newer than these, the newest until now.
    Newer(Version),
    /// These are newer.
    Older(Version),
}

/// Compares the rules in force with those of before.
///
/// # Errors
/// When the database fails.
pub fn standing(db: &mut Db) -> Result<Standing> {
    let versions: Vec<String> = on_engine!(db, |db| zone_rules::table.select(zone_rules::version).load(db))?;
    let read = |text: String| Version::parse(&text).ok_or_else(|| Error::corrupt("version of the tz database"));
    let versions = versions.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    let Some(newest) = versions.into_iter().max() else { return Ok(Standing::First) };
    let in_force = Rules::in_force().version();
    Ok(match newest.cmp(in_force) {
        std::cmp::Ordering::Less => Standing::Newer(newest),
        std::cmp::Ordering::Equal => Standing::Same,
        std::cmp::Ordering::Greater => Standing::Older(newest),
    })
}

/// Notes that clocks are worked out by the rules in force from now on, and says how they compare with those of before.
///
/// # Errors
/// When the database fails.
pub fn begin(db: &mut Db, now: Instant) -> Result<Standing> {
    let standing = standing(db)?;
    if matches!(standing, Standing::First | Standing::Newer(_)) {
        let version = zone_rules::version.eq(Rules::in_force().version().to_string());
        let row = (version, zone_rules::since.eq(now));
        on_engine!(db, |db| diesel::insert_into(zone_rules::table).values(row).execute(db))?;
    }
    Ok(standing)
}
