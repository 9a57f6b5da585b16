//! The form packages of this desk: those the program ships, and those a person put into the data folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::cause::{Cause, because, too_large};
use form_model::definition::FormDefinition;
use form_model::error::{ErrorCode, UserError};
use form_model::package::{PackageFiles, load};
use include_dir::{Dir, include_dir};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../forms");

/// Read once: the program's own packages do not change while it runs.
static BUILT_IN_LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let mut library = Library::default();
    for package in BUILT_IN.dirs() {
        library.add(package_files_built_in(package));
    }
    library
});

/// The filled example in a package's folder. No part of the package: it does not count for its hash.
const SAMPLE: &str = "sample/answers.json";
/// Larger files are no form package files; keeps a mistaken folder from filling memory.
const FILE_LIMIT: u64 = 4 << 20;

/// A package with its bytes.
#[derive(Clone, Debug)]
pub struct Package {
    pub definition: FormDefinition,
    pub files: PackageFiles,
}

/// All packages that applications can be made from, by id.
#[derive(Clone, Debug, Default)]
pub struct Library {
    packages: BTreeMap<String, Arc<Package>>,
    /// Packages in the data folder that could not be loaded.
    faults: Vec<UserError>,
}

impl Library {
    /// Loads the built-in packages, then those of the folder; a package there replaces a built-in one of
    /// the same id. A faulty one is reported and left out.
    pub fn load(folder: &Path) -> Self {
        let mut library = BUILT_IN_LIBRARY.clone();
        let Ok(entries) = fs::read_dir(folder) else { return library };
        for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
            match read_folder(&entry.path()) {
                Ok(files) => library.add(files),
                Err(error) => library.faults.push(error),
            }
        }
        library
    }

    /// The package of that id.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownForm`].
    pub fn package(&self, id: &str) -> Result<&Package, UserError> {
        self.packages
            .get(id)
            .map(AsRef::as_ref)
            .ok_or_else(|| UserError::new(ErrorCode::UnknownForm).with("form", id))
    }

    /// All packages by id.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().map(AsRef::as_ref)
    }

    /// What was wrong with packages that were left out.
    pub fn faults(&self) -> &[UserError] {
        &self.faults
    }

    fn add(&mut self, files: PackageFiles) {
        match load(&files) {
            Ok(definition) => {
                let package = Arc::new(Package { definition, files });
                self.packages.insert(package.definition.id.clone(), package);
            }
            Err(error) => self.faults.push(bad_form(&error)),
        }
    }
}

/// The filled example of a built-in form, as [`crate::fill::parse`] reads it.
pub fn sample(form: &str) -> Option<&'static str> {
    BUILT_IN.get_file(format!("{form}/{SAMPLE}"))?.contents_utf8()
}

/// Reads a package's files from its folder.
///
/// # Errors
/// When a file can't be read or is too large for one.
pub fn read_folder(folder: &Path) -> Result<PackageFiles, UserError> {
    let mut files = BTreeMap::new();
    read_into(folder, "", &mut files)?;
    Ok(PackageFiles(files))
}

fn read_into(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), UserError> {
    let failed = |path: &Path, cause: &dyn Cause| {
        because(UserError::new(ErrorCode::FileUnusable).with("file", path.display()), cause)
    };
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
        let path = entry.map_err(|error| failed(folder, &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !PackageFiles::belongs(&format!("{prefix}{name}")) {
            continue;
        }
        let meta = fs::metadata(&path).map_err(|error| failed(&path, &error))?;
        if meta.is_dir() {
            read_into(&path, &format!("{prefix}{name}/"), files)?;
        } else if meta.len() > FILE_LIMIT {
            return Err(failed(&path, &too_large(FILE_LIMIT)));
        } else {
            let content = fs::read(&path).map_err(|error| failed(&path, &error))?;
            files.insert(format!("{prefix}{name}"), content);
        }
    }
    Ok(())
}

fn package_files_built_in(package: &Dir<'_>) -> PackageFiles {
    fn collect(folder: &Dir<'_>, root: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for file in folder.files() {
            let path = file.path().strip_prefix(root).unwrap_or(file.path());
            let path: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            let path = path.join("/");
            if PackageFiles::belongs(&path) {
                files.insert(path, file.contents().to_vec());
            }
        }
        folder.dirs().for_each(|inner| collect(inner, root, files));
    }
    let mut files = BTreeMap::new();
    collect(package, package.path(), &mut files);
    PackageFiles(files)
}

/// A package error as a person meets it.
pub(crate) fn bad_form(error: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::BadForm), error)
}
