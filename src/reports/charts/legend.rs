//! What signs mean, in as many lines as it takes.

use crate::reports::drawing::{
    Anchor, Drawing, Frame, Ink, Point,
    lettering::{LEADING, room, wrapped},
    point,
};

/// Draws a sample, given the middle of its left edge.
type Sample<'a> = Box<dyn Fn(&mut Drawing, Point) + 'a>;

/// What one sign means.
pub(super) struct Item<'a> {
    /// How wide its sample is.
    pub(super) width: f32,
    /// Draws it.
    pub(super) sample: Sample<'a>,
    /// What it means.
    pub(super) words: String,
}

impl Item<'_> {
    /// Words that need no sample.
    pub(super) fn words(words: &str) -> Self {
        Self { width: 0.0, sample: Box::new(|_, _| ()), words: words.to_owned() }
    }
}

/// Writes what stands between middle dots in a sentence, one thing beside the other.
pub(super) fn of_words(drawing: &mut Drawing, frame: Frame, top: f32, sentence: &str) -> f32 {
    let items: Vec<_> = sentence.split(" · ").map(Item::words).collect();
    legend(drawing, frame, top, &items)
}

/// Draws items below `top`, one beside the other as far as they fit; returns where they end.
pub(super) fn legend(drawing: &mut Drawing, frame: Frame, top: f32, items: &[Item]) -> f32 {
    let (gap, between, letters) = (frame.of(4.0), frame.of(16.0), frame.letters);
    let leading = letters * LEADING;
    let (mut x, mut y) = (0.0, top);
    for item in items {
        let indent = if item.width > 0.0 { item.width + gap } else { 0.0 };
        let lines = wrapped(&item.words, letters, frame.width - indent);
        let width = indent + lines.iter().map(|line| room(line, letters)).fold(0.0, f32::max);
        if x > 0.0 && x + width > frame.width {
            (x, y) = (0.0, y + leading);
        }
        (item.sample)(drawing, point(x, y + leading / 2.0));
        for (number, line) in (0_u16..).zip(&lines) {
            if number > 0 {
                y += leading;
            }
            drawing.label(point(x + indent, y + letters), Anchor::Start, Ink::Muted, line.as_str());
        }
        x += width + between;
    }
    if items.is_empty() { top } else { y + leading }
}
