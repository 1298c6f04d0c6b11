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
    ($($version:literal { $($purpose:ident $language:ident = $file:literal $sha256:literal;)+ })+) => {
        /// Every text that was ever published, the latest version last.
        pub const ALL: &[Words] = &[$($(Words {
            version: $version,
            purpose: Purpose::$purpose,
            language: Language::$language,
            text: include_str!(concat!("words/", $version, "/", $file)),
        }),+),+];

        /// What `sha256sum` says of each: it was read and agreed to.
        #[cfg(test)]
        const SHA256: &[&str] = &[$($($sha256),+),+];
    };
}

words! {
    "2026-11-25" {
        Viewer English = "viewer.en.txt"
            "a7cf0a17923af29af1a492e39f898fc20370ec15597c80c389e81345418d895f";
        Viewer German = "viewer.de.txt"
            "89f12854204f0e0ea6b5a34db9087c6c0f6c6dd914f364936ee0688de65ec915";
        Contributor English = "contributor.en.txt"
            "c5afa606a2c45407233c98706da73fe9dec93047a74a9ff68d83b0f91a4bb7ba";
        Contributor German = "contributor.de.txt"
            "93258f84d01dd0ef81a94d4869cd68aad3007ebef9b8b2f4e59f2a3a64b47c69";
        ReportLink English = "report_link.en.txt"
            "faf3e1468ebf0e7419b8e8a8f6f701d378c09546f4cda999d1bb604a3dfd514c";
        ReportLink German = "report_link.de.txt"
            "a2913f695e7f05d29d2775c5c3dd029f866b526a793e597ac3757f706e8ae639";
    }
    "2026-11-27" {
        Viewer English = "viewer.en.txt"
            "a7cf0a17923af29af1a492e39f898fc20370ec15597c80c389e81345418d895f";
        Viewer German = "viewer.de.txt"
            "89f12854204f0e0ea6b5a34db9087c6c0f6c6dd914f364936ee0688de65ec915";
        Contributor English = "contributor.en.txt"
            "c5afa606a2c45407233c98706da73fe9dec93047a74a9ff68d83b0f91a4bb7ba";
        Contributor German = "contributor.de.txt"
            "93258f84d01dd0ef81a94d4869cd68aad3007ebef9b8b2f4e59f2a3a64b47c69";
        ReportLink English = "report_link.en.txt"
            "2de64efdd4b532f849b121364e9f2b4ee5be50e352c715530628b4ec3f9a8625";
        ReportLink German = "report_link.de.txt"
            "7a4943f17846d3036f3cb711614e09628037ff4f8f3e76e6781f8b312cedf7a5";
    }
}

/// The version that is agreed to now.
pub const CURRENT: &str = "2026-11-27";

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

    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn what_was_published_stays_as_it_is() {
        for (words, sha256) in ALL.iter().zip(SHA256) {
            let digest = Sha256::digest(words.text).iter().fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02x}").unwrap();
                text
            });
            assert_eq!(digest, *sha256, "{words:?}");
        }
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
