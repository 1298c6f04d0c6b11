//! The charts of the report. Each is readable in black and white: what differs, differs in lightness or in form. No two
//! labels meet, whatever the font, since each takes the room that [`lettering`](super::drawing::lettering) says.

mod clock;
mod course;
mod interval;
mod legend;
mod nights;
mod raster;
mod weeks;

#[cfg(test)]
mod tests;

pub use clock::clock;
pub use course::course;
pub use interval::interval;
pub use nights::first_nights;
pub use raster::raster;
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

/// How far below the middle of letters their base line is, in their height.
const TO_BASE: f32 = 0.35;

/// A count as a length.
#[expect(clippy::cast_precision_loss, reason = "counts that are drawn have a few digits")]
const fn length(count: u32) -> f32 {
    count as f32
}

/// How many there are, as a length.
fn many<T>(items: &[T]) -> f32 {
    length(u32::try_from(items.len()).unwrap_or(u32::MAX))
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
