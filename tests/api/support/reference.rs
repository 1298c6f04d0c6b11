//! Figures that other software computed, in `tests/reference/`.

use serde_json::Value;

const FILES: [&str; 3] = [
    include_str!("../../reference/statistics.json"),
    include_str!("../../reference/more_statistics.json"),
    include_str!("../../reference/bouts.json"),
];

/// The cases of a method.
pub fn reference(method: &str) -> Vec<Value> {
    let files = FILES.map(|text| serde_json::from_str::<Value>(text).unwrap());
    let cases = files.iter().find_map(|file| file[method].as_array()).unwrap_or_else(|| panic!("no cases of {method}"));
    cases.clone()
}
