//! Conditional requests (RFC 9110 §13): `ETags` are revisions.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, EntityTag, Header, IfMatch, IfNoneMatch},
};
use futures_util::future::{Ready, ready};

use crate::{
    foundation::precondition::{self, Precondition, Revision},
    web::problem::Problem,
};

/// A strong entity tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(EntityTag);

impl ETag {
    /// The tag of a row or a diary at a revision.
    #[must_use]
    pub fn of(revision: Revision) -> Self {
        Self(EntityTag::new_strong(revision.0.to_string()))
    }

    /// The tag of an answer that also depends on what day it is.
    #[must_use]
    pub fn on(revision: Revision, today: chrono::NaiveDate) -> Self {
        Self::of(revision).variant(&today.to_string())
    }

    /// The tag of another way to write the same.
    #[must_use]
    pub fn variant(self, name: &str) -> Self {
        Self(EntityTag::new_strong(format!("{}.{name}", self.0.tag())))
    }

    /// For the answer that it is the tag of.
    #[must_use]
    pub fn to_header(&self) -> header::ETag {
        header::ETag(self.0.clone())
    }
}

/// The conditions of a request.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    if_match: Option<IfMatch>,
    if_none_match: Option<IfNoneMatch>,
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
        match &self.if_none_match {
            Some(IfNoneMatch::Any) => true,
            Some(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag.0)),
            None => false,
        }
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
        let known = |tags: &[EntityTag], equal: fn(&EntityTag, &EntityTag) -> bool| {
            let is_own = |tag: &EntityTag, at| [ETag::of(at), tag_at(at)].iter().any(|own| equal(&own.0, tag));
            let revisions = tags.iter().filter_map(|tag| revision(tag).filter(|at| is_own(tag, *at)));
            precondition::Known::OneOf(revisions.collect())
        };
        Precondition {
            is: self.if_match.as_ref().map(|asked| match asked {
                IfMatch::Any => precondition::Known::Something,
                IfMatch::Items(tags) => known(tags, EntityTag::strong_eq),
            }),
            is_not: self.if_none_match.as_ref().map(|asked| match asked {
                IfNoneMatch::Any => precondition::Known::Something,
                IfNoneMatch::Items(tags) => known(tags, EntityTag::weak_eq),
            }),
        }
    }
}

/// The revision that a tag begins with.
fn revision(tag: &EntityTag) -> Option<Revision> {
    tag.tag().split('.').next()?.parse().ok().map(Revision)
}

impl FromRequest for Conditions {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let if_match = sent(request, IfMatch::Items(vec![]));
        let if_none_match = sent(request, IfNoneMatch::Items(vec![]));
        ready(Ok(Self { if_match, if_none_match }))
    }
}

/// A header, if it was sent. One that can't be read matches nothing.
fn sent<H: Header>(request: &HttpRequest, nothing: H) -> Option<H> {
    request.headers().contains_key(H::name()).then(|| H::parse(request).unwrap_or(nothing))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use actix_web::{http::header::HeaderValue, test::TestRequest};

    use super::*;

    /// Those of a request with these header lines.
    fn with(lines: &[(&'static str, &[u8])]) -> Conditions {
        let mut request = TestRequest::default();
        for (name, line) in lines {
            request = request.append_header((*name, HeaderValue::from_bytes(line).unwrap()));
        }
        Conditions::from_request(&request.to_http_request(), &mut Payload::None).into_inner().unwrap()
    }

    fn conditions(if_match: Option<&str>, if_none_match: Option<&str>) -> Conditions {
        let lines = [("if-match", if_match), ("if-none-match", if_none_match)];
        let lines: Vec<_> = lines.into_iter().filter_map(|(name, line)| Some((name, line?.as_bytes()))).collect();
        with(&lines)
    }

    #[test]
    fn several_lines_are_one_list_and_what_is_no_text_matches_nothing() {
        let seven = Revision(7);
        assert!(with(&[("if-match", b"\"6\""), ("if-match", b"\"7\"")]).precondition().holds(Some(seven)));
        assert!(with(&[("if-none-match", b"\"6\", "), ("if-none-match", b"\"7\"")]).has(&ETag::of(seven)));
        for line in [&b"\"\xff\""[..], b"", b"7", b"\"7", b"\"\""] {
            assert!(!with(&[("if-match", line)]).precondition().holds(Some(seven)));
            assert!(!with(&[("if-none-match", line)]).has(&ETag::of(seven)));
        }
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
    fn a_tag_is_compared_by_its_bytes_and_not_as_a_number() {
        let seven = Revision(7);
        for other in ["\"007\"", "\"+7\"", "\" 7\"", "\"7 \"", "\"7.0\"", "\"7.\"", "\"٧\"", "\"0x7\""] {
            assert!(!conditions(Some(other), None).precondition().holds(Some(seven)), "{other}");
            assert!(!conditions(None, Some(other)).has(&ETag::of(seven)), "{other}");
            assert!(conditions(None, Some(other)).precondition().holds(Some(seven)), "{other}");
        }
    }

    #[test]
    fn what_is_known_is_not_written_over_and_both_conditions_must_hold() {
        let holds = |if_match, if_none_match, at| conditions(if_match, if_none_match).precondition().holds(at);
        let seven = Some(Revision(7));
        assert!(!holds(None, Some("\"7\""), seven) && !holds(None, Some("\"6\", W/\"7\""), seven));
        assert!(holds(None, Some("\"6\""), seven) && holds(None, Some("\"7\""), None));
        assert!(!holds(Some("\"7\""), Some("\"7\""), seven) && !holds(Some("*"), Some("*"), seven));
        assert!(holds(Some("\"7\""), Some("\"6\""), seven));
    }

    #[test]
    fn a_star_means_any_row_or_none() {
        assert!(conditions(Some("*"), None).precondition().holds(Some(Revision(1))));
        assert!(!conditions(Some("*"), None).precondition().holds(None));
        assert!(conditions(None, Some("*")).precondition().holds(None));
        assert!(!conditions(None, Some("*")).precondition().holds(Some(Revision(1))));
    }
}
