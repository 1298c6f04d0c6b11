//! Conditional requests (RFC 9110 §13): `ETags` are revisions.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap, HeaderName},
};
use futures_util::future::{Ready, ready};

use crate::{
    foundation::precondition::{Precondition, Revision},
    web::problem::Problem,
};

/// A strong entity tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of a row or a diary at a revision.
    #[must_use]
    pub fn of(revision: Revision) -> Self {
        Self(format!("\"{}\"", revision.0))
    }

    /// The tag of an answer that also depends on what day it is.
    #[must_use]
    pub fn on(revision: Revision, today: chrono::NaiveDate) -> Self {
        Self(format!("\"{}.{today}\"", revision.0))
    }

    /// The tag of another way to write the same.
    #[must_use]
    pub fn variant(self, name: &str) -> Self {
        Self(format!("{}.{name}\"", self.0.trim_end_matches('"')))
    }

    /// As it stands in the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The conditions of a request.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    if_match: Option<String>,
    if_none_match: Option<String>,
}

/// An answer to a conditional GET.
#[derive(Debug)]
pub enum Known<T> {
    /// The caller has it already.
    Unchanged(ETag),
    /// It is new to the caller.
    New(ETag, T),
}

impl Conditions {
    /// Works an answer out unless the caller has it already.
    ///
    /// # Errors
    /// Those of working it out.
    pub fn unless_known<T, E>(&self, tag: ETag, answer: impl FnOnce() -> Result<T, E>) -> Result<Known<T>, E> {
        if self.has(&tag) { Ok(Known::Unchanged(tag)) } else { answer().map(|answer| Known::New(tag, answer)) }
    }

    /// Whether the caller already has the representation with this tag.
    #[must_use]
    pub fn has(&self, tag: &ETag) -> bool {
        self.if_none_match.as_deref().is_some_and(|header| {
            tags(header).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag.as_str())
        })
    }

    /// What must hold before a row is changed that has its revision for a tag. Any other tag matches nothing.
    #[must_use]
    pub fn precondition(&self) -> Precondition {
        self.precondition_by(ETag::of)
    }

    /// What must hold before something is changed whose tag is another one: the same that its answers carry. Who saw it
    /// in a list may name its revision alone.
    #[must_use]
    pub fn precondition_by(&self, tag_at: impl Fn(Revision) -> ETag) -> Precondition {
        let known = |tag| revision(tag).filter(|at| [ETag::of(*at), tag_at(*at)].iter().any(|own| own.as_str() == tag));
        match (self.if_match.as_deref(), self.if_none_match.as_deref()) {
            (Some(header), _) if tags(header).any(|tag| tag == "*") => Precondition::Present,
            (Some(header), _) => Precondition::AtOneOf(tags(header).filter_map(known).collect()),
            (None, Some(header)) if tags(header).any(|tag| tag == "*") => Precondition::Absent,
            (None, _) => Precondition::None,
        }
    }
}

fn tags(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').map(str::trim)
}

/// The revision that a tag begins with.
fn revision(tag: &str) -> Option<Revision> {
    tag.strip_prefix('"')?.strip_suffix('"')?.split('.').next()?.parse().ok().map(Revision)
}

impl FromRequest for Conditions {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = request.headers();
        ready(Ok(Self { if_match: all(headers, header::IF_MATCH), if_none_match: all(headers, header::IF_NONE_MATCH) }))
    }
}

/// A header that may be given in several lines, as one list. A line that is not text matches nothing.
fn all(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).map(|line| line.to_str().unwrap_or_default()).collect();
    if lines.is_empty() { None } else { Some(lines.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(if_match: Option<&str>, if_none_match: Option<&str>) -> Conditions {
        Conditions { if_match: if_match.map(str::to_owned), if_none_match: if_none_match.map(str::to_owned) }
    }

    #[test]
    fn if_match_compares_strongly_and_if_none_match_weakly() {
        let seven = Revision(7);
        assert!(conditions(Some("\"6\", \"7\""), None).precondition().holds(Some(seven)));
        assert!(!conditions(Some("W/\"7\""), None).precondition().holds(Some(seven)));
        assert!(!conditions(Some("7"), None).precondition().holds(Some(seven)));
        assert!(!conditions(Some("\"7\""), None).precondition().holds(None));
        assert!(conditions(None, Some("W/\"7\"")).has(&ETag::of(seven)));
        assert!(!conditions(None, Some("\"8\"")).has(&ETag::of(seven)));
    }

    #[test]
    fn a_star_means_any_row_or_none() {
        assert!(conditions(Some("*"), None).precondition().holds(Some(Revision(1))));
        assert!(!conditions(Some("*"), None).precondition().holds(None));
        assert!(conditions(None, Some("*")).precondition().holds(None));
        assert!(!conditions(None, Some("*")).precondition().holds(Some(Revision(1))));
    }
}
