//! Foreign programs in their own code, which the tests drive against the hub: tuspy and tus-js-client, which upload to
//! it, moto, in whose S3 it keeps files, aics-tlog, which reads its public log, and fastjsonschema;
//! as their lock files name them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::frontend::install_node_modules;
use crate::progress::{root, run};

/// Installs them into `tests/interop`, unless exactly the locked ones are there.
///
/// # Errors
/// When npm or pip cannot install one.
pub fn install() -> anyhow::Result<()> {
    let folder = root().join("tests/interop");
    install_node_modules(&folder)?;
    install_python_packages(&folder)
}

fn install_python_packages(folder: &Path) -> anyhow::Result<()> {
    let (list, packages) = (folder.join("python.txt"), folder.join("python-packages"));
    let lock = fs::read(&list).with_context(|| list.display().to_string())?;
    let stamp = packages.join(".huiqian-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if packages.exists() {
        fs::remove_dir_all(&packages).with_context(|| packages.display().to_string())?;
    }
    run(Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"])
        // aics-tlog asks for Python 3.12, for no reason that the tests meet; Debian 12 has 3.11.
        .args(["--ignore-requires-python", "--target"])
        .arg(&packages)
        .arg("-r")
        .arg(&list))?;
    fs::write(&stamp, lock).with_context(|| stamp.display().to_string())
}
