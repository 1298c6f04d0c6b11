//! How the counts of a day and its tally are written down. Each change of a cramp reads its day's and writes them anew, so
//! they are short. Parts stand between bars; what is missing at the end is empty.
//!
//! Counts have the four spans of the day, each with its figures between commas, in the order of [`Counts::figures`]. Here
//! are two cramps of the night that began the date before, which broke sleep, and one of the day while walking:
//!
//! ```text
//! 2,2,2,,2,,,,2|1,1,,,,1,1
//! ```
//!
//! A tally has its parts in the order of `parts!`. A count follows its number or word after an asterisk, unless it is one.
//! After an equals sign come the seconds that a measure took.
//!
//! ```text
//! 130,1395|45,180*2|7*3||asleep*3|calf:left*2 foot:right|long_walk|stretching*3=15,30*2|3|1|3||2|1
//! ```

use std::{collections::BTreeMap, fmt::Write};

use super::{
    model::DayCounts,
    tally::{Soreness, Tally, Tried, Words},
};
use crate::foundation::histogram::Histogram;

/// The counts of a day as text.
pub fn write_counts(mut counts: DayCounts) -> String {
    let mut text = String::with_capacity(64);
    for span in counts.spans() {
        let start = text.len();
        for figure in span.figures() {
            figure.write(&mut text);
            text.push(',');
        }
        text.truncate(start + text[start..].trim_end_matches(',').len());
        text.push('|');
    }
    text.truncate(text.trim_end_matches('|').len());
    text
}

/// The counts of a text, when it is one. Every question reads those of each of its days, so they are read digit by digit.
pub fn read_counts(text: &[u8]) -> Option<DayCounts> {
    let mut counts = DayCounts::default();
    read_figures(&mut counts, text)?;
    Some(counts)
}

fn read_figures(counts: &mut DayCounts, text: &[u8]) -> Option<()> {
    let mut spans = counts.spans().into_iter();
    let mut figures = spans.next()?.figures().into_iter();
    let mut figure = figures.next()?;
    for byte in text {
        match byte {
            b'|' => {
                figures = spans.next()?.figures().into_iter();
                figure = figures.next()?;
            }
            b',' => figure = figures.next()?,
            digit => *figure = figure.checked_mul(10)?.checked_add(char::from(*digit).to_digit(10)?)?,
        }
    }
    Some(())
}

/// A tally as text.
pub fn write_tally(mut tally: Tally) -> String {
    let mut text = String::with_capacity(128);
    for part in parts(&mut tally) {
        part.write(&mut text);
        text.push('|');
    }
    text.truncate(text.trim_end_matches('|').len());
    text
}

/// The tally of a text, when it is one.
pub fn read_tally(text: &str) -> Option<Tally> {
    let mut tally = Tally::default();
    let mut texts = text.split('|');
    for (part, text) in parts(&mut tally).into_iter().zip(&mut texts).filter(|(_, text)| !text.is_empty()) {
        part.read(text)?;
    }
    texts.next().is_none().then_some(tally)
}

/// All parts of a tally, each of which is named here: one that is forgotten does not compile.
macro_rules! parts {
    ($($of_tally:ident)+, soreness: $($of_soreness:ident)+) => {
        fn parts(tally: &mut Tally) -> [&mut dyn Part; 27] {
            let Tally { $($of_tally,)+ soreness: Soreness { $($of_soreness),+ } } = tally;
            [$($of_tally,)+ $($of_soreness),+]
        }
    };
}

parts! {
    minutes durations intensities sleep_disturbances contexts sites triggers relief with_sites with_triggers with_relief
    in_both_legs in_left_leg in_right_leg stood_still,
    soreness: resolved_on over_from last_seen_on sore_on paused_on peaks tender_days tender not_tender limits_walking
    not_limits_walking entries
}

/// One of them.
trait Part {
    /// Appends itself; nothing, when it counts nothing.
    fn write(&self, text: &mut String);

    /// Takes what is written, or nothing when that is of another kind.
    fn read(&mut self, text: &str) -> Option<()>;
}

impl Part for u32 {
    fn write(&self, text: &mut String) {
        if *self > 0 {
            number(text, *self);
        }
    }

    fn read(&mut self, text: &str) -> Option<()> {
        *self = text.parse().ok()?;
        Some(())
    }
}

impl Part for Histogram {
    fn write(&self, text: &mut String) {
        for (nth, (value, count)) in self.iter().enumerate() {
            separate(text, nth, ',');
            number(text, value);
            times(text, count);
        }
    }

    fn read(&mut self, text: &str) -> Option<()> {
        for item in text.split(',') {
            let (value, count) = counted(item)?;
            self.extend([(value.parse().ok()?, count)]);
        }
        Some(())
    }
}

impl Part for Words {
    fn write(&self, text: &mut String) {
        for (nth, (word, count)) in self.iter().enumerate() {
            separate(text, nth, ' ');
            text.push_str(word);
            times(text, *count);
        }
    }

    fn read(&mut self, text: &str) -> Option<()> {
        for item in text.split(' ') {
            let (word, count) = counted(item)?;
            self.insert(word.to_owned(), count);
        }
        Some(())
    }
}

impl Part for Tried {
    fn write(&self, text: &mut String) {
        self.times.write(text);
        seconds(text, self);
    }

    fn read(&mut self, text: &str) -> Option<()> {
        let (times, seconds) = text.split_once('=').map_or((text, None), |(times, seconds)| (times, Some(seconds)));
        self.times = times.parse().ok()?;
        seconds.map_or(Some(()), |seconds| self.seconds.read(seconds))
    }
}

impl Part for BTreeMap<String, Tried> {
    fn write(&self, text: &mut String) {
        for (nth, (measure, tried)) in self.iter().enumerate() {
            separate(text, nth, ' ');
            text.push_str(measure);
            times(text, tried.times);
            seconds(text, tried);
        }
    }

    fn read(&mut self, text: &str) -> Option<()> {
        for item in text.split(' ') {
            let (item, seconds) = item.split_once('=').map_or((item, None), |(item, seconds)| (item, Some(seconds)));
            let (measure, times) = counted(item)?;
            let mut tried = Tried { times, ..Tried::default() };
            if let Some(seconds) = seconds {
                tried.seconds.read(seconds)?;
            }
            self.insert(measure.to_owned(), tried);
        }
        Some(())
    }
}

fn separate(text: &mut String, nth: usize, by: char) {
    if nth > 0 {
        text.push(by);
    }
}

fn number(text: &mut String, number: u32) {
    // Writing into a string can't fail.
    let _ = write!(text, "{number}");
}

fn times(text: &mut String, count: u32) {
    if count != 1 {
        text.push('*');
        number(text, count);
    }
}

fn seconds(text: &mut String, tried: &Tried) {
    if !tried.seconds.is_empty() {
        text.push('=');
        tried.seconds.write(text);
    }
}

fn counted(item: &str) -> Option<(&str, u32)> {
    match item.split_once('*') {
        Some((item, count)) => Some((item, count.parse().ok()?)),
        None => Some((item, 1)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{super::model::Counts, *};

    const FULL: &str = "130,1395|45,180*2|7*3|4,6|asleep*2 walking|calf:*3 foot:right|heat long_walk*2|massage*2 \
        stretching=15 walking*3=20,30*2|3|2|4|1|5|6|2=40,50|2,3|2|9|0*4,1*3|1|6,8|2*2|7|10|11|12|40";

    #[test]
    fn every_part_is_written_as_it_was_read() {
        let mut tally = read_tally(FULL).unwrap();
        assert_eq!(write_tally(tally.clone()), FULL);
        assert_eq!(FULL.split('|').count(), parts(&mut tally).len());
        assert_eq!((tally.durations.of(180), tally.contexts["walking"], tally.soreness.entries), (2, 1, 40));
        assert_eq!((tally.relief["walking"].times, tally.relief["walking"].seconds.total()), (3, 3));
    }

    #[test]
    fn what_is_empty_takes_no_room() {
        assert_eq!(write_tally(Tally::default()), "");
        assert_eq!(read_tally("").unwrap(), Tally::default());
        let tally = Tally { with_sites: 2, ..Tally::default() };
        assert_eq!(write_tally(tally.clone()), "||||||||2");
        assert_eq!(read_tally("||||||||2").unwrap(), tally);
    }

    #[test]
    fn what_is_no_tally_is_not_read() {
        for text in
            ["{}", r#"{"minutes":[150,1]}"#, "150*", "150,", "x", "1|2|3|4|a*b", "|||||||||1,2", &"|".repeat(27)]
        {
            assert_eq!(read_tally(text), None, "{text}");
        }
    }

    #[test]
    fn counts_are_written_as_they_were_read() {
        for text in ["", "2,2,2,,2,,,,2|1,1,,,,1,1", "1,2,3,4,5,6,7,8,9|2|3|10,,,,,,,,9"] {
            assert_eq!(write_counts(read_counts(text.as_bytes()).unwrap()), text);
        }
        let counts = read_counts(b"2,2,2,,2,,,,2|1,1,,,,1,1||4").unwrap();
        assert_eq!((counts.all().episodes, counts.night().episodes, counts.late().sleep_interrupted), (7, 6, 2));
        assert_eq!(
            (counts.day.on_the_move, counts.evening, counts.night_begun_this_date.soon),
            (1, Counts::default(), 0)
        );
        for text in ["x", "-1", "1|2|3|4|5", "1,2,3,4,5,6,7,8,9,10", "1*2", "4294967296", "é"] {
            assert_eq!(read_counts(text.as_bytes()), None, "{text}");
        }
    }
}
