//! Emptying a diary that is being erased.

use crate::{
    access::{ErasableDiary, WritableDiary, visits},
    diary::{
        check_ins, covered_days,
        episodes::{self, soreness},
        tombstones, treatments, versions,
    },
    storage::{Db, Result, refusal::Refusal},
};

/// How many rows a step erases.
const STEP: i64 = 500;

/// Erases the first so many rows of a table, and says how many those were.
type EraseFirst = fn(&mut Db, &WritableDiary, i64) -> Result<usize>;

/// The sums go after what they count: they may count too much then, and never too little.
const ALL: [EraseFirst; 8] = [
    soreness::store::erase_first,
    episodes::store::erase_first,
    check_ins::store::erase_first,
    treatments::store::erase_first,
    tombstones::erase_first,
    versions::store::erase_first,
    covered_days::store::erase_first,
    visits::store::erase_first,
];

/// Takes the next few hundred rows out of a diary that is being erased, and says how many; none, when it is empty. Each
/// step is a change with a revision of its own: should the last one never come, no tag of before holds.
///
/// # Errors
/// When the database fails.
pub fn erase_some(db: &mut Db, diary: &ErasableDiary) -> Result<usize, Refusal> {
    for erase_first in ALL {
        let erased = erase_first(db, diary, STEP)?;
        if erased > 0 {
            diary.stamp(db)?;
            return Ok(erased);
        }
    }
    Ok(0)
}
