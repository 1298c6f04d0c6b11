//! What an operator asks of the access log: whether it is still what it was, and where it ends.

use std::path::Path;

use super::output::print;
use crate::{
    access::visits::audit::{self, Kept},
    storage::Store,
};

/// How many ends that were kept elsewhere are compared at a time.
const BATCH: usize = 1_000;

/// Checks all chains, or that of one diary, and that they still hold what `heads` printed once.
///
/// # Errors
/// When one of them does not hold, in one line after what was printed; or when they can't be read.
pub async fn verify(store: &Store, diary: Option<&str>, against: Option<&Path>) -> Result<(), String> {
    let found = audit::walk(store, diary.map(str::to_owned)).await.map_err(|error| error.to_string())?;
    for fault in &found.faults {
        print(&format!("{fault}\n"))?;
    }
    if found.more_faults > 0 {
        print(&format!("and {} more\n", found.more_faults))?;
    }
    for diary in &found.being_erased {
        print(&format!("diary {diary}: its erasure was begun and not finished, and the first rows are gone\n"))?;
    }
    let mut faults = u64::try_from(found.faults.len()).unwrap_or(u64::MAX).saturating_add(found.more_faults);
    if let Some(file) = against {
        faults = faults.saturating_add(compare(store, diary, file).await?);
    }
    print(&format!("diaries with an access log: {}\nrows in it: {}\n", found.diaries, found.looks))?;
    if found.older > 0 {
        print(&format!("of these, from before there were chains, and chained as they were found: {}\n", found.older))?;
    }
    match faults {
        0 => print("every chain holds\n"),
        1 => Err("there is 1 fault in the access log".to_owned()),
        faults => Err(format!("there are {faults} faults in the access log")),
    }
}

/// Compares with a file of kept ends, prints what differs, and says how much that is.
async fn compare(store: &Store, diary: Option<&str>, file: &Path) -> Result<u64, String> {
    let told = |why: &dyn std::fmt::Display| format!("--against {}: {why}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| told(&error))?;
    let mut kept = Vec::new();
    for (line, number) in text.lines().zip(1_u64..).filter(|(line, _)| !line.trim().is_empty()) {
        let one = Kept::parse(line).ok_or_else(|| told(&format!("line {number} is not what `audit heads` prints")))?;
        if diary.is_none_or(|diary| one.diary_id == diary) {
            kept.push(one);
        }
    }
    let compared = kept.len();
    let mut faults = 0;
    for some in kept.chunks(BATCH) {
        let (differ, gone) = audit::compare(store, some.to_vec()).await.map_err(|error| error.to_string())?;
        for fault in differ {
            faults += 1;
            print(&format!("{fault}\n"))?;
        }
        for diary in gone {
            print(&format!("diary {diary}: it was erased, at least so far, and nothing is left to compare\n"))?;
        }
    }
    print(&format!("compared with what was kept: {compared}\n"))?;
    Ok(faults)
}

/// Prints where the chain of each diary ends, a line each: its id, the number of its last row, and the hash.
///
/// # Errors
/// When they can't be read.
pub async fn heads(store: &Store) -> Result<(), String> {
    let mut last = String::new();
    loop {
        let ends = audit::ends(store, last.clone()).await.map_err(|error| error.to_string())?;
        let Some(end) = ends.last() else { return Ok(()) };
        last.clone_from(&end.diary_id);
        let lines: Vec<_> = ends.iter().map(ToString::to_string).collect();
        print(&(lines.join("\n") + "\n"))?;
    }
}
