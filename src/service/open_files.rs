//! How many files and connections the system lets this process have open.

use std::fs;

/// Below this many, a handful of clients can take them all.
const ENOUGH: u64 = 4096;

/// Says so in the log when the system allows few: whoever opens that many connections and says nothing keeps others out
/// until each of them is cut off.
pub fn warn_of_few() {
    if let Some(limit) = fs::read_to_string("/proc/self/limits").ok().as_deref().and_then(soft_limit)
        && limit < ENOUGH
    {
        tracing::warn!(
            limit,
            "few files may be open at once, connections among them; raise it (LimitNOFILE, ulimit -n) to {ENOUGH} or more"
        );
    }
}

/// The limit in force, as Linux tells it; `None` when there is none.
fn soft_limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_in_force_is_the_first_of_the_two() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                      Max processes             62987                62987                processes\n\
                      Max open files            1024                 524288               files\n";
        assert_eq!(soft_limit(limits), Some(1024));
        assert_eq!(soft_limit("Max open files            unlimited            unlimited            files"), None);
        assert_eq!(soft_limit(""), None);
    }
}
