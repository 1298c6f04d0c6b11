use super::canvas::Shown;
use super::*;
use crate::{
    foundation::language::Language,
    reports::{
        drawing::{Anchor, Chart, Drawing, Ink, Shape, Stroke, point},
        sheet::{Card, Column, MARGIN, PAPER, Table, Width},
    },
};

/// The PDF of a sheet.
fn printed(sheet: &Sheet) -> Result<Vec<u8>, PdfError> {
    write(&Fonts::load()?, sheet)
}

fn empty() -> Sheet {
    Sheet {
        language: Language::English,
        title: String::new(),
        name: None,
        facts: Vec::new(),
        figures: Vec::new(),
        ways: Vec::new(),
        flags: Vec::new(),
        flags_title: String::new(),
        cards: Vec::new(),
        notes: Vec::new(),
        further_on: "Further on: {what}".into(),
        answers_title: "Further answers".into(),
        numbers_title: String::new(),
        log_title: String::new(),
        log_note: None,
        log: None,
        page_of: String::new(),
    }
}

fn table(rows: usize, cell: &str) -> Table {
    let column = |name: &str, numeric, share| Column { name: name.into(), numeric, share };
    Table {
        caption: "Cramps".into(),
        columns: vec![column("When", false, 2), column("Minutes", true, 1), column("Note", false, 4)],
        rows: (0..rows).map(|at| vec![format!("Day {at}"), at.to_string(), cell.into()]).collect(),
    }
}

fn chart() -> Chart {
    let stroke = Some(Stroke { ink: Ink::Strong, width: 1.0, dashed: true });
    let text = |anchor| Shape::Text {
        at: point(50.0, 20.0),
        anchor,
        size: 7.0,
        bold: false,
        ink: Ink::Muted,
        text: "22–6 Uhr".into(),
    };
    let paper = Drawing {
        width: 400.0,
        height: 90.0,
        letters: 8.0,
        shapes: vec![
            Shape::Path { points: vec![point(0.0, 0.0), point(9.0, 9.0)], closed: false, fill: None, stroke },
            Shape::Path { points: Vec::new(), closed: true, fill: Some(Ink::Soft), stroke: None },
            Shape::Circle { centre: point(5.0, 5.0), radius: 2.0, fill: Some(Ink::Paper), stroke },
            text(Anchor::Start),
            text(Anchor::Middle),
            text(Anchor::End),
        ],
    };
    let (title, description) = ("By hour".into(), "Most between 1 and 3.".into());
    Chart { title, description, phone: paper.clone(), desk: None, paper }
}

fn card(width: Width) -> Card {
    Card {
        title: "When".into(),
        width,
        is_behind: false,
        headline: Some("69 % at night".into()),
        brief: None,
        lines: vec!["Between 54 % and 81 %.".into()],
        chart: Some(chart()),
        table: Some(table(3, "x")),
        numbers: Some(table(24, "9")),
    }
}

fn full(cards: usize, rows: usize) -> Sheet {
    Sheet {
        title: "Report".into(),
        name: Some("Jürgen · Νίκος · Анна · דוד כהן · محمد علي · 漢字".into()),
        facts: vec![("Period".into(), "March".into()), ("Days".into(), "54 of 61".into())],
        flags: vec!["Both legs at once.".into()],
        flags_title: "To ask about".into(),
        cards: (0..cards).map(|_| card(Width::Half)).collect(),
        notes: vec!["Not checked by a physician.".into()],
        numbers_title: "Numbers".into(),
        log_title: "Log".into(),
        log: Some(table(rows, "כאב חזק (5 דקות) after running 12 km, then slept again.")),
        page_of: "Page {page} of {pages}".into(),
        ..empty()
    }
}

/// Nothing reaches out of the margins, but for the thickness of a line.
fn assert_within_margins(canvas: &Canvas) {
    for mark in &canvas.marks {
        let width = match &mark.shown {
            Shown::Line { line, style } => line.width * style.size,
            Shown::Rule { length, .. } => *length,
            Shown::Frame { width, .. } => *width,
            Shown::Drawing { drawing, scale } => drawing.width * scale,
        };
        assert!(mark.x >= MARGIN - 0.01 && mark.x + width <= PAPER.0 - MARGIN + 0.01);
        assert!(mark.place.y >= MARGIN && mark.place.y <= PAPER.1 - MARGIN);
    }
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let sheet = full(3, 20);
    assert_eq!(printed(&sheet).unwrap(), printed(&sheet).unwrap());
}

#[test]
fn another_sheet_gives_other_bytes() {
    assert_ne!(printed(&full(3, 20)).unwrap(), printed(&full(3, 21)).unwrap());
}

#[test]
fn an_empty_sheet_is_one_page() {
    let fonts = Fonts::load().unwrap();
    assert_eq!(lay_out(&fonts, &empty()).pages(), 1);
    assert!(printed(&empty()).unwrap().starts_with(b"%PDF-1.7"));
}

#[test]
fn what_is_empty_leaves_no_gap() {
    let fonts = Fonts::load().unwrap();
    let with = Sheet { flags: vec![" ".into()], notes: vec![String::new()], name: Some(String::new()), ..full(1, 0) };
    let without = Sheet { flags: Vec::new(), notes: Vec::new(), name: None, ..full(1, 0) };
    let places = |sheet: &Sheet| lay_out(&fonts, sheet).marks.iter().map(|mark| mark.place).collect::<Vec<_>>();
    assert_eq!(places(&with), places(&without));
}

/// The lines of a page that hold some words.
fn lines_with(canvas: &Canvas, page: usize, words: &str) -> usize {
    let lines = canvas.marks.iter().filter(|mark| mark.place.page == page);
    lines.filter(|mark| matches!(&mark.shown, Shown::Line { line, .. } if line.text.contains(words))).count()
}

#[test]
fn the_first_page_is_one_page_and_names_what_it_has_no_room_for() {
    let fonts = Fonts::load().unwrap();
    for cards in [0, 1, 2, 4, 6, 20] {
        let sheet = Sheet { log: None, ..full(cards, 0) };
        let canvas = lay_out(&fonts, &sheet);
        assert_within_margins(&canvas);
        let at = |title: &str, page| {
            canvas.bookmarks.iter().filter(|bookmark| bookmark.text == title && bookmark.place.page == page).count()
        };
        let here = at("When", 0);
        assert_eq!(at("Numbers", 0), 0, "{cards} cards");
        assert_eq!(lines_with(&canvas, 0, "Further on") > 0, here < cards, "{here} of {cards} cards");
        assert!((here >= 4 || here == cards) && lines_with(&canvas, 0, &sheet.notes[0]) > 0, "{here} of {cards} cards");
        assert_eq!((1..canvas.pages()).map(|page| at("When", page)).sum::<usize>(), cards - here);
    }
}

#[test]
fn what_belongs_behind_the_first_page_is_there_whatever_room_there_is() {
    let fonts = Fonts::load().unwrap();
    let behind = Card { is_behind: true, title: "Nights".into(), ..card(Width::Full) };
    let sheet = Sheet { cards: vec![card(Width::Full), behind, card(Width::Full)], ..full(0, 0) };
    let canvas = lay_out(&fonts, &sheet);
    let page = |title: &str| canvas.bookmarks.iter().rev().find(|found| found.text == title).unwrap().place.page;
    assert_eq!((page("When"), page("Nights")), (0, 1));
    assert_eq!(lines_with(&canvas, 0, "Further on: Nights"), 1);
}

#[test]
fn no_letter_is_smaller_than_eight_points() {
    let fonts = Fonts::load().unwrap();
    for mark in lay_out(&fonts, &full(20, 40)).marks {
        if let Shown::Line { style, line } = mark.shown {
            assert!(style.size >= 8.0, "{} in {:?}", line.text, style);
        }
    }
}

#[test]
fn a_long_log_goes_over_pages_and_keeps_its_header() {
    let fonts = Fonts::load().unwrap();
    let sheet = full(2, 1_000);
    let canvas = lay_out(&fonts, &sheet);
    assert!(canvas.pages() > 20);
    assert_within_margins(&canvas);
    let log = canvas.bookmarks.iter().find(|bookmark| bookmark.text == "Log").unwrap().place.page;
    for page in log..canvas.pages() {
        let lines = canvas.marks.iter().filter(|mark| mark.place.page == page);
        let headers = lines.filter(|mark| matches!(&mark.shown, Shown::Line { line, .. } if &*line.text == "Minutes"));
        assert_eq!(headers.count(), 1, "page {page}");
    }
    assert!(!printed(&sheet).unwrap().is_empty());
}

#[test]
fn a_log_of_ten_thousand_rows_is_within_the_limits_of_pdf() {
    assert!(printed(&Sheet { log: Some(table(10_000, "x")), ..empty() }).is_ok());
}

#[test]
fn a_long_cell_breaks_over_pages_and_loses_nothing() {
    let fonts = Fonts::load().unwrap();
    let note = "A night of little sleep, and of stairs. ".repeat(500);
    let canvas = lay_out(&fonts, &Sheet { log: Some(table(2, &note)), ..empty() });
    assert!(canvas.pages() > 2);
    assert_within_margins(&canvas);
    let wrapped = text::wrap(&fonts, &note, text::Style::new(7.5, false, Ink::Text), 294.0).len();
    let lines =
        canvas.marks.iter().filter(|mark| matches!(&mark.shown, Shown::Line { line, .. } if line.text.len() > 99));
    // The column is about as wide as that; what counts is that both cells are there from beginning to end.
    assert!(lines.count().abs_diff(2 * wrapped) < 40);
}

#[test]
fn a_name_of_200_characters_wraps() {
    let fonts = Fonts::load().unwrap();
    for name in ["Maximiliane-Friederike ".repeat(9), "x".repeat(200), "שמשון ".repeat(34)] {
        let sheet = Sheet { name: Some(name), ..full(2, 3) };
        assert_within_margins(&lay_out(&fonts, &sheet));
        assert!(printed(&sheet).is_ok());
    }
}

#[test]
fn odd_texts_are_no_reason_to_fail() {
    let odd = [
        "\u{0}\u{feff}\u{fffe}\u{ffff}",
        "\u{202e}abc\u{202c}\u{200d}\u{ad}",
        "\u{5b0}\u{651}\u{301}\u{20e3}",
        "😀👨‍👩‍👧 漢字 \u{e000}\u{10ffff}",
        "<xml> & \u{b}\u{1b}[0m",
        "لا إله\u{64b} שָׁלוֹם (א) ﷺ",
        "\u{2028}\u{2029}\r\r\n",
    ];
    for text in odd {
        let text = text.to_owned();
        let sheet = Sheet {
            title: text.clone(),
            name: Some(text.clone()),
            facts: vec![(text.clone(), text.clone())],
            flags: vec![text.clone()],
            flags_title: text.clone(),
            notes: vec![text.clone()],
            log_title: text.clone(),
            log_note: Some(text.clone()),
            page_of: text.clone(),
            log: Some(Table { rows: vec![vec![text.clone()], vec![], vec![text.clone(); 9]], ..table(0, "") }),
            ..empty()
        };
        assert!(printed(&sheet).is_ok(), "{text:?}: {:?}", printed(&sheet).err());
    }
}
