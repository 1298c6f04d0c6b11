//! What the diary knows of a period, read once, and what every answer makes of it.

use chrono::{Days, NaiveDate, TimeDelta};
use serde::Serialize;

use super::{
    bouts::Bouts,
    period::DateRange,
    statistics::{Exposure, share, six_decimals},
};
use crate::{
    access::ReadableDiary,
    diary::covered_days::{
        self,
        model::{Counts, CoveredDay, DayCounts},
        tally::Tally,
    },
    foundation::{language::Language, local_clock::DayParts, precondition::Revision},
    say,
    storage::{Db, Result},
};

/// What the diary knows of a period.
#[derive(Debug)]
pub struct Record {
    /// The period.
    pub period: DateRange,
    /// The diary's revision.
    pub revision: Revision,
    /// How its days divide.
    pub parts: DayParts,
    /// Its covered days in the period, by date.
    pub days: Vec<CoveredDay>,
    /// Its first covered day at all.
    pub first_day: Option<NaiveDate>,
    /// Today in its zone.
    pub today: NaiveDate,
}

/// Cramps and days, twice: what is known, and what would hold if nothing came on the days without an entry. A cramp covers
/// its own day, while a day without cramps is covered only by who checks in, so rates on covered days alone are too high
/// for whoever does not.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// On covered days.
    pub covered: Exposure,
    /// The same cramps on all days of which something could be known.
    pub all: Exposure,
    /// Covered days without a cramp.
    pub cramp_free_days: u32,
    /// Cramps and covered days of each seven days of the calendar, from the first day on: how the cramps vary from week to
    /// week.
    pub weeks: Vec<(u32, u32)>,
    /// The same cramps and all days of each seven.
    pub whole_weeks: Vec<(u32, u32)>,
}

/// Nights. One lies on one date, or on two where it wraps midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nights {
    /// Nights whose dates have an entry.
    pub covered: u32,
    /// Those of them whose dates tell all that came, since none says that there was a cramp of which the log has none.
    pub told: u32,
    /// Observed nights: those of them in which it is known whether it happened.
    pub observed: u32,
    /// Observed nights in which it happened.
    pub with: u32,
    /// All nights of which something could be known.
    pub all: u32,
    /// Those of them in which it is known to have happened.
    pub known_with: u32,
}

/// What is known of one night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Night {
    /// How much is known of it.
    pub known: Known,
    /// Whether it is known to have happened.
    pub happened: bool,
}

/// How much is known of a night, each more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// A date of it has no entry.
    NotCovered,
    /// A date of it says that there was a cramp of which the log has none.
    Contradicted,
    /// All that came is known, and not whether it was this.
    NotRecorded,
    /// All of it.
    Observed,
}

/// What can happen in a night: in how many of its cramps it did, and of how many it is not known.
#[derive(Debug, Clone, Copy)]
pub struct InNight(fn(&Counts) -> (u32, u32));

impl InNight {
    /// A cramp.
    pub const CRAMP: Self = Self(|night| (night.episodes, 0));
    /// A cramp, as far as cramps were written down within 24 hours: of others it is not known.
    pub const CRAMP_WRITTEN_SOON: Self = Self(|night| (night.soon, night.episodes.saturating_sub(night.soon)));
    /// A cramp that broke sleep.
    pub const BROKEN_SLEEP: Self = Self(|night| {
        let yes = night.sleep_interrupted;
        (yes, night.episodes.saturating_sub(yes + night.sleep_not_interrupted))
    });
}

/// The longest run of days without a cramp, each of them with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// How many.
    pub days: u32,
}

/// The days since something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// How many.
    pub days: u32,
    /// How many of them have an entry.
    pub covered: u32,
}

impl Seen {
    /// Whether days lack an entry, and no day without cramps has one.
    #[must_use]
    pub const fn lacks_cramp_free_days(&self) -> bool {
        self.cramp_free_days == 0 && self.all.days > self.covered.days
    }
}

/// How much of the period is recorded.
#[derive(Debug, Clone, Serialize)]
pub struct Coverage {
    /// Days since the first entry that are over or under way.
    pub days: u32,
    /// How many of them have an entry.
    pub covered: u32,
    /// covered / days.
    pub share: Option<f64>,
}

impl Record {
    /// Reads the counts of a period.
    pub fn read(db: &mut Db, diary: &ReadableDiary, period: DateRange) -> Result<Self> {
        covered_days::store::foresee_first(db, diary)?;
        Ok(Self {
            period,
            revision: diary.diary().revision,
            parts: diary.diary().day_parts,
            days: covered_days::store::between(db, diary, period.from, period.to)?,
            first_day: covered_days::store::first(db, diary)?,
            today: diary.today(),
        })
    }

    /// What the diary knows of a part of the period.
    #[must_use]
    pub fn part(&self, period: DateRange) -> Self {
        Self { period, days: self.within(period).copied().collect(), ..*self }
    }

    /// Reads what the cramps of a period were like, by the date on which they began.
    pub fn tallies(&self, db: &mut Db, diary: &ReadableDiary) -> Result<Tallies> {
        Ok(Tallies(covered_days::store::tallies(db, diary, self.period.from, self.period.to)?))
    }

    /// The same from so many days before the period to so many after it: what has a bearing on its cramps from outside.
    pub fn tallies_around(&self, db: &mut Db, diary: &ReadableDiary, days: u32) -> Result<Tallies> {
        let days = Days::new(days.into());
        let from = self.period.from.checked_sub_days(days).unwrap_or(self.period.from);
        let to = self.period.to.checked_add_days(days).unwrap_or(self.period.to);
        Ok(Tallies(covered_days::store::tallies(db, diary, from, to)?))
    }

    /// The counts of the whole period.
    #[must_use]
    pub fn sum(&self) -> DayCounts {
        self.days.iter().fold(DayCounts::default(), |sum, day| sum.plus(day.counts))
    }

    /// The days of a part of the period.
    pub fn within(&self, part: DateRange) -> impl Iterator<Item = &CoveredDay> {
        let first = self.days.partition_point(|day| day.date < part.from);
        self.days[first..].iter().take_while(move |day| day.date <= part.to)
    }

    /// A day, when it is covered.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> Option<&CoveredDay> {
        self.within(DateRange { from: date, to: date }).next()
    }

    /// The days of a part of the period that are over or under way.
    fn come(&self, part: DateRange) -> impl Iterator<Item = &CoveredDay> {
        self.within(part).filter(|day| day.date <= self.today)
    }

    /// Cramps and covered days of a part of the period. Days that have not come count neither.
    #[must_use]
    pub fn exposure(&self, part: DateRange) -> Exposure {
        self.come(part).fold(Exposure { events: 0, days: 0 }, |sum, day| Exposure {
            events: sum.events + day.episodes(),
            days: sum.days + 1,
        })
    }

    /// The cramps of the period in bouts.
    #[must_use]
    pub fn bouts(&self) -> Bouts {
        Bouts::of(&self.days)
    }

    /// The same from the cramps alone that were written down within 24 hours. A day all of whose cramps were written down
    /// later is taken for one without an entry.
    #[must_use]
    pub fn written_soon(&self) -> Self {
        let soon = |day: &CoveredDay| CoveredDay { counts: day.counts.written_soon(), ..*day };
        let is_kept = |day: &&CoveredDay| !day.has_cramps() || day.counts.all().soon > 0;
        Self { days: self.days.iter().filter(is_kept).map(soon).collect(), ..*self }
    }

    /// In how many nights of a part of the period something happened.
    #[must_use]
    pub fn nights(&self, part: Option<DateRange>, what: InNight) -> Nights {
        let Some(known) = part.and_then(|part| self.known(part)) else { return Nights::default() };
        let mut days = self.within(known).peekable();
        let mut morning = days.next_if(|day| day.date == known.from);
        let mut nights = Nights::default();
        for night_of in known.from.iter_days().take_while(|date| *date <= known.to) {
            // A night that begins on the last of the days ends after them, unless it lies on one date.
            if self.parts.night().wraps() && night_of == known.to {
                break;
            }
            let evening = morning;
            morning = days.next_if(|day| Some(day.date) == night_of.succ_opt());
            let night = self.night_between(evening, morning, what);
            nights.all += 1;
            nights.covered += u32::from(night.known > Known::NotCovered);
            nights.told += u32::from(night.known > Known::Contradicted);
            nights.observed += u32::from(night.known == Known::Observed);
            nights.with += u32::from(night.known == Known::Observed && night.happened);
            nights.known_with += u32::from(night.happened);
        }
        nights
    }

    /// What is known of the night that begins on a date.
    #[must_use]
    pub fn night(&self, night_of: NaiveDate, what: InNight) -> Night {
        let morning = night_of.succ_opt().and_then(|date| self.day(date));
        self.night_between(self.day(night_of), morning, what)
    }

    /// A night is observed when the dates that it lies on have an entry, none of them says that there was a cramp of which
    /// the log has none, and it is known whether it happened: in one of the cramps at least, or in none of all of them.
    fn night_between(&self, evening: Option<&CoveredDay>, morning: Option<&CoveredDay>, what: InNight) -> Night {
        let on_its_dates = |holds: &dyn Fn(&CoveredDay) -> bool| {
            evening.is_some_and(holds) && (!self.parts.night().wraps() || morning.is_some_and(holds))
        };
        let of_evening = evening.map(|day| day.counts.night_begun_this_date).unwrap_or_default();
        let of_morning = morning.map(|day| day.counts.night_begun_the_date_before).unwrap_or_default();
        let (yes, unknown) = what.0(&of_evening.plus(of_morning));
        let known = if !on_its_dates(&|_| true) {
            Known::NotCovered
        } else if !on_its_dates(&CoveredDay::tells_all) {
            Known::Contradicted
        } else if yes == 0 && unknown > 0 {
            Known::NotRecorded
        } else {
            Known::Observed
        };
        Night { known, happened: yes > 0 }
    }

    /// The days after the last cramp of the period, to its end or today: none when it came on that day.
    #[must_use]
    pub fn since_last_cramp(&self) -> Option<Since> {
        let end = self.period.to.min(self.today);
        let last = self.days.iter().rposition(|day| day.has_cramps() && day.date <= end)?;
        let days = u32::try_from((end - self.days[last].date).num_days()).ok()?;
        let covered = number(self.days[last + 1..].iter().filter(|day| day.date <= end).count());
        Some(Since { days, covered })
    }

    /// The longest run of covered days without a cramp; the first of several as long. A day without an entry ends a run.
    #[must_use]
    pub fn longest_run(&self) -> Option<Run> {
        let mut longest: Option<Run> = None;
        let mut run: Option<Run> = None;
        for day in self.come(self.period) {
            run = day.is_cramp_free().then(|| match run {
                Some(run) if run.to.succ_opt() == Some(day.date) => Run { to: day.date, days: run.days + 1, ..run },
                _ => Run { from: day.date, to: day.date, days: 1 },
            });
            if run.map(|run| run.days) > longest.map(|longest| longest.days) {
                longest = run;
            }
        }
        longest
    }

    /// Days of which the person said something else than the log.
    #[must_use]
    pub fn contradictions(&self) -> u32 {
        number(self.come(self.period).filter(|day| day.is_contradictory()).count())
    }

    /// What can be known of the period: from the first entry on, to today.
    #[must_use]
    pub fn known_period(&self) -> Option<DateRange> {
        self.known(self.period)
    }

    /// What can be known of a part of the period.
    #[must_use]
    pub fn known(&self, part: DateRange) -> Option<DateRange> {
        let from = self.first_day?.max(part.from);
        let to = part.to.min(self.today);
        (from <= to).then_some(DateRange { from, to })
    }

    /// What was seen of a part of the period, which may have no days.
    #[must_use]
    pub fn seen(&self, part: Option<DateRange>) -> Seen {
        let Some(part) = part else { return Seen::default() };
        let covered = self.exposure(part);
        let cramp_free = self.come(part).filter(|day| day.is_cramp_free()).count();
        let mut seen = Seen {
            covered,
            all: Exposure { events: covered.events, days: self.known(part).map_or(0, days) },
            cramp_free_days: number(cramp_free),
            ..Seen::default()
        };
        let mut week = self.known(part).map(|known| DateRange { to: known.from + TimeDelta::days(6), ..known });
        while let Some(seven) = week.and_then(|week| self.known(part).and_then(|known| week.within(known))) {
            let Exposure { events, days: covered } = self.exposure(seven);
            seen.weeks.push((events, covered));
            seen.whole_weeks.push((events, days(seven)));
            week = Some(DateRange { from: seven.from + TimeDelta::days(7), to: seven.from + TimeDelta::days(13) });
        }
        seen
    }

    /// How much of a part of the period is recorded. Nothing can be known of days before the first entry or after today.
    #[must_use]
    pub fn coverage(&self, part: DateRange) -> Coverage {
        let days = self.known(part).map_or(0, days);
        let covered = self.exposure(part).days;
        Coverage { days, covered, share: share(covered, days).map(six_decimals) }
    }

    /// Dates on which cramps began.
    #[must_use]
    pub fn cramp_days(&self) -> u32 {
        number(self.days.iter().filter(|day| day.has_cramps()).count())
    }
}

impl Coverage {
    /// In words, when there is anything to say.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        let Self { days, covered, share } = self;
        if covered == days {
            return share.map(|_| say!(language, "coverage-whole", days = *days));
        }
        share.map(|share| {
            say!(language, "coverage", covered = *covered, days = *days, percent = language.percent(share))
        })
    }
}

/// How many days lie from one date to the other, both included.
fn days(range: DateRange) -> u32 {
    u32::try_from((range.to - range.from).num_days() + 1).unwrap_or_default()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What the cramps of a period were like, by the date on which they began.
#[derive(Debug, Default)]
pub struct Tallies(pub Vec<(NaiveDate, Tally)>);

impl Tallies {
    /// All of them in one.
    #[must_use]
    pub fn sum(&self) -> Tally {
        self.within(DateRange { from: NaiveDate::MIN, to: NaiveDate::MAX })
    }

    /// Those of a part of the period in one.
    #[must_use]
    pub fn within(&self, part: DateRange) -> Tally {
        let mut sum = Tally::default();
        for (_, tally) in self.0.iter().filter(|(date, _)| part.from <= *date && *date <= part.to) {
            sum.add(tally);
        }
        sum
    }
}
