//! Files with keys that nobody else may read: one a line, an id and 32 random bytes in base64url, with a space between them.

use std::{
    collections::HashSet,
    fmt, fs,
    io::Write,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown},
    path::Path,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{private_file, secrets};

/// How many bytes a key has.
pub const KEY_BYTES: usize = 32;

/// A key, and what it is called. Debug does not show it.
#[derive(Clone)]
pub struct Key {
    /// What it is called.
    pub id: String,
    /// The key.
    pub bytes: [u8; KEY_BYTES],
}

impl Key {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        let id: [u8; 6] = secrets::random();
        Self { id: URL_SAFE_NO_PAD.encode(id), bytes: secrets::random() }
    }

    /// Its line.
    fn to_line(&self) -> String {
        format!("{} {}\n", self.id, URL_SAFE_NO_PAD.encode(self.bytes))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file can't be read or written.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// The file holds something else, or other eyes can read it.
    #[error("{0}")]
    Unusable(String),
}

/// The keys of a text, in its order; there is at least one.
///
/// # Errors
/// That a line is no key, that an id stands there twice, or that there is none.
pub fn parse(text: &str) -> Result<Vec<Key>, KeyFileError> {
    let (mut keys, mut ids) = (Vec::new(), HashSet::new());
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let unusable =
            || KeyFileError::Unusable(format!("line {} is not a key id and 32 bytes in base64url", number + 1));
        let (id, bytes) = line.trim().split_once(' ').ok_or_else(unusable)?;
        let bytes = URL_SAFE_NO_PAD.decode(bytes.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        let key = Key { id: id.to_owned(), bytes: bytes.ok_or_else(unusable)? };
        if !ids.insert(id) {
            return Err(KeyFileError::Unusable(format!("the key id of line {} stands there twice", number + 1)));
        }
        keys.push(key);
    }
    if keys.is_empty() { Err(KeyFileError::Unusable("there is no key in it".into())) } else { Ok(keys) }
}

/// What a file says that nobody else can read; `None` when there is none.
///
/// # Errors
/// When it can't be read, or others can read it too.
pub fn read(file: &Path) -> Result<Option<String>, KeyFileError> {
    match fs::read_to_string(file) {
        Ok(text) => {
            refuse_open_file(file)?;
            Ok(Some(text))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Makes a file (mode 0600) with one new key, and says what is in it. Of several processes that start at once, one makes
/// it, and the others read it.
///
/// # Errors
/// When it can't be written.
pub fn create(file: &Path) -> Result<String, KeyFileError> {
    private_file::make_folder(file)?;
    let key = Key::random();
    let line = key.to_line();
    // Written beside and linked into place: whoever finds the file finds it whole.
    let written = beside(file, &line, |beside| fs::hard_link(beside, file));
    match written {
        Ok(()) => {
            tracing::info!(file = %file.display(), id = key.id, "a key was made");
            Ok(line)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(fs::read_to_string(file)?),
        Err(error) => Err(error.into()),
    }
}

/// Puts keys in the place of those that a file has, all at once. It stays whose it was.
///
/// # Errors
/// When it can't be written.
pub fn replace(file: &Path, keys: &[Key]) -> Result<(), KeyFileError> {
    let lines: String = keys.iter().map(Key::to_line).collect();
    let whose = fs::metadata(file)?;
    beside(file, &lines, |beside| {
        let ours = fs::metadata(beside)?;
        // Whoever is not root may give nothing away, and need not: the file is theirs.
        if (ours.uid(), ours.gid()) != (whose.uid(), whose.gid()) {
            chown(beside, Some(whose.uid()), Some(whose.gid()))?;
        }
        fs::rename(beside, file)
    })?;
    Ok(())
}

/// Writes a file beside another one, whole and synced, and has it put in its place.
fn beside(file: &Path, text: &str, put: impl FnOnce(&Path) -> std::io::Result<()>) -> std::io::Result<()> {
    let random: [u8; 6] = secrets::random();
    let beside = file.with_extension(format!("{}.new", URL_SAFE_NO_PAD.encode(random)));
    let write = || {
        let mut new = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        put(&beside)?;
        // Its name is synced too: what a key seals must not outlive it.
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        fs::File::open(folder)?.sync_all()
    };
    let written = write();
    // Where it was moved, it is not there any more.
    drop(fs::remove_file(&beside));
    written
}

fn refuse_open_file(file: &Path) -> Result<(), KeyFileError> {
    let mode = fs::metadata(file)?.permissions().mode();
    let others = mode & 0o077;
    if others == 0 {
        Ok(())
    } else {
        Err(KeyFileError::Unusable(format!("others can read it (mode {:04o}); chmod 600", mode & 0o7777)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_key_file_is_made_once_and_for_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys").join("some.key");
        assert!(read(&file).unwrap().is_none());
        let made = create(&file).unwrap();
        assert_eq!((create(&file).unwrap(), read(&file).unwrap()), (made.clone(), Some(made)));
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        assert_eq!(file.parent().unwrap().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn keys_are_replaced_all_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("some.key");
        let before = parse(&create(&file).unwrap()).unwrap();
        let after = [Key::random(), before[0].clone()];
        replace(&file, &after).unwrap();
        let ids = |keys: &[Key]| keys.iter().map(|key| key.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&parse(&read(&file).unwrap().unwrap()).unwrap()), ids(&after));
        assert_eq!((mode(&file), folder.path().read_dir().unwrap().count()), (0o600, 1));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_named_by_its_line() {
        let key = "A".repeat(43);
        for (text, expected) in [
            (String::new(), "there is no key"),
            ("k1".into(), "line 1 is not a key"),
            ("k1 AAAA".into(), "line 1 is not a key"),
            (format!("k1 {key}\n\nk1 {key}"), "line 3 stands there twice"),
        ] {
            assert!(parse(&text).unwrap_err().to_string().contains(expected), "{text}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("some.key");
        create(&file).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read(&file).unwrap_err().to_string().contains("mode 0640"));
    }

    #[test]
    fn a_key_shows_itself_nowhere() {
        let key = Key { id: "k1".into(), bytes: [7; KEY_BYTES] };
        assert_eq!(format!("{key:?}"), "Key { id: \"k1\", .. }");
    }
}
