//! How much room writing takes, where nobody knows the font: browsers take that of the system. Bounds of what is usual.

/// From one base line to the next, in heights of letters.
pub const LEADING: f32 = 1.3;

/// How wide a character is at most, in heights of letters: in `DejaVu` Sans, the widest that systems come with, and in
/// Noto Sans, Segoe UI, Roboto and Arial.
fn width(c: char) -> f32 {
    match c {
        ' ' | '\u{a0}' | '\'' | ',' | '.' | ':' | ';' | '|' | '·' | 'I' | 'i' | 'j' | 'l' => 0.36,
        '!' | '"' | '(' | ')' | '*' | '-' | '/' | '[' | ']' | 'f' | 'r' | 't' => 0.47,
        '0'..='9' | 'a'..='z' if !matches!(c, 'm' | 'w') => 0.64,
        'w' | 'A'..='Z' | 'À'..='Å' | 'Ç'..='Ý' if !matches!(c, 'M' | 'W') => 0.82,
        'ß'..='å' | 'ç'..='ÿ' | '–' => 0.68,
        '\u{300}'..='\u{36f}' => 0.0,
        '\u{20}'..='\u{7e}' | '\u{a1}'..='\u{5ff}' | '…' | '—' => 1.15,
        // What the PDF has no font for is three signs there.
        _ => 1.7,
    }
}

/// How wide a text is at most.
#[must_use]
pub fn room(text: &str, letters: f32) -> f32 {
    text.chars().map(width).sum::<f32>() * letters
}

/// A text as far as there is room for it.
#[must_use]
pub fn fitted(text: &str, letters: f32, most: f32) -> String {
    if room(text, letters) <= most {
        return text.to_owned();
    }
    let mut left = most - room("…", letters);
    let kept = text.chars().take_while(|c| {
        left -= width(*c) * letters;
        left >= 0.0
    });
    let kept: String = kept.collect();
    if kept.trim().is_empty() { String::new() } else { format!("{}…", kept.trim_end()) }
}

/// A text in lines that are no wider than there is room. A word that is wider is cut short.
#[must_use]
pub fn wrapped(text: &str, letters: f32, most: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}")).filter(|line| room(line, letters) <= most);
        match (longer, lines.last_mut()) {
            (Some(longer), Some(line)) => *line = longer,
            _ => lines.push(fitted(word, letters, most)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_short_and_what_is_wrapped_fits() {
        let text = "Kompressionsstrümpfe, Klasse II, beidseits bis zur Leiste getragen";
        for most in [0.0, 9.0, 40.0, 133.3, 1_000.0] {
            assert!(room(&fitted(text, 12.0, most), 12.0) <= most);
            assert!(wrapped(text, 12.0, most).iter().all(|line| room(line, 12.0) <= most));
        }
        assert_eq!(fitted(text, 12.0, 1_000.0), text);
        assert_eq!(wrapped(text, 12.0, 1_000.0), [text]);
        assert_eq!(wrapped(text, 12.0, 250.0).concat().replace(' ', ""), text.replace(' ', ""));
    }
}
