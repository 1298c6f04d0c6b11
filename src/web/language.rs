//! In which language somebody is spoken to.

use std::cmp::Reverse;

use actix_web::{
    HttpRequest,
    http::header::{AcceptLanguage, Header, LanguageTag, Preference, Quality},
};

use crate::foundation::language::Language;

/// The language that a request asks for most, of those that there is a catalogue of; `None` when it asks for none of them.
#[must_use]
pub fn asked_for(request: &HttpRequest) -> Option<Language> {
    let ranges = AcceptLanguage::parse(request).map(|accepted| accepted.0).unwrap_or_default();
    // Of two with the same weight, the first is wanted more.
    let best = |names: &dyn Fn(&Preference<LanguageTag>) -> bool| {
        let named = ranges.iter().enumerate().filter(|(_, range)| names(&range.item));
        named.map(|(at, range)| (Reverse(range.quality), at)).min()
    };
    let wanted = |language: Language| {
        let is_it = |tag: &LanguageTag| tag.primary_language().eq_ignore_ascii_case(language.tag());
        let rank = best(&|item| item.item().is_some_and(is_it)).or_else(|| best(&Preference::is_any))?;
        (rank.0.0 > Quality::ZERO).then_some((rank, language))
    };
    Language::ALL.into_iter().filter_map(wanted).min_by_key(|(rank, _)| *rank).map(|(_, language)| language)
}
