//! Rows as the contract shows them.

use std::sync::LazyLock;

use serde_json::Value;

static CONTRACT: LazyLock<Value> = LazyLock::new(|| {
    serde_saphyr::from_str(cramp_diary::service::contract::OPENAPI_YAML).expect("openapi.yaml is YAML")
});

/// The row that an answer of the contract shows, with everything in it that can be said. It may be sent as it is.
pub fn example(answer: &str) -> Value {
    let answer = &CONTRACT["components"]["responses"][answer];
    let row = answer["content"]["application/json"]["example"].clone();
    assert!(row.is_object(), "the contract shows no row there");
    row
}
