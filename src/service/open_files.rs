//! How many files and connections the system lets this process have open.

use std::fs;

/// Below this many, some addresses together can take them all.
const ENOUGH: usize = 4096;
/// What is assumed where the system does not say.
const USUAL: usize = 1024;

/// How many there may be.
#[must_use]
pub fn most() -> usize {
    fs::read_to_string("/proc/self/limits").map_or(USUAL, |limits| soft_limit(&limits))
}

/// Says so in the log when the system allows few: whoever opens that many connections keeps others out while these are
/// answered.
pub fn warn_of_few() {
    let limit = most();
    if limit < ENOUGH {
        tracing::warn!(
            limit,
            "few files may be open at once, connections among them; raise it (LimitNOFILE, ulimit -n) to {ENOUGH} or more"
        );
    }
}

/// The limit in force, as Linux tells it.
fn soft_limit(limits: &str) -> usize {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    match line.and_then(|line| line.split_whitespace().next()) {
        Some("unlimited") => usize::MAX,
        limit => limit.and_then(|limit| limit.parse().ok()).unwrap_or(USUAL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_in_force_is_the_first_of_the_two() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                      Max processes             62987                62987                processes\n\
                      Max open files            2048                 524288               files\n";
        assert_eq!(soft_limit(limits), 2048);
        assert_eq!(soft_limit("Max open files            unlimited            unlimited            files"), usize::MAX);
        assert_eq!(soft_limit(""), USUAL);
    }
}
