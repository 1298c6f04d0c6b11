//! Files for what only the service may read: health data and keys.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Makes an empty file (mode 0600) and the folders above it. One that is there stays as it is. SQLite gives the files
/// that it makes beside a database the database's own mode.
///
/// # Errors
/// When it can't be made.
pub fn make(file: &Path) -> io::Result<()> {
    make_folder(file)?;
    OpenOptions::new().append(true).create(true).mode(0o600).open(file).map(drop)
}

/// Writes a new file (mode 0600).
///
/// # Errors
/// When there is one already, or it can't be written.
pub fn write_new(file: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?.write_all(bytes)
}

/// A new file (mode 0600) without a name: nobody else finds it, and it goes when it is closed, however the process ends.
/// The folder is made when it is not there.
///
/// # Errors
/// When it can't be made.
pub fn unnamed(folder: &Path) -> io::Result<File> {
    let name = folder.join(format!("{}.tmp", uuid::Uuid::now_v7()));
    make_folder(&name)?;
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&name)?;
    fs::remove_file(&name)?;
    Ok(file)
}

/// Makes the folder that a file will be in, with those above it (mode 0700). One that is there stays as it is.
///
/// # Errors
/// When it can't be made.
pub fn make_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => DirBuilder::new().recursive(true).mode(0o700).create(folder),
        _ => Ok(()),
    }
}
