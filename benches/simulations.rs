//! How often verdicts are wrong when nothing changes: simulated diaries of people whose cramps come at the same rate all
//! the time and at any hour alike, and how many of them are told otherwise. Prints a table; the same numbers each time.
//!
//! `cargo run --locked --example simulations [DIARIES]`: how many diaries a line, else 4000. A rate of 5 % is then sure to
//! about ± 0.7 %.
#![allow(clippy::unwrap_used, reason = "a program for whoever checks the methods")]

use std::{env, f64::consts::TAU};

use cramp_diary::analytics::statistics::{Bout, SplitMix};

/// The verdicts as the service comes to them: nothing else here knows a rule.
mod verdicts {
    use cramp_diary::analytics::{
        comparison::Direction,
        night_share::{Verdict, verdict},
        record::Seen,
        statistics::{Bout, Exposure, Level, clustered},
    };

    use super::Day;

    /// Whether the cramps of these bouts are told to come mostly at night.
    pub fn mostly_at_night(bouts: &[Bout], clock_share: f64) -> bool {
        verdict(clustered(bouts).as_ref(), clock_share) == Verdict::MostlyAtNight
    }

    /// Whether the interval of the share of these bouts leaves out a share.
    pub fn leaves_out(bouts: &[Bout], share: f64) -> bool {
        clustered(bouts).is_none_or(|found| share < found.ci95.low || found.ci95.high < share)
    }

    /// Whether these days are told to have fewer or more cramps than those before them.
    pub fn changed(before: &[Day], after: &[Day]) -> bool {
        is_told(&[before, after], Level::Percent95)
    }

    /// Whether the last of these parts is told to have fewer or more cramps than the one before it, in the list of patients.
    pub fn changed_in_a_glance(parts: &[&[Day]]) -> bool {
        is_told(parts, Level::Percent99)
    }

    fn is_told(parts: &[&[Day]], level: Level) -> bool {
        let seen: Vec<_> = parts.iter().map(|days| seen(days)).collect();
        matches!(Direction::of(&seen.iter().collect::<Vec<_>>(), level), Direction::Fewer | Direction::More)
    }

    fn seen(days: &[Day]) -> Seen {
        let (weeks, whole_weeks) = (weeks(days, |day| day.covered), weeks(days, |_| true));
        let sum = |weeks: &[(u32, u32)]| {
            let (events, days) = weeks.iter().fold((0, 0), |sum, week| (sum.0 + week.0, sum.1 + week.1));
            Exposure { events, days }
        };
        Seen { covered: sum(&weeks), all: sum(&whole_weeks), cramp_free_days: 0, weeks, whole_weeks }
    }

    /// Cramps and counted days of each seven days.
    fn weeks(days: &[Day], counts: fn(&Day) -> bool) -> Vec<(u32, u32)> {
        let of = |week: &[Day]| {
            week.iter().filter(|day| counts(day)).fold((0, 0), |sum, day| (sum.0 + day.cramps, sum.1 + 1))
        };
        days.chunks(7).map(of).collect()
    }
}

/// A day of a diary.
#[derive(Clone, Copy)]
pub struct Day {
    cramps: u32,
    /// Whether the day has an entry. One with cramps has.
    covered: bool,
}

/// In what way counts vary more than independent ones.
#[derive(Clone, Copy)]
enum Excess {
    /// Several cramps come at a time.
    AtATime,
    /// Spells of so many days, with a rate of their own each.
    Spells(u32),
}

struct Random(SplitMix);

impl Random {
    /// A line of the table begins with a seed of its own: lines can be changed without changing others.
    fn of(line: &str) -> Self {
        Self(SplitMix::new(line.bytes().fold(20_261_126, |seed, byte| seed * 31 % 1_000_000_007 + u64::from(byte))))
    }

    fn happens(&mut self, probability: f64) -> bool {
        self.0.uniform() < probability
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.0.uniform()).ln()).sqrt() * (TAU * self.0.uniform()).cos()
    }

    /// D. E. Knuth's way, for small means.
    fn poisson(&mut self, mean: f64) -> u32 {
        let (bound, mut product) = ((-mean).exp(), self.0.uniform());
        let mut count = 0;
        while product > bound {
            count += 1;
            product *= self.0.uniform();
        }
        count
    }

    /// A gamma variate of mean 1 (G. Marsaglia & W. W. Tsang, ACM TOMS 26, 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        let boost = if shape < 1.0 { (1.0 - self.0.uniform()).powf(1.0 / shape) } else { 1.0 };
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && (1.0 - self.0.uniform()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * boost / shape;
            }
        }
    }

    /// Cramps of consecutive days at one rate a week, of which the counts of a week have `index` times the variance of
    /// independent ones.
    fn cramps(&mut self, days: usize, weekly: f64, index: f64, excess: Excess) -> Vec<Day> {
        let daily = weekly / 7.0;
        let mut left = 0;
        let mut spell = 1.0;
        let day = |_| {
            let cramps = match excess {
                Excess::AtATime => {
                    // 1 + Poisson(λ) at a time, of which E(size²) / E(size) is the index.
                    let b = 3.0 - index;
                    let more = ((b * b + 4.0 * (index - 1.0)).sqrt() - b) / 2.0;
                    (0..self.poisson(daily / (1.0 + more))).map(|_| 1 + self.poisson(more)).sum()
                }
                Excess::Spells(length) => {
                    if left == 0 {
                        left = length;
                        spell = if index > 1.0 { self.gamma(weekly / (index - 1.0)) } else { 1.0 };
                    }
                    left -= 1;
                    self.poisson(daily * spell)
                }
            };
            Day { cramps, covered: true }
        };
        (0..days).map(day).collect()
    }

    /// Takes away the entries of days without cramps, until about so many of the days have one.
    fn check_in_on(&mut self, days: &mut [Day], share: f64) {
        let free = days.iter().filter(|day| day.cramps == 0).count();
        let wanted = share * number(days.len()) - number(days.len() - free);
        let probability = wanted / number(free.max(1));
        for day in days.iter_mut().filter(|day| day.cramps == 0) {
            day.covered = self.happens(probability);
        }
    }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// Prints a line: of how many simulated diaries the verdict is wrong, and how many may be.
fn line(diaries: usize, aim: Option<f64>, name: &str, mut is_wrong: impl FnMut(&mut Random) -> bool) {
    let mut random = Random::of(name);
    let wrong = (0..diaries).filter(|_| is_wrong(&mut random)).count();
    let share = number(wrong) / number(diaries);
    let error = (share * (1.0 - share) / number(diaries)).sqrt();
    let remark = match aim {
        None => "no aim".to_owned(),
        // By more than chance of the simulation explains.
        Some(aim) if share - 2.0 * error > aim => format!("above {:.0} %", aim * 100.0),
        Some(aim) => format!("aim {:.0} %", aim * 100.0),
    };
    println!("{name:<72} {:>5.1} %  {remark}", share * 100.0);
}

fn nights(diaries: usize) {
    println!("\nmostly_at_night, with onsets spread evenly round the clock and a night of 8 hours");
    for bouts in [5, 6, 8, 10, 20, 40] {
        for size in [1.0, 2.0, 3.0] {
            let name = format!("  {bouts} bouts of {size} cramps on average");
            line(diaries, Some(0.05), &name, |random| {
                let bout = |_| {
                    let all = 1 + random.poisson(size - 1.0);
                    Bout { yes: if random.happens(1.0 / 3.0) { all } else { 0 }, all }
                };
                let bouts: Vec<_> = (0..bouts).map(bout).collect();
                verdicts::mostly_at_night(&bouts, 1.0 / 3.0)
            });
        }
    }
}

fn intervals(diaries: usize) {
    println!("\n95 % interval of a share that leaves out the true one, where cramps of a bout are half alike");
    for bouts in [3, 5, 10, 20, 40] {
        line(diaries, None, &format!("  {bouts} bouts of 6 cramps"), |random| {
            let bout = |_| {
                // A probability of the bout's own, by the arcsine law: two of its cramps correlate by 1/2.
                let probability = (TAU / 4.0 * random.0.uniform()).sin().powi(2);
                Bout { yes: (0..6).map(|_| u32::from(random.happens(probability))).sum(), all: 6 }
            };
            let bouts: Vec<_> = (0..bouts).map(bout).collect();
            verdicts::leaves_out(&bouts, 0.5)
        });
    }
}

const WAYS: [(&str, Excess); 2] = [("several at a time", Excess::AtATime), ("weeks differ", Excess::Spells(7))];

fn looks(diaries: usize) {
    println!("\nfewer or more, 90 days against the 90 before, a look");
    let look = |aim, weekly, index, (way, excess): (&str, Excess)| {
        let name = format!("  {weekly} cramps a week, variance / mean {index}, {way}");
        line(diaries, aim, &name, |random| {
            let before = random.cramps(90, weekly, index, excess);
            verdicts::changed(&before, &random.cramps(90, weekly, index, excess))
        });
    };
    for weekly in [1.0, 2.5, 7.0] {
        for index in [1.0, 2.0, 3.0] {
            for way in WAYS {
                look(Some(0.05), weekly, index, way);
            }
        }
    }
    // Longer spells than blocks of a week can tell from a change.
    for spell in [("spells of ten days", Excess::Spells(10)), ("spells of four weeks", Excess::Spells(28))] {
        look(None, 2.5, 2.0, spell);
    }
}

fn check_ins(diaries: usize) {
    println!("\nfewer or more, when not all of the 90 days on a side are covered, a look");
    for (first, second) in [(30.0, 75.0), (75.0, 30.0), (30.0, 30.0)] {
        for index in [1.0, 2.0, 3.0] {
            let name = format!("  {first} days, then {second}, 2.5 cramps a week, variance / mean {index}");
            line(diaries, Some(0.05), &name, |random| {
                let mut covered_on = |covered: f64| {
                    let mut days = random.cramps(90, 2.5, index, Excess::AtATime);
                    random.check_in_on(&mut days, covered / 90.0);
                    days
                };
                verdicts::changed(&covered_on(first), &covered_on(second))
            });
        }
    }
}

fn glances(diaries: usize) {
    println!("\nfewer or more at least once in a year, four weeks against the four before, at 99 %");
    for weekly in [2.5, 7.0] {
        for index in [1.0, 2.0, 3.0] {
            for (way, excess) in WAYS {
                let name = format!("  {weekly} cramps a week, variance / mean {index}, {way}");
                line(diaries, Some(0.1), &name, |random| {
                    let days = random.cramps(364, weekly, index, excess);
                    let parts: Vec<_> = days.chunks(28).collect();
                    (2..=parts.len()).any(|until| verdicts::changed_in_a_glance(&parts[..until]))
                });
            }
        }
    }
}

fn main() {
    let diaries = env::args().nth(1).map_or(4000, |count| count.parse().unwrap());
    println!("of {diaries} diaries a line in which nothing changes, so many are told");
    nights(diaries);
    intervals(diaries);
    looks(diaries);
    check_ins(diaries);
    glances(diaries);
}
