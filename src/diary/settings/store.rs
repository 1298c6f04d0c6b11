//! Changing a diary's settings.

use crate::{
    access::{
        WritableDiary,
        diaries::{
            self,
            model::{Diary, Settings},
        },
    },
    diary::episodes,
    foundation::precondition::Precondition,
    storage::{Db, refusal::Refusal},
};

/// Changes parts of the settings. When the day divides otherwise, the cramps that read differently count as changed, and
/// the kept sums are counted anew: that takes as long as the diary is large, so `may_divide` is asked before.
///
/// # Errors
/// When the precondition does not hold, or what comes out is invalid; what `may_divide` answers.
pub fn patch(
    db: &mut Db,
    diary: &WritableDiary,
    patch: serde_json::Value,
    precondition: &Precondition,
    may_divide: impl FnOnce() -> Result<(), Refusal>,
) -> Result<Diary, Refusal> {
    let before = diary.diary();
    let settings = before.patched(patch)?;
    if !precondition.holds(Some(before.revision)) {
        return Err(Refusal::Stale(Some(before.revision)));
    }
    write(db, diary, settings, may_divide)
}

/// Writes the settings, if they are others than before, as [`patch`] does.
///
/// # Errors
/// What `may_divide` answers, which is asked before anything is written.
pub fn write(
    db: &mut Db,
    diary: &WritableDiary,
    settings: Settings,
    may_divide: impl FnOnce() -> Result<(), Refusal>,
) -> Result<Diary, Refusal> {
    let before = diary.diary();
    if settings == before.settings {
        return Ok(before.clone());
    }
    if settings.day_parts != before.day_parts {
        may_divide()?;
    }
    let stamp = diary.stamp(db)?;
    let updated_at = diary.told_at(stamp);
    diaries::store::update(db, diary.id(), &settings, stamp.revision, updated_at)?;
    if settings.day_parts != before.day_parts {
        episodes::store::reclassify(db, diary, settings.day_parts, stamp)?;
    }
    Ok(Diary { settings, revision: stamp.revision, settings_revision: stamp.revision, updated_at, ..before.clone() })
}
