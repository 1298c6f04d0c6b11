//! Text as lines of a width: where they break, and in which order what is on them is seen.

use std::ops::Range;
use std::rc::Rc;

use krilla::text::KrillaGlyph;
use unicode_bidi::{Level, ParagraphBidiInfo};
use unicode_linebreak::linebreaks;

use super::fonts::{FontId, Fonts};
use super::shaping::Shaped;
use crate::reports::drawing::Ink;

/// How writing looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Height of the letters.
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) ink: Ink,
}

impl Style {
    pub(super) const fn new(size: f32, bold: bool, ink: Ink) -> Self {
        Self { size, bold, ink }
    }

    /// From one line to the next.
    pub(super) fn leading(self) -> f32 {
        self.size * 1.36
    }

    /// From the top of a line to its base line.
    pub(super) fn base(self) -> f32 {
        self.size * 1.04
    }
}

/// What is drawn in one go.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) font: FontId,
    /// Where it begins, in parts of the letters' size.
    pub(super) x: f32,
    pub(super) glyphs: Vec<KrillaGlyph>,
}

impl Piece {
    pub(super) fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.x_advance).sum()
    }
}

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// All of the text it is a part of; the glyphs refer to it.
    pub(super) text: Rc<str>,
    /// In the order of reading.
    pub(super) pieces: Vec<Piece>,
    /// In parts of the letters' size, without the spaces it ends with.
    pub(super) width: f32,
    /// Whether its text begins from right to left.
    pub(super) rtl: bool,
}

/// The text in lines no wider than `width`. No text, no lines.
pub(super) fn wrap(fonts: &Fonts, text: &str, style: Style, width: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in paragraphs(text) {
        let shaped = Shaped::new(fonts, &paragraph, style.bold);
        let ranges = break_up(&shaped, width / style.size);
        lines.extend(ranges.into_iter().map(|range| line(&shaped, range)));
    }
    lines
}

/// The text on one line, however long.
pub(super) fn one_line(fonts: &Fonts, text: &str, bold: bool) -> Line {
    let text = paragraphs(text).join(" ");
    let shaped = Shaped::new(fonts, &text, bold);
    line(&shaped, 0..text.len())
}

/// The text on one line, cut short with an ellipsis if it is wider than `width`.
pub(super) fn cut_short(fonts: &Fonts, text: &str, style: Style, width: f32) -> Line {
    let whole = one_line(fonts, text, style.bold);
    if whole.width * style.size <= width {
        return whole;
    }
    let shaped = Shaped::new(fonts, &whole.text, style.bold);
    let cuts = shaped.cuts(&(0..whole.text.len()));
    let fits = cuts.partition_point(|cut| (shaped.width(&(0..*cut)) + 1.0) * style.size <= width);
    let cut = fits.checked_sub(1).map_or(0, |last| cuts[last]);
    one_line(fonts, &format!("{}…", whole.text[..cut].trim_end()), style.bold)
}

/// The paragraphs of a text, without what is not writing.
fn paragraphs(text: &str) -> Vec<String> {
    let lines = text.trim().split(['\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']);
    let cleaned = lines.map(|line| line.chars().filter_map(clean).collect::<String>().trim().to_owned());
    let mut lines: Vec<String> = cleaned.collect();
    // One empty line parts as well as ten.
    lines.dedup_by(|next, before| next.is_empty() && before.is_empty());
    if lines.iter().all(String::is_empty) { Vec::new() } else { lines }
}

/// Control characters, the byte order mark and what is no character may not stand in a PDF/UA.
pub(super) fn clean(c: char) -> Option<char> {
    match c {
        '\t' => Some(' '),
        c if c.is_control() || matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff) => None,
        '\u{feff}' | '\u{fdd0}'..='\u{fdef}' => None,
        c => Some(c),
    }
}

/// Where the lines begin and end, for a width in parts of the letters' size.
fn break_up(shaped: &Shaped, width: f32) -> Vec<Range<usize>> {
    let text = &shaped.text;
    let fits = |start: usize, end: usize| {
        let end = start + text[start..end].trim_end().len();
        shaped.width(&(start..end)) <= width + 0.001
    };
    let mut lines = Vec::new();
    let mut start = 0;
    let mut good = 0;
    for (end, _) in linebreaks(text) {
        while !fits(start, end) {
            if good > start {
                lines.push(start..good);
                start = good;
                continue;
            }
            // A word wider than the line is cut, after one letter at least, so that this ends.
            let cuts = shaped.cuts(&(start..end));
            let last = cuts.partition_point(|cut| fits(start, *cut));
            let Some(cut) = cuts.get(last.saturating_sub(1)).copied() else { break };
            lines.push(start..cut);
            start = cut;
        }
        good = end;
    }
    if start < text.len() || text.is_empty() {
        lines.push(start..text.len());
    }
    lines
}

/// The glyphs of a part of the text, in place.
fn line(shaped: &Shaped, range: Range<usize>) -> Line {
    let end = range.start + shaped.text[range.clone()].trim_end().len();
    let glyphs = |from: usize, to: usize| -> (Vec<Level>, Vec<Piece>) {
        let within = shaped.runs.iter().filter(|run| run.range.start < to && run.range.end > from);
        let pieces = within.flat_map(|run| {
            let glyphs = run.glyphs.iter().filter(|glyph| (from..to).contains(&glyph.text_range.start));
            let parts = parts(glyphs.cloned().collect(), run.level);
            parts.into_iter().map(|glyphs| (run.level, Piece { font: run.font, x: 0.0, glyphs }))
        });
        pieces.unzip()
    };
    let (levels, mut pieces) = glyphs(range.start, end);
    let mut width = 0.0;
    for place in ParagraphBidiInfo::reorder_visual(&levels) {
        pieces[place].x = width;
        width += pieces[place].width();
    }
    // The space between this line and the next is for those who listen or copy. It is where the line ends, whatever
    // the direction of the words around it.
    let mut x = width;
    for mut piece in glyphs(end, range.end).1 {
        let advance = piece.width();
        piece.x = if shaped.rtl { width - x - advance } else { x };
        x += advance;
        pieces.push(piece);
    }
    pieces.retain(|piece| !piece.glyphs.is_empty());
    Line { text: Rc::clone(&shaped.text), pieces, width, rtl: shaped.rtl }
}

/// What is drawn in one go, in the order of reading. From right to left, a letter with accents is drawn on its own:
/// glyphs in the reverse of that order are understood by readers, but not where some of them belong together.
fn parts(glyphs: Vec<KrillaGlyph>, level: Level) -> Vec<Vec<KrillaGlyph>> {
    if level.is_ltr() {
        return vec![glyphs];
    }
    let mut parts: Vec<Vec<KrillaGlyph>> = Vec::new();
    let mut plain = false;
    for letter in glyphs.chunk_by(|left, right| left.text_range == right.text_range) {
        match parts.last_mut() {
            Some(part) if plain && letter.len() == 1 => part.extend_from_slice(letter),
            _ => parts.push(letter.to_vec()),
        }
        plain = letter.len() == 1;
    }
    parts.reverse();
    parts
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const STYLE: Style = Style::new(8.0, false, Ink::Text);

    fn words(lines: &[Line]) -> Vec<String> {
        let say = |line: &Line| {
            let glyphs = line.pieces.iter().flat_map(|piece| &piece.glyphs);
            let mut ranges: Vec<_> = glyphs.map(|glyph| (glyph.text_range.start, glyph.text_range.end)).collect();
            ranges.sort_unstable();
            ranges.dedup();
            ranges.iter().map(|(start, end)| &line.text[*start..*end]).collect()
        };
        lines.iter().map(say).collect()
    }

    #[test]
    fn no_line_is_wider_than_the_column_and_no_letter_is_lost() {
        let fonts = Fonts::load().unwrap();
        let texts = [
            "Krämpfe in der Wade, kurz nach dem Einschlafen; Dehnen half nach zwei Minuten.".repeat(5),
            "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen".repeat(4),
            "כאב חזק ברגל ימין (5 דקות) after running 12 km ואז נרדמתי שוב ".repeat(4),
            "تشنج في الساق اليسرى بعد المشي لمسافة 12 كم ".repeat(4),
            "Ένα δύο τρία · раз два три · e\u{301}te\u{301}".repeat(6),
        ];
        for text in texts {
            for width in [3.0, 20.0, 61.3, 200.0] {
                let lines = wrap(&fonts, &text, STYLE, width);
                // Where one letter is wider than the column there is nothing to be done.
                let one = |line: &Line| line.pieces.iter().map(|piece| piece.glyphs.len()).sum::<usize>() <= 2;
                assert!(lines.iter().all(|line| line.width * 8.0 <= width + 0.01 || one(line)), "{text} in {width}");
                let all: String = words(&lines).concat().split_whitespace().collect();
                assert_eq!(all, text.split_whitespace().collect::<String>(), "in {width}");
            }
        }
    }

    #[test]
    fn drawn_glyphs_stay_within_the_line() {
        let fonts = Fonts::load().unwrap();
        for line in wrap(&fonts, &"כאב (5 דקות) after running 12 km ואז ".repeat(4), STYLE, 90.0) {
            for piece in &line.pieces {
                let space = line.text[piece.glyphs[0].text_range.clone()].trim().is_empty();
                assert!(space || (piece.x >= -0.001 && piece.x + piece.width() <= line.width + 0.001));
            }
        }
    }

    #[test]
    fn a_mixed_line_is_seen_in_its_order() {
        let fonts = Fonts::load().unwrap();
        // Seen: Wade, then 12, then the first Hebrew word at the right of the Hebrew.
        let line = one_line(&fonts, "Wade שלום 12 עולם end", false);
        let at = |word: &str| {
            let start = line.text.find(word).unwrap();
            let mut x = None;
            for piece in &line.pieces {
                let mut here = piece.x;
                for glyph in &piece.glyphs {
                    if glyph.text_range.start == start {
                        x = Some(here);
                    }
                    here += glyph.x_advance;
                }
            }
            x.unwrap()
        };
        assert!(at("Wade") < at("עולם"));
        assert!(at("עולם") < at("12"));
        assert!(at("12") < at("שלום"));
        assert!(at("שלום") < at("end"));
        let reading: Vec<usize> = line.pieces.iter().map(|piece| piece.glyphs[0].text_range.start).collect();
        assert!(reading.is_sorted());
    }

    #[test]
    fn wrapped_hebrew_is_reordered_line_by_line() {
        let fonts = Fonts::load().unwrap();
        let lines = wrap(&fonts, "אחת שתים שלוש ארבע חמש שש", STYLE, 50.0);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| line.rtl));
        // The first word is at the right end of the first line.
        let last = lines[0].pieces[0].glyphs.iter().rev().find(|glyph| glyph.x_advance > 0.0).unwrap();
        assert_eq!(last.text_range.start, 0);
    }

    #[test]
    fn accents_from_right_to_left_keep_the_order_of_reading() {
        let fonts = Fonts::load().unwrap();
        let line = one_line(&fonts, "אב שָׁלוֹם אב", false);
        let starts: Vec<usize> = line.pieces.iter().map(|piece| piece.glyphs[0].text_range.start).collect();
        assert!(line.pieces.len() > 2 && starts.is_sorted());
        let rightmost = |piece: &Piece| piece.x + piece.width();
        assert!(line.pieces.iter().map(rightmost).is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn breaks_in_the_text_are_kept_and_nothing_is_no_line() {
        let fonts = Fonts::load().unwrap();
        assert_eq!(words(&wrap(&fonts, "a\r\nb\u{0}\u{feff}c", STYLE, 100.0)), ["a", "bc"]);
        assert_eq!(wrap(&fonts, "a\n\n\n\nb", STYLE, 100.0).len(), 3);
        assert!(wrap(&fonts, " \n\t ", STYLE, 100.0).is_empty());
    }

    #[test]
    fn what_is_cut_short_fits() {
        let fonts = Fonts::load().unwrap();
        let line = cut_short(&fonts, &"Friederike ".repeat(20), STYLE, 120.0);
        assert!(line.width * 8.0 <= 120.0);
        assert!(line.text.ends_with('…'));
        assert!(!cut_short(&fonts, "Friederike", STYLE, 120.0).text.ends_with('…'));
    }
}
