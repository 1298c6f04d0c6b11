//! What people make passwords of when they are told to have a longer one: a season and a year, a month and two exclamation
//! marks, a greeting twice. Lists of stolen passwords are full of these, and an estimate that knows no German takes them for
//! chance. So all of that is taken out, and what is left has to be a password of its own.

use std::{collections::BTreeSet, sync::LazyLock};

/// So many characters have to be left.
const LEAST_OF_ITS_OWN: usize = 9;
/// Shorter words may be part of others, as `may` of `mayor`: they count only where they stand alone.
const LONG: usize = 5;

/// Words that come to everybody's mind, in English and German; `ae`, `oe`, `ue` and `ss` for `ä`, `ö`, `ü` and `ß`.
static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| LISTED.split_whitespace().collect());

/// Seasons, months, days and feasts, greetings and fond words, and what a password is.
const LISTED: &str = "
    spring summer autumn fall winter fruehling fruhling fruehjahr sommer herbst
    january february march april may june july august september october november december
    januar jaenner februar maerz marz mai juni juli oktober dezember
    monday tuesday wednesday thursday friday saturday sunday today
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag heute
    christmas easter weihnachten ostern silvester
    hello hi hey howdy welcome goodbye good morning evening night day thanks please
    hallo moin servus ciao salut gruezi gruess gott guten morgen abend nacht tag willkommen tschuess danke bitte
    iloveyou darling ichliebedich liebe schatz
    password passwd secret login admin account letmein passwort kennwort geheim zugang konto qwerty qwertz asdfgh abc
";

/// Whether hardly anything is left of a password without what everybody thinks of, and without what it says twice.
#[must_use]
pub fn make_all_of(password: &str) -> bool {
    own_characters(password) < LEAST_OF_ITS_OWN
}

/// How many characters are left: of words and numbers that it has once, and no list has, and of each sign one.
fn own_characters(password: &str) -> usize {
    let text = without_long_words(&spelled_out(password));
    let left: BTreeSet<String> = runs(&text).flat_map(pieces).collect();
    let counts = |piece: &&String| !WORDS.contains(piece.as_str()) && !is_a_row(piece) && !is_a_year(piece);
    left.iter().filter(counts).map(|piece| piece.chars().count()).sum()
}

/// In small letters, with umlauts as they are typed where there are none.
fn spelled_out(password: &str) -> Vec<char> {
    let mut text = Vec::new();
    for letter in password.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' => text.extend(['a', 'e']),
            'ö' => text.extend(['o', 'e']),
            'ü' => text.extend(['u', 'e']),
            'ß' => text.extend(['s', 's']),
            other => text.push(other),
        }
    }
    text
}

/// Stands where a word was, so that what was on both sides of it does not become one.
const TAKEN_OUT: char = '\0';

/// Takes the longest of the listed words out wherever it stands, also when signs stand for some of its letters.
fn without_long_words(text: &[char]) -> Vec<char> {
    let (mut left, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let begins_here = |word: &&&str| {
            let letters = text.get(at..at + word.len()).unwrap_or_default();
            word.len() == letters.len() && word.chars().zip(letters).all(|(letter, typed)| stands_for(*typed, letter))
        };
        let longest = WORDS.iter().filter(|word| word.len() >= LONG).filter(begins_here).map(|word| word.len()).max();
        left.push(if longest.is_some() { TAKEN_OUT } else { text[at] });
        at += longest.unwrap_or(1);
    }
    left
}

fn stands_for(typed: char, letter: char) -> bool {
    let letters = match typed {
        '0' => "o",
        '1' | '!' | '|' => "il",
        '3' | '€' => "e",
        '4' | '@' => "a",
        '5' | '$' => "s",
        '7' | '+' => "t",
        '8' => "b",
        _ => "",
    };
    typed == letter || letters.contains(letter)
}

/// Pieces of letters alone, of digits alone, and of signs.
fn runs(text: &[char]) -> impl Iterator<Item = &[char]> {
    let kind = |c: char| (c.is_ascii_digit(), c.is_alphanumeric());
    text.chunk_by(move |one, next| kind(*one) == kind(*next))
}

/// What a run comes to: the letters or digits that it repeats from the first to the last, or the signs one by one.
fn pieces(run: &[char]) -> Vec<String> {
    if !run.iter().all(|c| c.is_alphanumeric()) {
        return run.iter().filter(|sign| **sign != TAKEN_OUT).map(ToString::to_string).collect();
    }
    let repeats =
        |length: &usize| run.len().is_multiple_of(*length) && run.chunks(*length).all(|piece| *piece == run[..*length]);
    let shortest = (1..run.len()).find(repeats).unwrap_or(run.len());
    vec![run[..shortest].iter().collect()]
}

/// `123`, `4321` and the like; of `111` one is left before it comes here.
fn is_a_row(piece: &str) -> bool {
    let bytes = piece.as_bytes();
    let goes = |by: i16| bytes.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == by);
    bytes.len() >= 3 && bytes.iter().all(u8::is_ascii_digit) && (goes(1) || goes(-1))
}

/// From 1900 to 2099.
fn is_a_year(piece: &str) -> bool {
    let is_number = piece.len() == 4 && piece.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (piece.starts_with("19") || piece.starts_with("20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seasons_months_greetings_and_what_is_said_twice_leave_nothing() {
        for weak in [
            "Sommer2026!!",
            "Fruehling2026",
            "Frühling2026!",
            "hallohallo12",
            "S0mm3r2026!!",
            "Dezember-1984",
            "Winter2024Sommer2025",
            "HalloHalloHallo",
            "Guten Morgen 123",
            "September.9.11",
            "Birnebirne12!",
            "buffalo buffalo buffalo",
            "Mittwoch2026#",
            "PasswortSommer1!",
            "Tschüss-2026-2027",
            "IchLiebeDich99",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "Januar01!Januar01!",
        ] {
            assert!(make_all_of(weak), "{weak} has {}", own_characters(weak));
        }
    }

    #[test]
    fn what_has_something_of_its_own_is_not_refused_for_a_season() {
        for good in [
            "correct horse battery",
            "calf-stretch-before-bed",
            "νύχτα και κράμπα",
            "x9#kLw02mmQe",
            "im Herbst rostet der Zaun",
            "Regenschirm-Montag-7",
            "the cat and the dog and the bird",
            "winter boots in the hallway",
            "mayor of casterbridge",
            "seven quiet herons at dusk",
            "48213907715562",
            "7a3b9c2d5e8f",
            "k7!R9$w2@Q5z",
            "🦵🌙 three cramps 🦵🌙",
        ] {
            assert!(!make_all_of(good), "{good} has {}", own_characters(good));
        }
    }
}
