//! The words that patients agree to. A text that was published is never changed: a better one is a new version, and who
//! agreed to the old one agreed to the old one.

use serde::Serialize;
use serde_json::Value;

use crate::{
    foundation::{
        faults::{FaultCode, Faults},
        fields::{self, FromJson},
        language::Language,
    },
    vocabulary,
};

vocabulary! {
    /// What is agreed to.
    pub enum Purpose {
        /// That somebody reads the diary.
        Viewer = "viewer",
        /// That somebody reads the diary and writes in it.
        Contributor = "contributor",
        /// That whoever has a link opens the report.
        ReportLink = "report_link",
    }
}

/// A text to show before somebody agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Words {
    /// When it was published.
    pub version: &'static str,
    /// What it is about.
    pub purpose: Purpose,
    /// Its language.
    pub language: Language,
    /// Paragraphs, with an empty line between.
    pub text: &'static str,
}

macro_rules! words {
    ($($version:literal { $($purpose:ident $language:ident = $file:literal;)+ })+) => {
        /// Every text that was ever published, the latest version last.
        pub const ALL: &[Words] = &[$($(Words {
            version: $version,
            purpose: Purpose::$purpose,
            language: Language::$language,
            text: include_str!(concat!("words/", $version, "/", $file)),
        }),+),+];
    };
}

words! {
    "2026-11-25" {
        Viewer English = "viewer.en.txt";
        Viewer German = "viewer.de.txt";
        Contributor English = "contributor.en.txt";
        Contributor German = "contributor.de.txt";
        ReportLink English = "report_link.en.txt";
        ReportLink German = "report_link.de.txt";
    }
}

/// The version that is agreed to now.
pub const CURRENT: &str = "2026-11-25";

/// The version that a client says somebody read: it has to be the present one.
#[derive(Debug)]
pub struct Read;

impl FromJson for Read {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        if fields::string(value)? == CURRENT {
            Ok(Self)
        } else {
            Err(Faults::here(FaultCode::NotOneOf, format!("must be {CURRENT}: show the present text, and ask again")))
        }
    }
}

/// The text that somebody agreed to.
#[must_use]
pub fn text(version: &str, purpose: Purpose, language: Language) -> Option<&'static str> {
    let words = ALL.iter().find(|words| (words.version, words.purpose, words.language) == (version, purpose, language));
    words.map(|words| words.text.trim_end())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::foundation::secrets::fingerprint;

    #[test]
    fn what_was_published_stays_as_it_is() {
        let texts: String = ALL.iter().filter(|words| words.version == "2026-11-25").map(|words| words.text).collect();
        let hash = fingerprint("words", texts.as_bytes()).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        assert_eq!(hash, "0392627c0b6ae57f1a6d9a984c03c303643f0cf0dd88fc9a7a10ccb15f37e60e");
    }

    #[test]
    fn the_present_version_speaks_of_everything_in_every_language() {
        for purpose in Purpose::ALL {
            for language in Language::ALL {
                assert!(text(CURRENT, purpose, language).is_some_and(|text| text.len() > 200));
            }
        }
        assert_eq!(ALL.last().unwrap().version, CURRENT);
    }
}
