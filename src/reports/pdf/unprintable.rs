//! What people write and no font here has, such as emoji, Chinese or Thai: it is said in words that it is missing, and how
//! much of it. A sign in its place, or nothing, would be taken for what was written.

use super::{
    fonts::{Fonts, is_invisible},
    text::clean,
};
use crate::{
    foundation::{language::Language, typed::is_mark},
    reports::{
        drawing::Shape,
        sheet::{Sheet, Table},
    },
    say,
};

/// The sheet with words in place of what can't be printed, and a note of where it can be read; `None` when all of it can.
pub(super) fn told(fonts: &Fonts, sheet: &Sheet) -> Option<Sheet> {
    let (mut told, mut is_missing) = (sheet.clone(), false);
    let mut tell = |text: &mut String, of: &dyn Fn(usize) -> String| {
        if let Some((words, missing)) = in_words(fonts, text, of) {
            *text = words;
            is_missing |= missing > 0;
        }
    };
    for_each_text(&mut told, &mut |text| tell(text, &|count| said(sheet.language, count)));
    for_each_label(&mut told, &mut |text| tell(text, &|_| SHORT.to_owned()));
    if is_missing {
        told.notes.push(say!(sheet.language, "pdf-unprintable-note"));
    }
    (told != *sheet).then_some(told)
}

/// What stands in charts, where there is no room for words.
const SHORT: &str = "[…]";

fn said(language: Language, count: usize) -> String {
    format!("[{}]", say!(language, "pdf-unprintable", count = count))
}

/// All labels of charts.
fn for_each_label(sheet: &mut Sheet, f: &mut impl FnMut(&mut String)) {
    let charts = sheet.cards.iter_mut().flat_map(|card| &mut card.chart);
    for shape in charts.flat_map(|chart| &mut chart.paper.shapes) {
        if let Shape::Text { text, .. } = shape {
            f(text);
        }
    }
}

/// All texts that are written, but for labels of charts.
fn for_each_text(sheet: &mut Sheet, f: &mut impl FnMut(&mut String)) {
    let Sheet { title, flags_title, numbers_title, log_title, further_on, answers_title, .. } = sheet;
    let titles = [title, flags_title, numbers_title, log_title, further_on, answers_title];
    titles.into_iter().for_each(&mut *f);
    sheet.facts.iter_mut().flat_map(|(of, is)| [of, is]).for_each(&mut *f);
    sheet.name.iter_mut().chain(&mut sheet.log_note).for_each(&mut *f);
    sheet.flags.iter_mut().chain(&mut sheet.notes).for_each(&mut *f);
    for card in &mut sheet.cards {
        f(&mut card.title);
        card.headline.iter_mut().chain(&mut card.lines).for_each(&mut *f);
        card.table.iter_mut().chain(&mut card.numbers).for_each(|table| for_each_text_of(table, f));
    }
    sheet.log.iter_mut().for_each(|table| for_each_text_of(table, f));
}

fn for_each_text_of(table: &mut Table, f: &mut impl FnMut(&mut String)) {
    f(&mut table.caption);
    table.columns.iter_mut().for_each(|column| f(&mut column.name));
    table.rows.iter_mut().flatten().for_each(f);
}

/// A text in which words of so many characters stand for what can't be printed, and how many that was in all; `None` when
/// all of it can be.
fn in_words(fonts: &Fonts, text: &str, of: impl Fn(usize) -> String) -> Option<(String, usize)> {
    let is_unprintable = |c: char| !can_be_printed(fonts, c);
    let (mut words, mut missing, mut rest) = (String::new(), 0, text);
    while let Some(start) = rest.find(is_unprintable) {
        let (before, from) = rest.split_at(start);
        words.push_str(before);
        let (stretch, after) = from.split_at(end_of_stretch(from, is_unprintable));
        if stretch.trim().is_empty() {
            // A space of a width that no font has.
            words.push(' ');
        } else {
            let count = characters(stretch);
            missing += count;
            words.push_str(&of(count));
        }
        rest = after;
    }
    (rest.len() < text.len()).then(|| (words + rest, missing))
}

/// Where a stretch ends that begins with what can't be printed. Spaces between two such characters belong to it, and so does
/// what nobody sees after one.
fn end_of_stretch(text: &str, is_unprintable: impl Fn(char) -> bool) -> usize {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        if (is_unprintable(c) && !c.is_whitespace()) || at == 0 || (at == end && is_invisible(c)) {
            end = after;
        } else if c.is_control() || !(c.is_whitespace() || is_invisible(c)) {
            break;
        }
    }
    end
}

/// How many characters a reader would count: what is joined to the one before it is none of its own.
fn characters(stretch: &str) -> usize {
    let is_of_a_flag = |c: char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    let (mut count, mut is_joined, mut is_half_a_flag) = (0_usize, false, false);
    for c in stretch.chars() {
        let is_second_half = is_half_a_flag && is_of_a_flag(c);
        let is_skin_tone = matches!(c, '\u{1f3fb}'..='\u{1f3ff}');
        let is_none = c.is_whitespace() || is_invisible(c) || is_mark(c) || is_skin_tone || is_second_half || is_joined;
        count += usize::from(!is_none);
        (is_joined, is_half_a_flag) = (c == '\u{200d}', is_of_a_flag(c) && !is_second_half);
    }
    count.max(1)
}

/// Whether a character is in one of the fonts, in either weight, or is nothing to see.
fn can_be_printed(fonts: &Fonts, c: char) -> bool {
    clean(c).is_none() || matches!(c, '\t' | '\u{2028}' | '\u{2029}') || is_invisible(c) || fonts.have(c)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        let words = in_words(&Fonts::load().unwrap(), text, |count| said(Language::English, count));
        words.map_or_else(|| text.to_owned(), |(words, _)| words)
    }

    #[test]
    fn what_has_a_font_stays_as_it_is() {
        let fonts = Fonts::load().unwrap();
        for text in ["", "Größe Ωμέγα Привет שלום مرحبا − ≥ é e\u{301} \u{200e}x\u{ad}y", "a\nb\u{2028}c\td", "שָׁלוֹם"]
        {
            assert!(in_words(&fonts, text, |_| SHORT.to_owned()).is_none(), "{text:?}");
        }
    }

    #[test]
    fn what_has_none_is_said_once_for_each_stretch() {
        for (text, words) in [
            ("😀", "[not printable here: 1 character]"),
            ("Calf 😀😀 at night", "Calf [not printable here: 2 characters] at night"),
            ("漢字 (night)", "[not printable here: 2 characters] (night)"),
            ("ปวดขา มาก, then slept", "[not printable here: 8 characters], then slept"),
            ("रात", "[not printable here: 2 characters]"),
            ("👨\u{200d}👩\u{200d}👧 👍🏽 ❤\u{fe0f}", "[not printable here: 3 characters]"),
            ("🇩🇪🇫🇷", "[not printable here: 2 characters]"),
            ("漢\n字", "[not printable here: 1 character]\n[not printable here: 1 character]"),
            ("\u{e000}a\u{10fffd}", "[not printable here: 1 character]a[not printable here: 1 character]"),
        ] {
            assert_eq!(printed(text), words, "{text}");
        }
    }

    #[test]
    fn a_space_without_a_glyph_is_a_space() {
        let fonts = Fonts::load().unwrap();
        for space in ['\u{1680}', '\u{2000}', '\u{2007}', '\u{2009}', '\u{202f}', '\u{205f}', '\u{3000}'] {
            let text = printed(&format!("a{space}b"));
            assert!(
                text.chars().all(|c| fonts.have(c)) && text.chars().nth(1).unwrap().is_whitespace(),
                "{space:?} {text}"
            );
        }
    }
}
