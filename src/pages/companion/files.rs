//! The files of the companion, which are in the binary. Their addresses carry a version that changes with any of them, so a
//! browser keeps each of them for good, and never mixes those of two versions.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Arc, LazyLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// What is in the folder: in the binary, or on the disk while somebody works on it (a debug build).
#[derive(RustEmbed)]
#[folder = "companion/"]
struct Folder;

/// The page that is the app. It names the files by [`ASSETS`].
const SHELL: &str = "index.html";
/// What makes it work without a network.
const WORKER: &str = "worker.js";
/// What a browser needs to install it.
const MANIFEST: &str = "manifest.webmanifest";
const PICTURE: &str = "image/png";
/// What stands in the shell and the manifest for where the files are.
const ASSETS: &str = "{{assets}}";

/// All files of one version.
pub struct Files {
    version: String,
    files: BTreeMap<String, File>,
}

/// A file as it is sent.
pub struct File {
    /// Its media type.
    pub media_type: &'static str,
    /// As it is.
    pub plain: Vec<u8>,
    /// The same with gzip, where that makes it smaller.
    pub compressed: Option<Vec<u8>>,
}

impl Files {
    /// Those of this binary.
    pub fn current() -> Arc<Self> {
        static OF_THE_BINARY: LazyLock<Arc<Files>> = LazyLock::new(|| Arc::new(Files::read()));
        if cfg!(debug_assertions) { Arc::new(Self::read()) } else { OF_THE_BINARY.clone() }
    }

    fn read() -> Self {
        let mut sum = Sha256::new();
        let mut files = BTreeMap::new();
        // In the order of their names, so that the version is that of what they say.
        let mut paths: Vec<_> = Folder::iter().collect();
        paths.sort();
        for path in paths {
            let Some((media_type, file)) = media_type(&path).zip(Folder::get(&path)) else { continue };
            sum.update(path.as_bytes());
            sum.update(file.metadata.sha256_hash());
            files.insert(path.into_owned(), File::new(media_type, file.data.into_owned()));
        }
        let mut version = URL_SAFE_NO_PAD.encode(sum.finalize());
        version.truncate(12);
        Self { version, files }
    }

    /// A file by its path below the version, if that is this one.
    pub fn find(&self, version: &str, path: &str) -> Option<&File> {
        self.files.get(path).filter(|_| version == self.version && is_asset(path))
    }

    /// The page.
    pub fn shell(&self) -> Option<String> {
        Some(self.text(SHELL)?.replace(ASSETS, &self.address("")))
    }

    /// What makes it installable.
    pub fn manifest(&self) -> Option<String> {
        Some(self.text(MANIFEST)?.replace(ASSETS, &self.address("")))
    }

    /// The worker, which is told first which version this is, and of which files.
    pub fn worker(&self) -> Option<String> {
        let files: Vec<_> = self.assets().map(|path| self.address(path)).collect();
        let (version, files) = (serde_json::json!(self.version), serde_json::json!(files));
        Some(format!("const VERSION = {version}, FILES = {files};\n{}", self.text(WORKER)?))
    }

    fn assets(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str).filter(|path| is_asset(path))
    }

    fn address(&self, path: &str) -> String {
        let address = format!("/app/{}/{path}", self.version);
        address.trim_end_matches('/').to_owned()
    }

    fn text(&self, path: &str) -> Option<&str> {
        str::from_utf8(&self.files.get(path)?.plain).ok()
    }
}

impl File {
    fn new(media_type: &'static str, plain: Vec<u8>) -> Self {
        // Pictures are compressed by themselves.
        let compressed = if media_type == PICTURE { None } else { gzip(&plain) };
        Self { media_type, plain, compressed }
    }
}

/// The same bytes with gzip: what a stranger can choose is not among them.
pub fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// Those that have an address of their own are not kept for good.
fn is_asset(path: &str) -> bool {
    ![SHELL, WORKER, MANIFEST].contains(&path)
}

/// Of a file that is the app's; the rest of the folder is for those who write it.
fn media_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => PICTURE,
        _ => return None,
    })
}
