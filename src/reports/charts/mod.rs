//! The charts of the report. Each is readable in black and white: what differs, differs in lightness or in form.

mod clock;
mod course;
mod interval;
mod nights;
mod weeks;

pub use clock::clock;
pub use course::course;
pub use interval::interval;
pub use nights::first_nights;
pub use weeks::{Lane, weeks};

/// Names stand on one line.
const LONGEST_NAME: usize = 48;

/// A name as far as there is room for it.
#[must_use]
pub fn short_name(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        name.to_owned()
    } else {
        format!("{}…", name.chars().take(LONGEST_NAME - 1).collect::<String>())
    }
}

/// A count as a length.
#[expect(clippy::cast_precision_loss, reason = "counts that are drawn have a few digits")]
const fn length(count: u32) -> f32 {
    count as f32
}

/// A share as a length.
#[expect(clippy::cast_possible_truncation, reason = "a drawing needs no more digits")]
const fn short(number: f64) -> f32 {
    number as f32
}

/// The next round number from which an axis can be divided: 1, 2, 5, 10, 20, 50 …
fn round_up(most: u32) -> u32 {
    let mut decade = 1_u32;
    loop {
        for step in [1, 2, 4, 5] {
            if step * decade >= most {
                return step * decade;
            }
        }
        decade = decade.saturating_mul(10);
        if decade > most {
            return decade;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        let ends = [0, 1, 3, 5, 6, 11, 41, 99, 1_000_000].map(round_up);
        assert_eq!(ends, [1, 1, 4, 5, 10, 20, 50, 100, 1_000_000]);
    }
}
