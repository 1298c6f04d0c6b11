//! Cramps by bouts: those of one night are not independent of each other, nor are those of one day.

use chrono::NaiveDate;

use super::statistics::{Bout, Clustered, clustered};
use crate::diary::covered_days::model::{CoveredDay, DayCounts};

/// Cramps in bouts, by date. One of a date D holds the cramps of its day and evening, and those of the night that begins on
/// D.
#[derive(Debug, Default)]
pub struct Bouts(Vec<(NaiveDate, DayCounts)>);

/// A question about the cramps of a bout: how many say yes, how many no, and of how many it is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question(fn(&DayCounts) -> (u32, u32, u32));

impl Question {
    /// At night?
    pub const AT_NIGHT: Self = Self(|bout| {
        let (night, all) = (bout.night().episodes, bout.all().episodes);
        (night, all.saturating_sub(night), all)
    });
    /// Of those that were written down within 24 hours: at night?
    pub const AT_NIGHT_WRITTEN_SOON: Self = Self(|bout| {
        let (night, all) = (bout.night().soon, bout.all().soon);
        (night, all.saturating_sub(night), all)
    });
    /// Did it break sleep?
    pub const SLEEP_INTERRUPTED: Self = Self(|bout| {
        let all = bout.all();
        (all.sleep_interrupted, all.sleep_not_interrupted, all.episodes)
    });
    /// Of those at night: did it break sleep?
    pub const SLEEP_INTERRUPTED_AT_NIGHT: Self = Self(|bout| {
        let night = bout.night();
        (night.sleep_interrupted, night.sleep_not_interrupted, night.episodes)
    });
    /// In the evening or at night, and did it break sleep? Of those of which it is known whether it did.
    pub const LATE_AND_SLEEP_INTERRUPTED: Self = Self(|bout| {
        let (all, late) = (bout.all(), bout.late().sleep_interrupted);
        let known = all.sleep_interrupted + all.sleep_not_interrupted;
        (late, known.saturating_sub(late), known)
    });
    /// Asleep, or awake in bed?
    pub const IN_BED: Self = Self(|bout| {
        let all = bout.all();
        (all.in_bed, all.not_in_bed, all.episodes)
    });
    /// Walking or exercising?
    pub const ON_THE_MOVE: Self = Self(|bout| {
        let all = bout.all();
        (all.on_the_move, (all.in_bed + all.not_in_bed).saturating_sub(all.on_the_move), all.episodes)
    });
    /// Longer than ten minutes?
    pub const OVER_10_MINUTES: Self = Self(|bout| {
        let all = bout.all();
        (all.over_10_minutes, all.up_to_10_minutes, all.episodes)
    });
    /// Written down within 24 hours?
    pub const WRITTEN_SOON: Self = Self(|bout| {
        let all = bout.all();
        (all.soon, all.episodes.saturating_sub(all.soon), all.episodes)
    });
}

/// The answers to a question, by bouts.
#[derive(Debug)]
pub struct Told {
    /// What is known, by bouts. There may be bouts of nothing.
    pub bouts: Vec<Bout>,
    /// Of how many it was asked.
    pub all: u32,
}

impl Told {
    /// The share that says yes, as sure as the bouts are many.
    #[must_use]
    pub fn share(&self) -> Option<Clustered> {
        clustered(&self.bouts)
    }
}

impl Bouts {
    /// The bouts of days, which come by date. What the first of them has of the night before is in a bout of the date
    /// before; what the night of the last of them brings after midnight is not there.
    #[must_use]
    pub fn of<'a>(days: impl IntoIterator<Item = &'a CoveredDay>) -> Self {
        let mut bouts = Self::default();
        for &CoveredDay { date, counts, .. } in days {
            let nothing = DayCounts::default();
            let of_the_night_before =
                DayCounts { night_begun_the_date_before: counts.night_begun_the_date_before, ..nothing };
            if let Some(date_before) = date.pred_opt() {
                bouts.add(date_before, of_the_night_before);
            }
            bouts.add(date, counts.minus(of_the_night_before));
        }
        bouts
    }

    /// Nights in which cramps began.
    #[must_use]
    pub fn cramp_nights(&self) -> u32 {
        let nights = self.0.iter().filter(|(_, bout)| bout.night().episodes > 0).count();
        u32::try_from(nights).unwrap_or(u32::MAX)
    }

    /// Asks all of them.
    #[must_use]
    pub fn ask(&self, Question(question): Question) -> Told {
        let mut told = Told { bouts: Vec::with_capacity(self.0.len()), all: 0 };
        for (_, bout) in &self.0 {
            let (yes, no, all) = question(bout);
            told.bouts.push(Bout { yes, all: yes + no });
            told.all += all;
        }
        told
    }

    fn add(&mut self, date: NaiveDate, counts: DayCounts) {
        if counts == DayCounts::default() {
            return;
        }
        match self.0.last_mut() {
            Some((last, bout)) if *last == date => *bout = bout.plus(counts),
            _ => self.0.push((date, counts)),
        }
    }
}
