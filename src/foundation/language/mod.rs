//! The languages that the service speaks to people in, and the catalogues of what it says: one file of sentences for each
//! language, in the format of Project Fluent, which translators' tools read.
//!
//! A sentence is built from numbers by [`say!`](crate::say); how a language writes numbers and dates is here too.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use crate::vocabulary;

type Catalogue = FluentBundle<FluentResource>;

macro_rules! languages {
    ($($(#[$doc:meta])* $name:ident = $tag:literal),+ $(,)?) => {
        vocabulary! {
            /// A language with a catalogue of its own.
            pub enum Language { $($(#[$doc])* $name = $tag),+ }
        }

        impl Language {
            /// What its catalogue says, as it is written.
            const fn text(self) -> &'static str {
                match self { $(Self::$name => include_str!(concat!($tag, ".ftl"))),+ }
            }

            fn catalogue(self) -> &'static Catalogue {
                match self {
                    $(Self::$name => {
                        static READ: LazyLock<Catalogue> = LazyLock::new(|| read(Language::$name));
                        &READ
                    })+
                }
            }
        }
    };
}

languages! {
    /// English.
    English = "en",
    /// German.
    German = "de",
}

/// What can't be read is left out; a test reads every sentence of every catalogue.
fn read(language: Language) -> Catalogue {
    let tag = language.as_str().parse().unwrap_or_default();
    let mut catalogue = Catalogue::new_concurrent(vec![tag]);
    // Marks around each number would only get in the way: no sentence mixes directions.
    catalogue.set_use_isolating(false);
    let resource = FluentResource::try_new(language.text().to_owned()).unwrap_or_else(|(resource, _)| resource);
    catalogue.add_resource_overriding(resource);
    catalogue
}

impl Language {
    /// The tag of BCP 47.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.as_str()
    }

    /// A sentence of the catalogue with its numbers filled in. [`say!`](crate::say) is the short way to it.
    #[must_use]
    pub fn sentence(self, id: &str, args: &FluentArgs) -> String {
        let catalogue = self.catalogue();
        let Some(pattern) = catalogue.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        catalogue.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned()
    }

    /// Whether the catalogue has a sentence.
    #[must_use]
    pub fn has(self, id: &str) -> bool {
        self.catalogue().has_message(id)
    }

    /// A share as whole per cents, without the sign. Only all are 100, and only none are 0.
    #[must_use]
    pub fn percent(self, share: f64) -> String {
        // Half a per cent counts up, as people round; formatting alone would round half to even.
        let rounded = (share * 100.0 + 1e-9).round();
        match rounded {
            _ if rounded < 1.0 && share > 0.0 => "<1".to_owned(),
            _ if rounded >= 100.0 && share < 1.0 => ">99".to_owned(),
            _ => format!("{rounded:.0}"),
        }
    }

    /// A number with so many decimals.
    #[must_use]
    pub fn decimal(self, number: f64, decimals: usize) -> String {
        self.written(&digits(number, decimals))
    }

    /// A number with so many decimals and its sign, which nothing has none of.
    #[must_use]
    pub fn signed(self, number: f64, decimals: usize) -> String {
        let written = self.decimal(number.abs(), decimals);
        let sign = match number {
            _ if written == self.decimal(0.0, decimals) => "",
            _ if number < 0.0 => "−",
            _ => "+",
        };
        format!("{sign}{written}")
    }

    /// A number as the language writes it.
    fn written(self, digits: &str) -> String {
        match digits.split_once('.') {
            Some((whole, part)) => crate::say!(self, "decimal", whole = whole, part = part),
            None => digits.to_owned(),
        }
    }

    /// A number with one decimal, or none where that says as much.
    #[must_use]
    pub fn rounded(self, number: f64) -> String {
        let digits = digits(number, 1);
        self.written(digits.strip_suffix(".0").unwrap_or(&digits))
    }

    /// A length of time for a table: seconds below two minutes, then minutes, then hours, with one decimal where it says more.
    #[must_use]
    pub fn brief_duration(self, seconds: f64) -> String {
        if seconds < 120.0 {
            format!("{} s", self.rounded(seconds))
        } else if seconds < 7_200.0 {
            format!("{} min", self.rounded(seconds / 60.0))
        } else {
            format!("{} h", self.rounded(seconds / 3_600.0))
        }
    }

    /// A length of time in words, as finely as anybody remembers it: whole seconds up to a minute and a half, then whole
    /// minutes, and from two hours on tenths of hours. What is rounded is "about" so long.
    #[must_use]
    pub fn duration(self, seconds: f64) -> String {
        let (unit, length, steps) = match seconds {
            _ if seconds <= 90.0 => ("s", 1.0, 1.0),
            _ if seconds < 7_200.0 => ("min", 60.0, 1.0),
            _ => ("h", 3_600.0, 10.0),
        };
        let exactly = seconds / length * steps;
        let written = format!("{} {unit}", self.rounded((exactly + 1e-9).round() / steps));
        let is_exact = (exactly - exactly.round()).abs() < 1e-9;
        if is_exact { written } else { crate::say!(self, "duration-about", length = written) }
    }

    /// A date, as it is written everywhere.
    #[must_use]
    pub fn date(self, date: NaiveDate) -> String {
        let month = crate::say!(self, "month", month = date.month());
        crate::say!(self, "date", day = date.day(), month = month, year = date.year().to_string())
    }
}

/// A number with so many decimals and a point before them. Halves count up here, too.
fn digits(number: f64, decimals: usize) -> String {
    let scale = (0..decimals).fold(1.0, |scale, _| scale * 10.0);
    format!("{:.decimals$}", (number * scale + 1e-9).round() / scale)
}

/// A sentence of a language's catalogue: `say!(language, "night-share", night = 31, episodes = 40)`. Whole numbers choose
/// between singular and plural; what is written in another way comes as text.
#[macro_export]
macro_rules! say {
    ($language:expr, $id:expr $(, $name:ident = $value:expr)* $(,)?) => {{
        #[allow(unused_mut, reason = "a sentence may need nothing")]
        let mut args = ::fluent_bundle::FluentArgs::new();
        $(args.set(stringify!($name), $value);)*
        $language.sentence($id, &args)
    }};
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The sentences of a catalogue, each with the numbers that it asks for.
    fn sentences(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, faults)| faults).unwrap();
        assert!(resource.entries().count() > 0);
        let mut found = BTreeMap::new();
        let mut id = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                assert!(!found.contains_key(name), "{name} is there twice");
                name.clone_into(&mut id);
            }
            let asked = line
                .split('$')
                .skip(1)
                .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>());
            found.entry(id.clone()).or_insert_with(BTreeSet::new).extend(asked);
        }
        found.remove("");
        found
    }

    #[test]
    fn every_language_has_the_same_sentences_with_the_same_numbers() {
        for language in Language::ALL {
            assert_eq!(sentences(language.text()), sentences(Language::English.text()), "{}", language.tag());
        }
    }

    /// Every file of the program.
    fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                sources(&entry.path(), found);
            } else if entry.path().extension().is_some_and(|ending| ending == "rs") {
                found.push(std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }

    #[test]
    fn every_sentence_is_said_somewhere_and_nothing_is_said_that_is_not_there() {
        let mut files = Vec::new();
        sources(std::path::Path::new("src"), &mut files);
        let literals: BTreeSet<_> = files.iter().flat_map(|file| file.split('"').skip(1)).collect();
        let known = sentences(Language::English.text());
        // Made of a beginning and a word of a vocabulary: `format!("part-{}", …)`.
        let beginnings: Vec<_> =
            literals.iter().filter_map(|text| text.split_once('{').map(|(start, _)| start)).collect();
        let is_made = |id: &str| beginnings.iter().any(|start| start.ends_with('-') && id.starts_with(start));
        let unsaid: Vec<_> = known.keys().filter(|id| !literals.contains(id.as_str()) && !is_made(id)).collect();
        assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
        for file in &files {
            for call in file.split("say!(").skip(1) {
                let id = call
                    .split('"')
                    .nth(1)
                    .filter(|_| call.split('"').next().is_some_and(|start| !start.contains(['(', ')'])));
                let id = id.filter(|id| !id.contains(['{', '}', ' ']));
                assert!(id.is_none_or(|id| known.contains_key(id)), "there is no sentence {id:?}");
            }
        }
    }

    #[test]
    fn numbers_and_dates_are_written_as_the_language_does() {
        let (en, de) = (Language::English, Language::German);
        assert_eq!((en.decimal(1.5, 2), de.decimal(1.25, 2)), ("1.50".into(), "1,25".into()));
        assert_eq!((en.rounded(5.5), de.rounded(5.5), de.rounded(6.0)), ("5.5".into(), "5,5".into(), "6".into()));
        assert_eq!((en.percent(0.775), en.percent(0.005)), ("78".into(), "1".into()));
        assert_eq!((en.percent(0.004), en.percent(0.995), en.percent(0.0)), ("<1".into(), ">99".into(), "0".into()));
        assert_eq!((en.percent(0.994), de.percent(1.0)), ("99".into(), "100".into()));
        let date = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        assert_eq!((en.date(date), de.date(date)), ("29 Mar 2026".into(), "29. März 2026".into()));
        assert_eq!(
            (en.duration(90.0), en.duration(600.0), de.duration(9_000.0)),
            ("90 s".into(), "10 min".into(), "2,5 h".into())
        );
        assert_eq!((en.brief_duration(14.5), de.brief_duration(202.5)), ("14.5 s".into(), "3,4 min".into()));
        assert_eq!((en.duration(112.5), de.duration(202.5)), ("about 2 min".into(), "etwa 3 min".into()));
        assert_eq!((en.duration(14.5), en.duration(7_200.0)), ("about 15 s".into(), "2 h".into()));
        assert_eq!(
            (en.signed(-0.04, 1), en.signed(2.0, 0), de.signed(-1.25, 1)),
            ("0.0".into(), "+2".into(), "−1,3".into())
        );
        assert_eq!(en.decimal(6.25, 1), "6.3");
    }
}
