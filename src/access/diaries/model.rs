//! What a diary is.

use serde_json::Value;

use crate::foundation::{
    clock::Instant,
    faults::Faults,
    fields::{self, Fields},
    ids::Id,
    local_clock::{DayParts, DayPartsError},
    precondition::Revision,
    quota::Quota,
    values::Name,
    zones::Zone,
};

/// A diary: what is logged, shared and analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diary {
    /// Its id.
    pub id: Id,
    /// What people may change.
    pub settings: Settings,
    /// How often it was changed.
    pub revision: Revision,
    /// When the settings were last changed, in the same count.
    pub settings_revision: Revision,
    /// What was deleted after this revision is still remembered.
    pub complete_since: Revision,
    /// How many rows it has: cramps, soreness, check-ins, treatments, and what is remembered of deleted ones.
    pub size: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When the settings were last changed.
    pub updated_at: Instant,
}

/// A cramp every hour for thirty years, with soreness after each of them.
pub const ROWS: Quota = Quota { what: "rows in this diary, with what is remembered of deleted ones", most: 500_000 };

/// What people may change of a diary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whose diary it is, in words.
    pub display_name: Option<Name>,
    /// Where the person usually is: the zone of cramps that name none, and of "today".
    pub time_zone: Zone,
    /// Night, evening and day.
    pub day_parts: DayParts,
}

impl std::ops::Deref for Diary {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

/// A row may be sent back as it came, also one of the list: these are not looked at.
const WORKED_OUT: [&str; 11] = [
    "id",
    "role",
    "visible_from",
    "include_notes",
    "access_until",
    "revision",
    "created_at",
    "updated_at",
    "owner_name",
    "last_reviewed_revision",
    "last_reviewed_at",
];

impl Settings {
    /// What a new diary has.
    #[must_use]
    pub const fn new(display_name: Option<Name>, time_zone: Zone) -> Self {
        Self { display_name, time_zone, day_parts: DayParts::DEFAULT }
    }

    /// These settings with a merge patch applied.
    ///
    /// # Errors
    /// Every fault of the patch.
    pub fn patched(&self, patch: Value) -> Result<Self, Faults> {
        let present = serde_json::json!({
            "display_name": self.display_name,
            "time_zone": self.time_zone.name(),
            "night_start": self.day_parts.night_start(),
            "night_end": self.day_parts.night_end(),
            "evening_start": self.day_parts.evening_start(),
        });
        let Value::Object(present) = present else { return Err(Faults::none()) };
        let patch = fields::open_patch(patch)?;
        let sent: Vec<String> = patch.keys().cloned().collect();
        Self::read(fields::merge(present, patch))
            .map_err(|faults| faults.told_of(|name| sent.iter().any(|sent| sent == name)))
    }

    /// Reads all settings.
    ///
    /// # Errors
    /// Every fault of them.
    pub fn read(body: Value) -> Result<Self, Faults> {
        let mut fields = Fields::open(body)?;
        fields.ignore(&WORKED_OUT);
        let display_name = fields.optional("display_name");
        let time_zone = fields.required("time_zone");
        let times = (fields.required("night_start"), fields.required("night_end"), fields.required("evening_start"));
        let day_parts = match times {
            (Some(start), Some(end), _) if start == end => {
                fields.clash(&["night_end", "night_start"], DayPartsError::EmptyNight.to_string());
                None
            }
            (Some(start), Some(end), Some(evening)) => DayParts::new(start, end, evening)
                .map_err(|error| fields.clash(&["evening_start", "night_start", "night_end"], error.to_string()))
                .ok(),
            _ => None,
        };
        let faults = fields.close();
        match (time_zone, day_parts) {
            (Some(time_zone), Some(day_parts)) if faults.is_empty() => Ok(Self { display_name, time_zone, day_parts }),
            _ => Err(faults),
        }
    }
}
