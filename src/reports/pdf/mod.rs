//! The report as a PDF: a page to read in a minute, the numbers behind it, the log. Tagged, so that it can be listened
//! to as well as read, and the same bytes for the same sheet.

mod appendix;
mod canvas;
mod first_page;
mod flow;
mod fonts;
mod paint;
mod shaping;
mod tables;
mod text;
mod unprintable;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;

use super::sheet::Sheet;
use canvas::Canvas;
use flow::Flow;
pub use fonts::Fonts;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// One of the fonts that come with the program is broken.
    #[error("the font {0} cannot be read")]
    Font(&'static str),
    /// The file would break a rule of PDF or of PDF/UA.
    #[error("the PDF cannot be written: {0}")]
    Write(String),
}

/// Writes the sheet as a PDF.
///
/// # Errors
///
/// When the file would break a rule of PDF/UA, which no sheet should bring about.
pub fn write(fonts: &Fonts, sheet: &Sheet) -> Result<Vec<u8>, PdfError> {
    let told = unprintable::told(fonts, sheet);
    let sheet = told.as_ref().unwrap_or(sheet);
    let canvas = lay_out(fonts, sheet);
    paint::paint(&canvas, sheet)
}

/// Decides where everything goes, before a page is begun: only then is it known how many pages there are.
fn lay_out<'a>(fonts: &'a Fonts, sheet: &Sheet) -> Canvas<'a> {
    let mut flow = Flow::new(Canvas::new(fonts));
    let behind = first_page::lay_out(&mut flow, sheet);
    appendix::answers(&mut flow, sheet, &behind);
    appendix::numbers(&mut flow, sheet);
    appendix::log(&mut flow, sheet);
    flow.canvas
}
