//! Folders for what only the service may read: health data and keys.

use std::{fs::DirBuilder, io, os::unix::fs::DirBuilderExt, path::Path};

/// Makes the folder that a file will be in, with those above it, readable by the service alone. One that is there stays
/// as it is.
///
/// # Errors
/// When it can't be made.
pub fn make_for(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => DirBuilder::new().recursive(true).mode(0o700).create(folder),
        _ => Ok(()),
    }
}
