//! Who names whom in `src/`: read from the text, since imports are all that is asked about.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A file of `src/`.
pub struct File {
    /// As `episodes/store.rs`.
    pub path: String,
    /// As `["episodes", "store"]`; `mod.rs` is its folder.
    pub module: Vec<String>,
    /// The text as it is.
    pub text: String,
    /// The code without comments, texts and tests.
    pub code: Vec<String>,
    /// Paths that `use` brings in, with the name that each has here, as far as they begin in this crate.
    uses: Vec<(String, Vec<String>)>,
}

/// All files of the library.
pub struct Source {
    pub files: Vec<File>,
    by_module: BTreeMap<Vec<String>, usize>,
}

impl Source {
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut paths = Vec::new();
        collect(&root, &mut paths);
        paths.sort();
        let files: Vec<_> = paths.iter().map(|path| File::read(&root, path)).collect();
        let by_module = files.iter().enumerate().map(|(index, file)| (file.module.clone(), index)).collect();
        let mut source = Self { files, by_module };
        for index in 0..source.files.len() {
            source.files[index].uses = source.uses_of(&source.files[index]);
        }
        source
    }

    /// The files that a file names, itself excluded.
    pub fn named_by(&self, file: &File) -> BTreeSet<&str> {
        let mut named = BTreeSet::new();
        let mut name = |path: &[String]| {
            if let Some(target) = self.resolve(path)
                && target.path != file.path
            {
                named.insert(target.path.as_str());
            }
        };
        file.uses.iter().for_each(|(_, path)| name(path));
        for path in paths_in(&file.code) {
            if let Some(path) = self.absolute(file, &path) {
                name(&path);
            } else if let Some((_, start)) = file.uses.iter().find(|(alias, _)| *alias == path[0]) {
                name(&[start.as_slice(), &path[1..]].concat());
            }
        }
        named
    }

    /// The file that a path of the crate leads into, through what modules hand on.
    fn resolve(&self, path: &[String]) -> Option<&File> {
        let length = (1..=path.len()).rev().find(|length| self.by_module.contains_key(&path[..*length]))?;
        let file = &self.files[self.by_module[&path[..length]]];
        let handed_on = path.get(length).and_then(|name| file.uses.iter().find(|(alias, _)| alias == name));
        match handed_on {
            Some((_, further)) if further.as_slice() != path => self.resolve(further),
            _ => Some(file),
        }
    }

    /// A path from the root of the crate; `None` for what another crate offers.
    fn absolute(&self, file: &File, path: &[String]) -> Option<Vec<String>> {
        let mut module = file.module.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" | "$crate" => {
                module.clear();
                rest = &rest[1..];
            }
            "super" => {
                while rest.first().is_some_and(|piece| piece == "super") {
                    module.pop();
                    rest = &rest[1..];
                }
            }
            "self" => rest = &rest[1..],
            child => {
                let of_child = [module.as_slice(), &[child.to_owned()]].concat();
                if !self.by_module.contains_key(&of_child) {
                    return None;
                }
            }
        }
        Some([module.as_slice(), rest].concat())
    }

    fn uses_of(&self, file: &File) -> Vec<(String, Vec<String>)> {
        let mut uses = Vec::new();
        let mut tokens = file.code.iter();
        while let Some(token) = tokens.next() {
            if token == "use" {
                let tree: Vec<_> = tokens.by_ref().take_while(|token| *token != ";").cloned().collect();
                expand(&tree, &[], &mut uses);
            }
        }
        let absolute = |(alias, path): (String, Vec<String>)| Some((alias, self.absolute(file, &path)?));
        uses.into_iter().filter_map(absolute).collect()
    }
}

impl File {
    fn read(root: &Path, path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let path = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let mut module: Vec<_> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        let code = without_tests(tokens(&text));
        Self { path, module, text, code, uses: Vec::new() }
    }

    /// The tables of the schema that it names, in imports and elsewhere.
    pub fn tables(&self) -> BTreeSet<String> {
        let elsewhere = paths_in(&self.code);
        let named = self.uses.iter().map(|(_, path)| path).chain(&elsewhere).filter_map(|path| {
            let schema = path.iter().position(|piece| piece == "schema")?;
            // Else a tree follows, whose branches are among the imports.
            path.get(schema + 1).filter(|table| table.as_str() != "{").cloned()
        });
        named.collect()
    }

    /// The last piece of its module's name.
    pub fn name(&self) -> &str {
        self.module.last().map_or("", String::as_str)
    }

    /// Whether it names a crate.
    pub fn names_crate(&self, name: &str) -> bool {
        self.code.iter().any(|token| token == name)
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Names, `::` and single signs; comments and texts are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if first == '"' {
            text_length(rest)
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("'\\\"'") {
            4
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (index, sign) in rest.char_indices().skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Cuts out each `#[cfg(test)]` with the item that it is about.
fn without_tests(mut tokens: Vec<String>) -> Vec<String> {
    let marks = ["#", "[", "cfg", "(", "test", ")", "]"];
    while let Some(start) = tokens.windows(marks.len()).position(|window| window == marks) {
        let (mut depth, mut end) = (0, start);
        while let Some(token) = tokens.get(end) {
            end += 1;
            match token.as_str() {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            if depth == 0 && (token == ";" || token == "}") {
                break;
            }
        }
        tokens.drain(start..end);
    }
    tokens
}

/// Every path of at least two pieces.
fn paths_in(code: &[String]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut index = 0;
    while index + 2 < code.len() {
        let mut path = vec![code[index].clone()];
        while code.get(index + 1).is_some_and(|token| token == "::") && index + 2 < code.len() {
            path.push(code[index + 2].clone());
            index += 2;
        }
        if path.len() > 1 {
            paths.push(path);
        }
        index += 1;
    }
    paths
}

/// Spells a tree of imports out: `a::{b, c as d}` is `a::b` called `b` and `a::c` called `d`.
fn expand(tree: &[String], before: &[String], found: &mut Vec<(String, Vec<String>)>) {
    let mut path = before.to_vec();
    let mut index = 0;
    while index < tree.len() {
        match tree[index].as_str() {
            "::" => {}
            "{" => {
                for branch in branches(&tree[index + 1..tree.len() - 1]) {
                    expand(branch, &path, found);
                }
                return;
            }
            "as" => {
                found.push((tree[index + 1].clone(), path));
                return;
            }
            "self" if !path.is_empty() => {}
            piece => path.push(piece.to_owned()),
        }
        index += 1;
    }
    if let Some(last) = path.last() {
        found.push((last.clone(), path.clone()));
    }
}

fn branches(tree: &[String]) -> Vec<&[String]> {
    let mut depth = 0;
    let split = tree.split(|token| {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && token == ","
    });
    split.filter(|branch| !branch.is_empty()).collect()
}
