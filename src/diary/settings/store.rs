//! Changing a diary's settings.

use diesel::prelude::*;

use crate::{
    access::{
        Stamp, WritableDiary,
        diaries::model::{Diary, Settings},
    },
    diary::episodes,
    foundation::{precondition::Precondition, values::Name},
    storage::{Db, Result, refusal::Refusal, schema::diaries},
};

/// Changes parts of the settings. When the day divides otherwise, the cramps that read differently count as changed, and
/// the kept sums are counted anew.
///
/// # Errors
/// When the precondition does not hold, or what comes out is invalid.
pub fn patch(
    db: &mut Db,
    diary: &WritableDiary,
    patch: serde_json::Value,
    precondition: &Precondition,
) -> Result<Diary, Refusal> {
    let before = diary.diary();
    let settings = before.patched(patch)?;
    if !precondition.holds(Some(before.revision)) {
        return Err(Refusal::Stale);
    }
    if settings == before.settings {
        return Ok(before.clone());
    }
    let stamp = diary.stamp(db)?;
    update(db, diary, &settings, stamp)?;
    if settings.day_parts != before.day_parts {
        episodes::store::reclassify(db, diary, settings.day_parts, stamp)?;
    }
    Ok(Diary { settings, revision: stamp.revision, updated_at: stamp.at, ..before.clone() })
}

fn update(db: &mut Db, diary: &WritableDiary, settings: &Settings, stamp: Stamp) -> Result<()> {
    diesel::update(diaries::table.find(diary.id()))
        .set((
            diaries::display_name.eq(settings.display_name.as_ref().map(Name::as_str)),
            diaries::time_zone.eq(settings.time_zone.name()),
            diaries::night_start.eq(i32::from(settings.day_parts.night_start().minute())),
            diaries::night_end.eq(i32::from(settings.day_parts.night_end().minute())),
            diaries::evening_start.eq(i32::from(settings.day_parts.evening_start().minute())),
            diaries::updated_at.eq(stamp.at),
        ))
        .execute(db)?;
    Ok(())
}
