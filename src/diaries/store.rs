//! Changing a diary's settings.

use diesel::prelude::*;

use super::model::Settings;
use crate::{
    access::{Stamp, WritableDiary},
    storage::{Db, Result, schema::diaries},
    values::Name,
};

/// Stores other settings.
///
/// # Errors
/// When the database fails.
pub fn update(db: &mut Db, diary: &WritableDiary, settings: &Settings, stamp: Stamp) -> Result<()> {
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
