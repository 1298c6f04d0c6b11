//! The wall clock where the person was: local dates and minutes, and how a day divides into night, evening and day.

use std::{fmt, time::Duration};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, Offset, Timelike};

use crate::foundation::{clock::Instant, zones::Zone};

const MINUTES_PER_DAY: u16 = 24 * 60;

/// A minute of the day on some wall clock, 00:00 to 23:59.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(u16);

impl LocalTime {
    /// 00:00.
    pub const MIDNIGHT: Self = Self(0);

    /// From minutes after midnight, 0–1439.
    #[must_use]
    pub const fn from_minute(minute: u16) -> Option<Self> {
        if minute < MINUTES_PER_DAY { Some(Self(minute)) } else { None }
    }

    /// From an hour and a minute; `None` when either is out of range.
    #[must_use]
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self(hour * 60 + minute)) } else { None }
    }

    /// Reads `HH:MM`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits =
            |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok());
        let (hour, minute) = text.split_once(':')?;
        Self::new(digits(hour)??, digits(minute)??)
    }

    /// Minutes after midnight.
    #[must_use]
    pub const fn minute(self) -> u16 {
        self.0
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl serde::Serialize for LocalTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the wall clock said: a date and a minute. Always worked out from an instant, never the other way, so the
/// hour that a clock change skips or repeats needs no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalClock {
    /// The local calendar date.
    pub date: NaiveDate,
    /// The local time of day; seconds are dropped.
    pub time: LocalTime,
}

impl LocalClock {
    /// The wall clock in `zone` at `instant`.
    #[must_use]
    pub fn at(instant: Instant, zone: Zone) -> Self {
        let local = zone.wall_clock(instant);
        let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or_default();
        Self { date: local.date(), time: LocalTime(minute) }
    }

    /// How many minutes later it is than another.
    #[must_use]
    pub fn minutes_after(self, other: Self) -> i64 {
        let days = (self.date - other.date).num_days();
        days * i64::from(MINUTES_PER_DAY) + i64::from(self.time.0) - i64::from(other.time.0)
    }

    /// `instant` written on this wall clock: RFC 3339 with an offset of whole minutes, as that format asks, and a
    /// fraction of a second only when there is one.
    ///
    /// The offset follows from the stored clock and not from the tz database of today, so a cramp reads the same
    /// after every update of it.
    #[must_use]
    pub fn write(self, instant: Instant) -> String {
        self.write_later(instant, Duration::ZERO)
    }

    /// The same of an instant that comes so much later, with the offset that the clock had before: it may have been changed
    /// meanwhile, and the instant is right all the same.
    #[must_use]
    pub fn write_later(self, instant: Instant, later: Duration) -> String {
        let midnight = self.date.and_time(NaiveTime::MIN).and_utc().timestamp() / 60;
        let offset_minutes = midnight + i64::from(self.time.0) - instant.seconds().div_euclid(60);
        let offset = i32::try_from(offset_minutes * 60)
            .ok()
            .and_then(FixedOffset::east_opt)
            .unwrap_or_else(|| chrono::Utc.fix());
        let local: DateTime<FixedOffset> = instant.plus(later).utc().with_timezone(&offset);
        local.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
    }
}

/// Which part of the person's day an onset falls in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// In the night window.
    Night,
    /// From the evening's start to the night's.
    Evening,
    /// The rest.
    Day,
}

impl Period {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Night => "night",
            Self::Evening => "evening",
            Self::Day => "day",
        }
    }
}

/// The hours a person calls night, on their own clock; may wrap midnight. Half-open: `from` is in, `to` is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    from: LocalTime,
    to: LocalTime,
}

impl Window {
    /// From its first minute to the first minute after it. Equal ends make an empty window.
    #[must_use]
    pub const fn new(from: LocalTime, to: LocalTime) -> Self {
        Self { from, to }
    }

    /// Whether it lies on two dates.
    #[must_use]
    pub fn wraps(self) -> bool {
        self.from > self.to && self.to.minute() > 0
    }

    /// Whether a time of day lies in the window.
    #[must_use]
    pub fn contains(self, time: LocalTime) -> bool {
        if self.from <= self.to { self.from <= time && time < self.to } else { self.from <= time || time < self.to }
    }

    /// Its length in minutes.
    #[must_use]
    pub fn minutes(self) -> u16 {
        (self.to.0 + MINUTES_PER_DAY - self.from.0) % MINUTES_PER_DAY
    }
}

/// How a person's day divides: night, the evening before it, and the day, which is the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayParts {
    night_start: LocalTime,
    night_end: LocalTime,
    evening_start: LocalTime,
}

/// Why three times of day do not divide a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DayPartsError {
    /// The night's start equals its end.
    #[error("the night would be empty: night_start and night_end are the same")]
    EmptyNight,
    /// The evening would start when the night has already begun.
    #[error("the evening must start before the night does: evening_start lies between night_start and night_end")]
    EveningInNight,
}

impl DayParts {
    /// Night 22:00–06:00, evening from 18:00.
    pub const DEFAULT: Self =
        Self { night_start: LocalTime(22 * 60), night_end: LocalTime(6 * 60), evening_start: LocalTime(18 * 60) };

    /// Divides the day.
    ///
    /// # Errors
    /// When the night is empty or the evening would start inside it.
    pub fn new(night_start: LocalTime, night_end: LocalTime, evening_start: LocalTime) -> Result<Self, DayPartsError> {
        if night_start == night_end {
            return Err(DayPartsError::EmptyNight);
        }
        if Window::new(night_start, night_end).contains(evening_start) {
            return Err(DayPartsError::EveningInNight);
        }
        Ok(Self { night_start, night_end, evening_start })
    }

    /// The night window.
    #[must_use]
    pub const fn night(self) -> Window {
        Window::new(self.night_start, self.night_end)
    }

    /// When the night starts.
    #[must_use]
    pub const fn night_start(self) -> LocalTime {
        self.night_start
    }

    /// When the night is over: the first minute that is not night.
    #[must_use]
    pub const fn night_end(self) -> LocalTime {
        self.night_end
    }

    /// When the evening starts.
    #[must_use]
    pub const fn evening_start(self) -> LocalTime {
        self.evening_start
    }

    /// The part of the day that a time lies in.
    #[must_use]
    pub fn period(self, time: LocalTime) -> Period {
        if self.night().contains(time) {
            Period::Night
        } else if Window::new(self.evening_start, self.night_start).contains(time) {
            Period::Evening
        } else {
            Period::Day
        }
    }

    /// The local date on which the night around `clock` began; `None` outside the night. After midnight, in a night
    /// that wraps it, that is the day before.
    #[must_use]
    pub fn night_of(self, clock: LocalClock) -> Option<NaiveDate> {
        if self.period(clock.time) != Period::Night {
            None
        } else if clock.time < self.night_start {
            clock.date.pred_opt()
        } else {
            Some(clock.date)
        }
    }
}

/// The earliest and latest instants at which any zone on earth can show a date from `from` to `to`: a bound for an
/// index scan, wider than the range itself. Offsets have never exceeded 16 hours either way.
#[must_use]
pub fn instants_around(from: NaiveDate, to: NaiveDate) -> (Instant, Instant) {
    const WIDEST_OFFSET_SECONDS: i64 = 16 * 3600;
    let midnight = |date: NaiveDate| i64::from(date.num_days_from_ce() - 719_163) * 86_400;
    (
        Instant::from_micros((midnight(from) - WIDEST_OFFSET_SECONDS) * 1_000_000),
        Instant::from_micros((midnight(to) + 86_400 + WIDEST_OFFSET_SECONDS) * 1_000_000),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn time(text: &str) -> LocalTime {
        LocalTime::parse(text).unwrap()
    }

    fn onset(text: &str) -> Instant {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
    }

    #[derive(serde::Deserialize)]
    struct Reference {
        cases: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        started_at: String,
        time_zone: String,
        night_start: String,
        night_end: String,
        evening_start: String,
        local_started_at: String,
        local_date: NaiveDate,
        local_time: String,
        night_of: Option<NaiveDate>,
        period: String,
    }

    #[test]
    fn the_local_clock_agrees_with_the_reference() {
        agrees_with(include_str!("../../tests/reference/local_clock.json"));
    }

    #[test]
    fn zones_whose_rules_changed_of_late_have_the_new_ones() {
        agrees_with(include_str!("../../tests/reference/changed_zones.json"));
    }

    fn agrees_with(reference: &str) {
        let reference: Reference = serde_json::from_str(reference).unwrap();
        assert!(reference.cases.len() > 50);
        for case in reference.cases {
            let parts =
                DayParts::new(time(&case.night_start), time(&case.night_end), time(&case.evening_start)).unwrap();
            let instant = onset(&case.started_at);
            let clock = LocalClock::at(instant, Zone::named(&case.time_zone).unwrap());
            let name = format!("{} in {}", case.started_at, case.time_zone);
            assert_eq!(clock.write(instant), case.local_started_at, "{name}");
            assert_eq!(clock.date, case.local_date, "{name}");
            assert_eq!(clock.time.to_string(), case.local_time, "{name}");
            assert_eq!(parts.night_of(clock), case.night_of, "{name}");
            let period = serde_json::to_value(parts.period(clock.time)).unwrap();
            assert_eq!(period, case.period, "{name}");
        }
    }

    #[test]
    fn an_offset_of_odd_seconds_still_names_the_same_instant() {
        // Liberia kept -00:44:30 until 1972; RFC 3339 has no seconds in its offset.
        let instant = onset("1970-06-01T12:00:00Z");
        let written = LocalClock::at(instant, Zone::named("Africa/Monrovia").unwrap()).write(instant);
        assert_eq!(onset(&written), instant, "{written}");
        assert!(written.ends_with("-00:45"), "{written}");
    }

    #[test]
    fn a_day_that_cannot_be_divided_is_refused() {
        assert_eq!(DayParts::new(time("22:00"), time("22:00"), time("18:00")), Err(DayPartsError::EmptyNight));
        assert_eq!(DayParts::new(time("22:00"), time("06:00"), time("23:00")), Err(DayPartsError::EveningInNight));
        assert_eq!(DayParts::new(time("22:00"), time("06:00"), time("22:00")), Err(DayPartsError::EveningInNight));
        assert!(DayParts::new(time("22:00"), time("06:00"), time("06:00")).is_ok());
    }

    #[test]
    fn times_of_day_are_two_digits_each() {
        for wrong in ["24:00", "6:00", "06:60", "0600", "", "06:00:00", "+6:00"] {
            assert_eq!(LocalTime::parse(wrong), None, "{wrong}");
        }
        assert_eq!(time("06:05").to_string(), "06:05");
    }

    #[test]
    fn every_date_on_earth_lies_within_its_instants() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        let (low, high) = instants_around(date, date);
        for zone in ["Pacific/Kiritimati", "Pacific/Niue", "UTC"] {
            let zone = Zone::named(zone).unwrap();
            assert!(zone.date_at(low) < date && zone.date_at(high) > date);
        }
    }
}
