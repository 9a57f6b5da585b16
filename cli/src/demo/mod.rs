//! `huiqian demo`: a hub and three agencies on this machine, from the first invite to equal answers. Every part is
//! the real one: the hub serves on loopback, and each agency has a data folder and a device of its own.

mod plot;
mod stage;
mod story;

use std::fs;
use std::path::Path;

use form_model::error::{ErrorCode, UserError};

use crate::output::Output;
use stage::Stage;
use story::Story;

/// Runs the demo, in `keep` or in a folder that goes away; returns whether all ended with the same answers.
pub fn run(keep: Option<&Path>, output: &Output) -> anyhow::Result<bool> {
    let temporary = tempfile::Builder::new().prefix("huiqian-demo-").tempdir()?;
    let folder = keep.unwrap_or_else(|| temporary.path());
    if let Some(kept) = keep {
        make_new(kept)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut story = Story::new(output);
        let stage = Stage::set(folder, output.language, &mut story).await?;
        let told = plot::play(&stage, &mut story).await;
        let url = stage.url().to_owned();
        // Also after a failure: what is kept is to be whole.
        stage.clear().await;
        told?;
        if let Some(kept) = keep {
            story.kept(kept, &url);
        }
        story.end()
    })
}

/// A folder that holds nothing yet: a demo never mixes with somebody's work.
fn make_new(folder: &Path) -> Result<(), UserError> {
    let unusable = |cause: String, english: String| {
        UserError::new(ErrorCode::FolderUnusable)
            .with("folder", folder.display())
            .with_pair("cause", cause, english)
    };
    let failed = |error: std::io::Error| unusable(format!("系统报告 {error}"), error.to_string());
    fs::create_dir_all(folder).map_err(failed)?;
    if fs::read_dir(folder).map_err(failed)?.next().is_some() {
        return Err(unusable("它不是空的".to_owned(), "it is not empty".to_owned()));
    }
    Ok(())
}
