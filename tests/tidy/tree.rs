//! The files of the repository, read once.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// A text file; its path is relative to the root, with `/`.
#[derive(Debug, Clone)]
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    pub fn is(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, end)| end == extension)
    }

    /// In the folder, or the file that gives the folder its name: `src/store` holds `src/store.rs`.
    pub fn under(&self, place: &str) -> bool {
        self.path
            .strip_prefix(place)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs" || place.ends_with('/'))
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Tests, benches and examples may do what the product may not.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "benches" | "examples" | "tests.rs"))
    }
}

pub struct Tree {
    pub files: Vec<File>,
}

impl Tree {
    pub fn of_repository() -> &'static Tree {
        static TREE: OnceLock<Tree> = OnceLock::new();
        TREE.get_or_init(|| {
            let mut files = Vec::new();
            collect(Path::new(env!("CARGO_MANIFEST_DIR")), "", &mut files);
            files.sort_by(|a, b| a.path.cmp(&b.path));
            assert!(files.len() > 100, "only {} files were found", files.len());
            Tree { files }
        })
    }

    pub fn sample(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| File { path: (*path).into(), text: (*text).into() };
        Tree { files: files.iter().map(file).collect() }
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    /// Rust of the product, below a place.
    pub fn rust<'a>(&'a self, place: &'a str) -> impl Iterator<Item = &'a File> + 'a {
        self.files.iter().filter(move |file| file.is("rs") && file.under(place) && !file.is_test())
    }

    pub fn slint(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is("slint") && file.under("ui"))
    }
}

/// Folders that are made, not written.
fn made(path: &str, name: &str) -> bool {
    name == ".git" || path == "target" || path.starts_with("target-") || name == "__pycache__"
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let Ok(kind) = entry.file_type() else { continue };
        if made(&path, &name) {
            continue;
        }
        if kind.is_dir() {
            collect(&entry.path(), &path, files);
        } else if kind.is_file() {
            // Pictures and fonts have their place in the tree, but no text.
            let text = String::from_utf8(fs::read(entry.path()).unwrap_or_default()).unwrap_or_default();
            files.push(File { path, text });
        }
    }
}
