//! Builds the web view: wasm, its JavaScript glue, styles and fonts, into `frontend/dist`.
//!
//! Everything the page loads is in that folder: the app fetches nothing at run time. There is no wasm-opt step:
//! Debian 12's binaryen (108) takes 5 % off this compiler's wasm and breaks it (the page stays blank).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use wasm_bindgen_cli_support::Bindgen;

use crate::progress::{Progress, root, run, target_dir};
use crate::wasm_toolchain::{TARGET, WasmToolchain};

const CRATE: &str = "huiqian-frontend";

/// Builds the web view into `frontend/dist`.
///
/// # Errors
/// When a compiler, npm or a listed file is missing, or the build fails.
pub fn build(progress: &mut Progress) -> anyhow::Result<()> {
    let toolchain = progress.step("find a wasm compiler", WasmToolchain::find)?;
    eprintln!("           {}", toolchain.describe());
    let wasm = progress.step("compile the frontend", || compile(&toolchain))?;
    progress.step("assemble frontend/dist", || assemble(&wasm))?;
    let size = fs::metadata(dist_wasm())?.len();
    eprintln!("           wasm: {} kB", size / 1000);
    Ok(())
}

/// The wasm that the app embeds.
pub fn dist_wasm() -> PathBuf {
    root().join("frontend/dist").join(format!("{CRATE}_bg.wasm"))
}

fn compile(toolchain: &WasmToolchain) -> anyhow::Result<PathBuf> {
    let wasm_target = target_dir().join(toolchain.folder());
    let mut command = toolchain.build_command();
    command.args(["--package", CRATE, "--profile", "wasm"]).env("CARGO_TARGET_DIR", &wasm_target);
    // A wrapper set for the native build (clippy) must not reach this one.
    command.env_remove("RUSTC_WORKSPACE_WRAPPER");
    run(&mut command)?;
    Ok(wasm_target.join(TARGET).join("wasm").join(format!("{CRATE}.wasm")))
}

fn assemble(wasm: &Path) -> anyhow::Result<()> {
    let frontend = root().join("frontend");
    let dist = frontend.join("dist");
    // Built aside and swapped in, so an interrupted build leaves the last good page.
    let fresh = target_dir().join("frontend-dist");
    remove_folder(&fresh)?;
    fs::create_dir_all(&fresh)?;
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&fresh)
        .context(
            "wasm-bindgen: is the version in Cargo.lock the same for wasm-bindgen and its cli-support?",
        )?;
    // wasm-bindgen writes down npm dependencies of the glue; there are none that the page would fetch.
    remove_file(&fresh.join("package.json"))?;
    fs::copy(frontend.join("index.html"), fresh.join("index.html")).context("frontend/index.html")?;
    copy_tree(&frontend.join("static"), &fresh)?;
    copy_vendored(&frontend, &fresh)?;
    replace_if_changed(&fresh, &dist)
}

/// Copies what package.json lists under `copyToDist`, from node_modules.
fn copy_vendored(frontend: &Path, dist: &Path) -> anyhow::Result<()> {
    install_node_modules(frontend)?;
    let manifest = frontend.join("package.json");
    let text = fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let json: serde_json::Value =
        serde_json::from_str(&text).with_context(|| manifest.display().to_string())?;
    let list = json["copyToDist"]
        .as_object()
        .context("frontend/package.json: `copyToDist` must map a path in node_modules to a path in dist")?;
    for (from, to) in list {
        let to = to.as_str().with_context(|| {
            format!("frontend/package.json: copyToDist[\"{from}\"] must be a path in dist")
        })?;
        copy_tree(&frontend.join("node_modules").join(from), &dist.join(to))?;
    }
    Ok(())
}

/// Runs `npm ci` in a folder unless its node_modules already holds exactly the locked packages.
///
/// # Errors
/// When npm cannot install them.
pub fn install_node_modules(folder: &Path) -> anyhow::Result<()> {
    let list = folder.join("package-lock.json");
    let lock = fs::read(&list).with_context(|| list.display().to_string())?;
    let stamp = folder.join("node_modules/.huiqian-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run(Command::new("npm").current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))?;
    fs::write(&stamp, lock).with_context(|| stamp.display().to_string())
}

/// Puts the fresh build in place, keeping the old one (and its times) when not a byte differs, so that the shell,
/// which embeds these files, is not rebuilt for nothing.
fn replace_if_changed(fresh: &Path, dist: &Path) -> anyhow::Result<()> {
    if dist.is_dir() && same_tree(fresh, dist)? {
        return remove_folder(fresh);
    }
    remove_folder(dist)?;
    fs::rename(fresh, dist).with_context(|| format!("put the build at {}", dist.display()))
}

fn same_tree(left: &Path, right: &Path) -> anyhow::Result<bool> {
    let (left_files, right_files) = (files_below(left)?, files_below(right)?);
    if left_files != right_files {
        return Ok(false);
    }
    for file in &left_files {
        if fs::read(left.join(file))? != fs::read(right.join(file))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Paths of all files below a folder, relative to it, sorted.
fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(current) = waiting.pop() {
        for entry in fs::read_dir(&current).with_context(|| current.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                files.push(path.strip_prefix(folder)?.to_path_buf());
            }
        }
    }
    files.sort();
    Ok(files)
}

fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from.is_dir() {
        for file in files_below(from)? {
            copy_file(&from.join(&file), &to.join(&file))?;
        }
        return Ok(());
    }
    copy_file(from, to)
}

fn copy_file(from: &Path, to: &Path) -> anyhow::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(drop).with_context(|| format!("copy {} to {}", from.display(), to.display()))
}

fn remove_file(file: &Path) -> anyhow::Result<()> {
    if file.exists() {
        fs::remove_file(file).with_context(|| format!("remove {}", file.display()))?;
    }
    Ok(())
}

fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    Ok(())
}
