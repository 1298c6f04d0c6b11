//! What people type, paste or are told, as it is meant: keyboards, messengers and word processors write the same letters in
//! many ways.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// A code or a passcode without what does not count: spaces and line breaks, hyphens and dashes of any kind, and what nobody
/// sees. Letters and digits of full width, and the digits of every script, are those of ASCII. Case is kept.
#[must_use]
pub fn code(typed: &str) -> String {
    typed.nfkc().filter(|c| !c.is_whitespace() && !is_dash(*c) && !is_unseen(*c)).map(digit).collect()
}

/// A password as the profile `OpaqueString` (RFC 8265, section 4.2) has it, but for one thing: NFKC and not NFC, as NIST
/// SP 800-63B (section 3.1.1.2) advises, since a keyboard for full width and one for half write one password. Every space
/// is the space of ASCII. Case is kept, and so are spaces at the ends.
#[must_use]
pub fn password(typed: &str) -> String {
    let space = |c: char| if c.general_category() == GeneralCategory::SpaceSeparator { ' ' } else { c };
    typed.chars().map(space).nfkc().collect()
}

/// An address in NFKC, since keyboards have letters and signs of full width, without spaces around it and without what
/// nobody sees.
#[must_use]
pub fn address(typed: &str) -> String {
    let seen: String = typed.chars().filter(|c| !is_unseen(*c)).nfkc().collect();
    seen.trim().to_owned()
}

/// Whether there is nothing to see in a text.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_unseen(c))
}

/// A text by which others are compared without regard to case: full case folding, between two normalisations, as Unicode's
/// canonical caseless matching (The Unicode Standard, definition D145) does it.
#[must_use]
pub fn caseless(text: &str) -> String {
    let decomposed: String = text.nfd().collect();
    UniCase::unicode(decomposed).to_folded_case().nfc().collect()
}

/// Whether a character belongs to the letter before it, as an accent does.
#[must_use]
pub fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Hyphens, dashes and minus signs, and what a keyboard has in their place.
fn is_dash(c: char) -> bool {
    c.general_category() == GeneralCategory::DashPunctuation
        // Hyphen bullet, swung dash, minus, a line of a box, and the sign for a long vowel, which is where Japanese
        // keyboards have the hyphen.
        || matches!(c, '\u{2043}' | '\u{2053}' | '\u{2212}' | '\u{2500}' | '\u{30fc}')
}

/// Characters that nobody sees: those of the category Cf, such as marks of direction, others that Unicode lets be ignored
/// (`Default_Ignorable_Code_Point`), the blank of Braille and the place of an object.
fn is_unseen(c: char) -> bool {
    c.general_category() == GeneralCategory::Format
        || matches!(c,
            '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2065}'
            | '\u{2800}' | '\u{fffc}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}')
}

/// The digit of ASCII in place of that of another script.
fn digit(c: char) -> char {
    const LONGEST_RUN: u32 = 100;
    let is_digit = |c: char| c.general_category() == GeneralCategory::DecimalNumber;
    if c.is_ascii() || !is_digit(c) {
        return c;
    }
    // Unicode has the ten of a script in a row, from nought on; a few such rows follow each other.
    let is_before = |back: &u32| char::from_u32(u32::from(c) - back).is_some_and(is_digit);
    let before = (1..LONGEST_RUN).take_while(is_before).last().unwrap_or(0);
    char::from_digit(before % 10, 10).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_what_is_left_without_what_parts_it() {
        let dashes = "-\u{ad}\u{2010}\u{2011}\u{2012}–—\u{2015}−－﹣⁃ー\u{2e3a}〜";
        let spaces = " \t\n\r\u{b}\u{85}\u{a0}\u{1680}\u{2003}\u{2028}\u{202f}\u{3000}\u{feff}\u{200b}\u{2060}\u{202e}";
        for between in dashes.chars().chain(spaces.chars()) {
            assert_eq!(code(&format!("{between}7Kq2{between}m{between}")), "7Kq2m", "{between:?}");
        }
        for other in ["A_B", "A.B", "A/B", "A\u{0}B", "A\u{7}B", "A’B"] {
            assert_eq!(code(other), other);
        }
    }

    #[test]
    fn digits_of_every_script_are_digits() {
        for digits in
            ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "０１２３４５６７８９", "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡"]
        {
            assert_eq!(code(digits), "0123456789");
        }
        assert_eq!(code("ＡＢｃ"), "ABc");
        // Numbers that are no digits stay what they are.
        assert_eq!(code("Ⅳ一"), "IV一");
    }

    #[test]
    fn every_row_of_ten_digits_is_read_in_its_order() {
        let digits: Vec<char> =
            ('\u{80}'..=char::MAX).filter(|c| c.general_category() == GeneralCategory::DecimalNumber).collect();
        assert!(digits.len() > 600 && digits.len().is_multiple_of(10), "{}", digits.len());
        for row in digits.chunks(10) {
            assert_eq!(code(&row.iter().collect::<String>()), "0123456789", "{row:?}");
        }
    }

    #[test]
    fn a_password_is_the_same_whatever_the_keyboard() {
        for (typed, meant) in [
            ("cre\u{302}pe u\u{308}nder", "crêpe ünder"),
            ("ﬁve ﬀ", "five ff"),
            ("Ｐａｓｓ１", "Pass1"),
            ("a\u{a0}b\u{3000}c\u{1680}d", "a b c d"),
            (" Case stays ", " Case stays "),
        ] {
            assert_eq!(password(typed), meant);
            assert_eq!(password(&password(typed)), meant);
        }
    }

    #[test]
    fn an_address_is_what_is_seen_of_it() {
        for unseen in
            ['\u{200b}', '\u{feff}', '\u{ad}', '\u{2060}', '\u{202e}', '\u{200d}', '\u{fe0f}', '\u{e0041}', '\u{2800}']
        {
            assert_eq!(address(&format!("{unseen}kim@exa{unseen}mple.org{unseen} ")), "kim@example.org", "{unseen:?}");
        }
        assert_eq!(address("e\u{301}a@b"), "éa@b");
        assert_eq!(address("ｋｉｍ＠ｅｘａｍｐｌｅ．ｏｒｇ"), "kim@example.org");
    }

    #[test]
    fn case_is_folded_in_full() {
        for (one, other) in
            [("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ"), ("ς", "Σ"), ("ﬁn", "FIN"), ("Å", "a\u{30a}")]
        {
            assert_eq!(caseless(one), caseless(other), "{one} {other}");
        }
        // The dotless i is a letter of its own.
        assert_ne!(caseless("ı"), caseless("i"));
        assert_eq!(caseless("Ann+X@Example.ORG"), "ann+x@example.org");
    }
}
