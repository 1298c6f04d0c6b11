//! The fonts that come with the program, and which of them has a character.

use std::cell::RefCell;
use std::sync::Arc;

use krilla::text::Font;
use rustybuzz::{Direction, Face, Script, ShapePlan};

use super::PdfError;

/// Which font, as a place in [`Fonts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FontId(usize);

const REGULAR: FontId = FontId(0);
const BOLD: FontId = FontId(1);
const HEBREW: FontId = FontId(2);
const ARABIC: FontId = FontId(3);
const SIGNS: FontId = FontId(4);

/// Latin, Greek and Cyrillic in two weights, Hebrew, Arabic and the signs of arithmetic in one.
const FILES: [(&str, &[u8]); 5] = [
    ("Noto Sans", include_bytes!("fonts/NotoSans-Regular.ttf")),
    ("Noto Sans Bold", include_bytes!("fonts/NotoSans-Bold.ttf")),
    ("Noto Sans Hebrew", include_bytes!("fonts/NotoSansHebrew-Regular.ttf")),
    ("Noto Sans Arabic", include_bytes!("fonts/NotoSansArabic-Regular.ttf")),
    ("Noto Sans Math", include_bytes!("fonts/NotoSansMath-Regular.ttf")),
];

/// Planning how to shape costs more than shaping a word, and there are only a few kinds of plan.
type Plans = Vec<(FontId, Direction, Script, Arc<ShapePlan>)>;

struct Loaded {
    font: Font,
    face: Face<'static>,
}

/// The fonts, ready for measuring and for embedding.
pub struct Fonts {
    loaded: Vec<Loaded>,
    plans: RefCell<Plans>,
}

impl Fonts {
    /// Reads the fonts that come with the program.
    ///
    /// # Errors
    /// When one of them is broken.
    pub fn load() -> Result<Self, PdfError> {
        let loaded = FILES.map(|(name, data)| {
            let font = Font::new(data.into(), 0).ok_or(PdfError::Font(name))?;
            let face = Face::from_slice(data, 0).ok_or(PdfError::Font(name))?;
            Ok(Loaded { font, face })
        });
        let loaded = loaded.into_iter().collect::<Result<_, PdfError>>()?;
        Ok(Self { loaded, plans: RefCell::default() })
    }

    pub(super) fn font(&self, id: FontId) -> Font {
        self.loaded[id.0].font.clone()
    }

    pub(super) fn face(&self, id: FontId) -> &Face<'static> {
        &self.loaded[id.0].face
    }

    pub(super) fn has(&self, id: FontId, c: char) -> bool {
        self.face(id).glyph_index(c).is_some_and(|glyph| glyph.0 != 0)
    }

    /// Whether there is a glyph for a character, in writing that is bold and in writing that is not.
    pub(super) fn have(&self, c: char) -> bool {
        [HEBREW, ARABIC, SIGNS].into_iter().any(|id| self.has(id, c)) || (self.has(REGULAR, c) && self.has(BOLD, c))
    }

    /// The font for a character after one in `before`, and the character to show, which is another if no font has it.
    pub(super) fn choose(&self, c: char, bold: bool, before: Option<FontId>) -> (FontId, char) {
        let main = if bold { BOLD } else { REGULAR };
        // Spaces, accents and marks of direction belong to the word they are in.
        if let Some(before) = before
            && (is_invisible(c) || ((c.is_whitespace() || is_mark(c)) && self.has(before, c)))
        {
            return (before, c);
        }
        if is_invisible(c) {
            return (main, c);
        }
        if let Some(id) = [main, HEBREW, ARABIC, SIGNS].into_iter().find(|&id| self.has(id, c)) {
            return (id, c);
        }
        (main, if self.has(main, '\u{fffd}') { '\u{fffd}' } else { '?' })
    }

    pub(super) fn plan(&self, id: FontId, direction: Direction, script: Script) -> Arc<ShapePlan> {
        let mut plans = self.plans.borrow_mut();
        let known = plans.iter().find(|(font, to, of, _)| (*font, *to, *of) == (id, direction, script));
        if let Some((.., plan)) = known {
            return Arc::clone(plan);
        }
        let plan = Arc::new(ShapePlan::new(self.face(id), direction, Some(script), None, &[]));
        plans.push((id, direction, script, Arc::clone(&plan)));
        plan
    }
}

/// Combining marks of the scripts there are fonts for.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}'
        | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}')
}

/// Characters that act on others and are not seen themselves.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn each_script_has_its_font_and_the_unknown_a_sign() {
        let fonts = Fonts::load().unwrap();
        assert_eq!(fonts.choose('ä', false, None), (REGULAR, 'ä'));
        assert_eq!(fonts.choose('Я', true, None), (BOLD, 'Я'));
        assert_eq!(fonts.choose('ש', true, None), (HEBREW, 'ש'));
        assert_eq!(fonts.choose('م', false, Some(REGULAR)), (ARABIC, 'م'));
        assert_eq!(fonts.choose(' ', false, Some(HEBREW)), (HEBREW, ' '));
        assert_eq!(fonts.choose('−', true, None), (SIGNS, '−'));
        let (id, sign) = fonts.choose('漢', false, None);
        assert_eq!(id, REGULAR);
        assert!(matches!(sign, '\u{fffd}' | '?'));
    }
}
