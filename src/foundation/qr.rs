//! QR codes as SVG, for what a phone shall read off a screen or a sheet of paper.

use std::fmt::Write;

use maud::html;
use qrcode::{Color, EcLevel, QrCode};

/// The margin that scanners need, in modules (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: usize = 4;

/// The text does not fit into the largest code, which holds 2,331 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct TooLong;

/// Draws a text as a QR code that can be read with 15 % of it spoilt (level M). One unit of the drawing is one module;
/// it has no size of its own and fills its place. It is black on white, whatever surrounds it, since not every scanner
/// reads an inverted code. `title` is what a screen reader says.
///
/// # Errors
/// When the text is too long.
pub fn svg(text: &str, title: &str) -> Result<String, TooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
    let side = code.width() + 2 * QUIET_ZONE;
    let drawing = html! {
        svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox=(format!("0 0 {side} {side}"))
            shape-rendering="crispEdges" {
            title { (title) }
            rect width=(side) height=(side) fill="#fff" {}
            path d=(outline(&code)) fill="#000" {}
        }
    };
    Ok(drawing.into_string())
}

/// The dark modules: each run of them in a row is a rectangle.
fn outline(code: &QrCode) -> String {
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let (left, top, length) = (x + QUIET_ZONE, y + QUIET_ZONE, run.len());
                // Writing to a text can't fail.
                _ = write!(path, "M{left} {top}h{length}v1h-{length}z");
            }
            x += run.len();
        }
    }
    path
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
        text.split_once(start).unwrap().1.split_once(end).unwrap().0
    }

    /// What the drawing shows, margin included; true is dark.
    fn modules(svg: &str) -> Vec<Vec<bool>> {
        let side: usize = between(svg, "viewBox=\"0 0 ", " ").parse().unwrap();
        let mut modules = vec![vec![false; side]; side];
        for run in between(svg, "d=\"M", "\"").split('M') {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (length, _) = rest.split_once('v').unwrap();
            let [x, y, length] = [x, y, length].map(|number| number.parse::<usize>().unwrap());
            modules[y][x..x + length].fill(true);
        }
        modules
    }

    #[test]
    fn a_phone_reads_back_what_was_drawn() {
        for text in ["https://diary.example.org/i/crg_PyfcCDWOkmRTJpbXGoaKRIwFFRnL3RLmw_3X160tbao", "νύχτα", "1"] {
            let drawn = modules(&svg(text, "An invitation").unwrap());
            let side = drawn.len() - 2 * QUIET_ZONE;
            let seen = rqrr::SimpleGrid::from_func(side, |x, y| drawn[y + QUIET_ZONE][x + QUIET_ZONE]);
            let (about, read) = rqrr::Grid::new(seen).decode().unwrap();
            assert_eq!(read, text);
            // Level M by its number in the code.
            assert_eq!(about.ecc_level, 0);
        }
    }

    #[test]
    fn the_margin_is_left_white() {
        let drawn = modules(&svg("a margin of four modules", "x").unwrap());
        let last = drawn.len() - 1;
        for (y, row) in drawn.iter().enumerate() {
            for (x, dark) in row.iter().enumerate() {
                let in_margin = [x, y, last - x, last - y].into_iter().any(|distance| distance < QUIET_ZONE);
                assert!(!(in_margin && *dark), "{x} {y}");
            }
        }
        assert!(drawn[QUIET_ZONE][QUIET_ZONE], "the finder pattern begins where the margin ends");
    }

    #[test]
    fn a_title_is_text_and_never_markup() {
        let svg = svg("x", "Kim's <code> & more").unwrap();
        assert!(svg.contains("<title>Kim's &lt;code&gt; &amp; more</title>"), "{svg}");
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""), "{svg}");
    }

    #[test]
    fn what_no_code_holds_is_refused() {
        assert!(svg(&"x".repeat(2_331), "x").is_ok());
        assert_eq!(svg(&"x".repeat(2_332), "x"), Err(TooLong));
    }
}
