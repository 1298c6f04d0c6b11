//! Which operation of the contract a request is, by its method and path.

use std::sync::LazyLock;

use actix_web::http::Method;
use serde_json::Value;

/// An operation on a row or a list of a diary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id in the contract.
    pub id: String,
    /// The row that the path names within the diary; the pieces of its key with colons between.
    pub row: Option<String>,
}

struct Known {
    method: String,
    /// The pieces of the path; those in braces stand for anything.
    template: Vec<String>,
    id: String,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let document: Value =
        super::OPENAPI_JSON.as_deref().ok().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().into_iter().flatten().filter_map(move |(method, operation)| {
            Some(Known {
                method: method.to_ascii_uppercase(),
                template: pieces(path).map(str::to_owned).collect(),
                id: operation["operationId"].as_str()?.to_owned(),
            })
        })
    });
    operations.collect()
});

fn pieces(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
}

fn is_open(piece: &str) -> bool {
    piece.starts_with('{')
}

/// The operation of a request; `None` for what the contract does not know.
#[must_use]
pub fn operation_at(method: &Method, path: &str) -> Option<Operation> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let asked: Vec<_> = pieces(path).collect();
    let fits = |known: &&Known| {
        known.method == method.as_str()
            && known.template.len() == asked.len()
            && known.template.iter().zip(&asked).all(|(piece, asked)| piece == asked || is_open(piece))
    };
    let known = KNOWN.iter().find(fits)?;
    let row: Vec<_> = known
        .template
        .iter()
        .zip(&asked)
        .filter(|(piece, _)| is_open(piece) && *piece != "{d}")
        .map(|(_, asked)| *asked)
        .collect();
    Some(Operation { id: known.id.clone(), row: (!row.is_empty()).then(|| row.join(":")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(method: &Method, path: &str) -> Option<(String, Option<String>)> {
        operation_at(method, path).map(|operation| (operation.id, operation.row))
    }

    #[test]
    fn a_request_is_named_as_the_contract_names_it() {
        let named = |id: &str, row: Option<&str>| Some((id.to_owned(), row.map(str::to_owned)));
        assert_eq!(at(&Method::GET, "/v1/diaries/me/episodes"), named("listEpisodes", None));
        assert_eq!(at(&Method::HEAD, "/v1/diaries/d1/episodes/c1"), named("getEpisode", Some("c1")));
        assert_eq!(
            at(&Method::PUT, "/v1/diaries/d1/episodes/c1/soreness/2026-03-30"),
            named("putSoreness", Some("c1:2026-03-30"))
        );
        assert_eq!(at(&Method::GET, "/v1/diaries/d1/nothing"), None);
    }
}
