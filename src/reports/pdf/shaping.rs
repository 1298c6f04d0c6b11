//! Words as glyphs. What is measured here is what is drawn: there is no second way from text to width.

use std::ops::Range;
use std::rc::Rc;

use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{BufferFlags, Direction, UnicodeBuffer, script};
use unicode_bidi::{Level, ParagraphBidiInfo};

use super::fonts::{FontId, Fonts, is_invisible};

/// A stretch of text in one font and one direction. Its glyphs stand as they are seen, from left to right.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) font: FontId,
    pub(super) level: Level,
    pub(super) range: Range<usize>,
    pub(super) glyphs: Vec<KrillaGlyph>,
}

/// A text without line breaks, shaped. Widths are in parts of the letters' size.
#[derive(Debug, Clone)]
pub(super) struct Shaped {
    pub(super) text: Rc<str>,
    /// Whether it begins, and so lies, from right to left.
    pub(super) rtl: bool,
    /// In the order of reading.
    pub(super) runs: Vec<Run>,
    /// How far the text before each byte reaches, were it all on one line.
    reach: Vec<f32>,
}

impl Shaped {
    pub(super) fn new(fonts: &Fonts, text: &str, bold: bool) -> Self {
        let bidi = ParagraphBidiInfo::new(text, None);
        let runs: Vec<Run> = split(fonts, text, bold, &bidi.levels)
            .into_iter()
            .map(|(font, level, range, shown)| {
                let glyphs = shape(fonts, text, font, level, &range, &shown);
                Run { font, level, range, glyphs }
            })
            .collect();
        let mut advances = vec![0.0_f32; text.len()];
        for glyph in runs.iter().flat_map(|run| &run.glyphs) {
            advances[glyph.text_range.start] += glyph.x_advance;
        }
        let mut reach = Vec::with_capacity(text.len() + 1);
        let mut sum = 0.0;
        for advance in advances {
            reach.push(sum);
            sum += advance;
        }
        reach.push(sum);
        Self { text: text.into(), rtl: bidi.paragraph_level.is_rtl(), runs, reach }
    }

    /// How wide a part of the text is.
    pub(super) fn width(&self, range: &Range<usize>) -> f32 {
        self.reach[range.end] - self.reach[range.start]
    }

    /// Where a word may be cut if it must: before each letter with its accents.
    pub(super) fn cuts(&self, range: &Range<usize>) -> Vec<usize> {
        let within = self.runs.iter().filter(|run| run.range.start < range.end && run.range.end > range.start);
        let starts = within.flat_map(|run| &run.glyphs).map(|glyph| glyph.text_range.start);
        let mut cuts: Vec<usize> = starts.filter(|at| *at > range.start && *at < range.end).collect();
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }
}

type Stretch = (FontId, Level, Range<usize>, Vec<(usize, char)>);

/// The stretches of one font and one direction, each with the characters to show.
fn split(fonts: &Fonts, text: &str, bold: bool, levels: &[Level]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (at, c) in text.char_indices() {
        let before = stretches.last().map(|(font, ..)| *font);
        let (font, shown) = fonts.choose(c, bold, before);
        let level = levels[at];
        let end = at + c.len_utf8();
        match stretches.last_mut() {
            Some((of, to, range, chars)) if *of == font && *to == level => {
                range.end = end;
                chars.push((at, shown));
            }
            _ => stretches.push((font, level, at..end, vec![(at, shown)])),
        }
    }
    stretches
}

fn shape(
    fonts: &Fonts,
    text: &str,
    font: FontId,
    level: Level,
    range: &Range<usize>,
    shown: &[(usize, char)],
) -> Vec<KrillaGlyph> {
    let direction = if level.is_rtl() { Direction::RightToLeft } else { Direction::LeftToRight };
    let mut buffer = UnicodeBuffer::new();
    for &(at, c) in shown {
        buffer.add(c, u32::try_from(at).unwrap_or(u32::MAX));
    }
    buffer.set_direction(direction);
    buffer.guess_segment_properties();
    buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
    // Digits and signs alone are of no script; the plan and the buffer must agree on one.
    if buffer.script() == script::UNKNOWN {
        buffer.set_script(script::LATIN);
    }
    let plan = fonts.plan(font, direction, buffer.script());
    let face = fonts.face(font);
    let shaped = rustybuzz::shape_with_plan(face, &plan, buffer);

    let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    starts.sort_unstable();
    starts.dedup();
    starts.push(range.end);
    #[expect(clippy::cast_precision_loss, reason = "units are at most 16,384 to an em, and advances a few of those")]
    let em = |units: i32| units as f32 / face.units_per_em() as f32;
    let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
    glyphs
        // A glyph for nothing would break PDF/UA, and says nothing.
        .filter(|(info, _)| info.glyph_id != 0)
        .map(|(info, place)| {
            let start = info.cluster as usize;
            let next = starts.partition_point(|at| *at <= start);
            let end = starts.get(next).copied().unwrap_or(range.end);
            let id = GlyphId::new(info.glyph_id);
            let of = start..visible_end(text, start, end);
            KrillaGlyph::new(id, em(place.x_advance), em(place.x_offset), em(place.y_offset), 0.0, of, None)
        })
        .collect()
}

/// What a glyph stands for ends before the marks of direction after it: copying it need not bring them along, and one
/// letter would else have several meanings in the file.
fn visible_end(text: &str, start: usize, end: usize) -> usize {
    let mut chars = text[start..end].chars();
    let Some(first) = chars.next() else { return end };
    start + first.len_utf8() + chars.as_str().trim_end_matches(is_invisible).len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn shaped(text: &str) -> Shaped {
        Shaped::new(&Fonts::load().unwrap(), text, false)
    }

    #[test]
    fn every_script_has_a_width() {
        for text in ["Wade", "Größe", "Ωμέγα", "Привет", "שלום", "مرحبا", "漢字", "5 km"] {
            let shaped = shaped(text);
            assert!(shaped.width(&(0..text.len())) > 0.5, "{text}");
            assert!(shaped.runs.iter().flat_map(|run| &run.glyphs).all(|glyph| !glyph.text_range.is_empty()), "{text}");
        }
        assert!(shaped("mmm").width(&(0..3)) > shaped("iii").width(&(0..3)));
    }

    #[test]
    fn the_first_strong_character_says_the_direction() {
        assert!(!shaped("12 Wade שלום").rtl);
        assert!(shaped("12 שלום Wade").rtl);
        assert!(!shaped("12").rtl);
    }

    #[test]
    fn parentheses_are_mirrored_from_right_to_left() {
        let open = shaped("(").runs[0].glyphs[0].glyph_id;
        let hebrew = shaped("(שלום)");
        let glyphs: Vec<_> = hebrew.runs.iter().flat_map(|run| &run.glyphs).collect();
        let last = glyphs.iter().find(|glyph| glyph.text_range.start == "(שלום".len()).unwrap();
        assert_eq!(last.glyph_id, open);
    }

    #[test]
    fn an_unknown_character_keeps_its_meaning() {
        let shaped = shaped("漢");
        assert_eq!(&shaped.text[shaped.runs[0].glyphs[0].text_range.clone()], "漢");
    }

    #[test]
    fn marks_of_direction_do_not_show() {
        let shaped = shaped("a\u{200e}b");
        let glyphs: Vec<_> = shaped.runs.iter().flat_map(|run| &run.glyphs).collect();
        assert_eq!(glyphs.len(), 2);
        assert_eq!(glyphs[0].text_range, 0..1);
    }
}
