//! What the diary knows of a period, read once, and what every answer makes of it.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    period::DateRange,
    statistics::{Exposure, share, six_decimals},
};
use crate::{
    access::ReadableDiary,
    diary::covered_days::{self, model::DayCounts, tally::Tally},
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
    /// Its covered days in the period with their counts, by date.
    pub days: Vec<(NaiveDate, DayCounts)>,
    /// Its first covered day at all.
    pub first_day: Option<NaiveDate>,
    /// Today in its zone.
    pub today: NaiveDate,
}

/// Cramps and days, twice: what is known, and what would hold if nothing came on the days without an entry. A cramp covers
/// its own day, while a day without cramps is covered only by who checks in, so rates on covered days alone are too high
/// for whoever does not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// On covered days.
    pub covered: Exposure,
    /// The same cramps on all days of which something could be known.
    pub all: Exposure,
    /// Covered days without a cramp.
    pub cramp_free_days: u32,
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
        Ok(Self {
            period,
            revision: diary.diary().revision,
            parts: diary.diary().day_parts,
            days: covered_days::store::between(db, diary, period.from, period.to)?,
            first_day: covered_days::store::first(db, diary)?,
            today: diary.today(),
        })
    }

    /// Reads what the cramps of a period were like.
    pub fn tally(&self, db: &mut Db, diary: &ReadableDiary) -> Result<Tally> {
        covered_days::store::tally(db, diary, self.period.from, self.period.to)
    }

    /// The counts of the whole period.
    #[must_use]
    pub fn sum(&self) -> DayCounts {
        self.days.iter().fold(DayCounts::default(), |sum, (_, counts)| sum.plus(*counts))
    }

    /// The days of a part of the period.
    pub fn within(&self, part: DateRange) -> impl Iterator<Item = &(NaiveDate, DayCounts)> {
        let first = self.days.partition_point(|(date, _)| *date < part.from);
        self.days[first..].iter().take_while(move |(date, _)| *date <= part.to)
    }

    /// Cramps and covered days of a part of the period. Days that have not come count neither.
    #[must_use]
    pub fn exposure(&self, part: DateRange) -> Exposure {
        let over = self.within(part).filter(|(date, _)| *date <= self.today);
        over.fold(Exposure { events: 0, days: 0 }, |sum, (_, counts)| Exposure {
            events: sum.events + count(counts.episodes),
            days: sum.days + 1,
        })
    }

    /// What can be known of the period: from the first entry on, to today.
    #[must_use]
    pub fn known_period(&self) -> Option<DateRange> {
        let from = self.first_day?.max(self.period.from);
        let to = self.period.to.min(self.today);
        (from <= to).then_some(DateRange { from, to })
    }

    /// What was seen of a part of the period, which may have no days.
    #[must_use]
    pub fn seen(&self, part: Option<DateRange>) -> Seen {
        let Some(part) = part else { return Seen::default() };
        let covered = self.exposure(part);
        let cramp_free = self.within(part).filter(|(date, counts)| *date <= self.today && counts.episodes == 0).count();
        Seen {
            covered,
            all: Exposure { events: covered.events, days: self.coverage(part).days },
            cramp_free_days: u32::try_from(cramp_free).unwrap_or(u32::MAX),
        }
    }

    /// How much of a part of the period is recorded. Nothing can be known of days before the first entry or after today.
    #[must_use]
    pub fn coverage(&self, part: DateRange) -> Coverage {
        let days = self.first_day.map_or(0, |first| {
            let (from, to) = (part.from.max(first), part.to.min(self.today));
            u32::try_from((to - from).num_days() + 1).unwrap_or_default()
        });
        let covered = self.exposure(part).days;
        Coverage { days, covered, share: share(covered, days).map(six_decimals) }
    }

    /// Dates on which cramps began.
    #[must_use]
    pub fn cramp_days(&self) -> u32 {
        u32::try_from(self.days.iter().filter(|(_, day)| day.episodes > 0).count()).unwrap_or(u32::MAX)
    }

    /// Nights in which cramps began. A night runs over two dates: its cramps of the evening side are counted on the one,
    /// those after midnight on the next.
    #[must_use]
    pub fn cramp_nights(&self) -> u32 {
        let mut nights = 0;
        let mut last_night = None;
        for (date, counts) in &self.days {
            let night_before = date.pred_opt().filter(|_| counts.night_begun_the_date_before > 0);
            let night_begun = Some(*date).filter(|_| counts.night_begun_this_date > 0);
            for night in night_before.into_iter().chain(night_begun) {
                if last_night != Some(night) {
                    nights += 1;
                    last_night = Some(night);
                }
            }
        }
        nights
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

/// A count as the database keeps it.
#[must_use]
pub fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
