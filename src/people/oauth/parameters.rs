//! What apps say, as a query or a form. What is not known is not looked at, what is empty was not said, and nothing is said
//! twice (RFC 6749, section 3.1).

use std::collections::BTreeMap;

use actix_web::web::Query;

use crate::access::scopes::Scope;

/// What any of the endpoints looks at.
const KNOWN: [&str; 13] = [
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "grant_type",
    "redirect_uri",
    "refresh_token",
    "response_type",
    "scope",
    "state",
    "token",
];

/// Texts by their names.
#[derive(Debug, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads pairs.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(text: &str) -> Result<Self, String> {
        let pairs = Query::<Vec<(String, String)>>::from_query(text).map_err(|_| "the parameters can't be read")?;
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs.into_inner().into_iter().filter(|(name, _)| KNOWN.contains(&name.as_str())) {
            if parameters.insert(name, value).is_some() {
                return Err("a parameter is given more than once".to_owned());
            }
        }
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self(parameters))
    }

    /// Takes one out.
    pub fn take(&mut self, name: &'static str) -> Option<String> {
        debug_assert!(KNOWN.contains(&name), "{name}");
        self.0.remove(name)
    }

    /// Takes one out that has to be there.
    ///
    /// # Errors
    /// That it is not.
    pub fn need(&mut self, name: &'static str) -> Result<String, String> {
        self.take(name).ok_or_else(|| format!("{name} is missing"))
    }
}

/// Reads a list of scopes, with spaces between them.
///
/// # Errors
/// What is wrong with it.
pub fn scopes(text: &str) -> Result<Vec<Scope>, String> {
    let mut scopes = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let known = Scope::ALL.map(Scope::as_str).join(", ");
        let scope =
            Scope::parse(word).ok_or_else(|| format!("scope names one that there is not; there are {known}"))?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() { Err("scope names none".to_owned()) } else { Ok(scopes) }
}

/// Scopes as a text.
#[must_use]
pub fn written(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_twice_is_refused_and_what_is_empty_was_not_said() {
        assert!(Parameters::read("code=1&code=2").is_err() && Parameters::read("code=&code=2").is_err());
        let mut said = Parameters::read("code=1&state=&scope=%20&other=1&other=2").unwrap();
        let read = (said.take("code"), said.take("state"), said.take("scope"));
        assert_eq!(read, (Some("1".to_owned()), None, Some(" ".to_owned())));
    }

    #[test]
    fn scopes_come_in_a_row() {
        assert_eq!(scopes("diary:read  diary:write diary:read").unwrap(), [Scope::DiaryRead, Scope::DiaryWrite]);
        assert!(scopes("diary:read all").is_err() && scopes(" ").is_err());
        assert_eq!(written(&[Scope::DiaryRead, Scope::DiaryWrite]), "diary:read diary:write");
    }
}
