//! Declares the shell's commands to Tauri's access control and makes sure there is a page to embed.

use std::fs;
use std::path::Path;

use anyhow::Context;
use form_model::command::name;

/// Embedded when the frontend has not been built, so that `cargo check` works in a fresh checkout.
const PLACEHOLDER_PAGE: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>会签</title>\
<h1>界面尚未构建</h1><p>请运行 <code>cargo xtask run</code>。</p>\
<p lang=\"en\">The frontend is not built yet: run <code>cargo xtask run</code>.</p></html>\n";

fn main() -> anyhow::Result<()> {
    let dist = Path::new("../frontend/dist");
    let page = dist.join("index.html");
    if !page.exists() {
        fs::create_dir_all(dist).with_context(|| format!("create {}", dist.display()))?;
        fs::write(&page, PLACEHOLDER_PAGE).with_context(|| format!("write {}", page.display()))?;
    }
    println!("cargo:rerun-if-changed=../frontend/dist");
    // A command that is not in this list cannot be called from the page, and one in it only with the
    // permission in capabilities/main.json.
    let manifest = tauri_build::AppManifest::new().commands(&name::ALL);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .context("src-tauri/build.rs: read tauri.conf.json and capabilities/")
}
