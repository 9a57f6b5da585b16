//! `huiqian evidence watch`: a camera's card, for as long as it is wanted.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use form_client::hub::{HeardDesk, LocalDesk};
use form_client::watch::{Until, Watched, run as watch};
use form_client::workspace::Workspace;
use form_model::command::{Event, Watch};

use crate::output::{Output, warning};

/// Watches until it is stopped, or, with `once`, until what is there has been added.
pub fn run(
    mut workspace: Workspace,
    id: &str,
    slot: &str,
    folder: &Path,
    once: bool,
    output: &Output,
) -> anyhow::Result<()> {
    let application = workspace.resolve(id)?;
    let slot = workspace.open_slot(&application, slot)?.id;
    let since_ms = form_client::clock::system();
    let watched = Watched { application, slot, folder: folder.to_owned(), since_ms };
    workspace.begin_watch(&watched);
    let desk = told(LocalDesk::new(workspace), *output);
    let until = if once { Until::AllTaken } else { Until::Ended };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(watch(desk, watched, until))?)
}

/// Tells whoever waits what was taken and what was not.
fn told(desk: LocalDesk, output: Output) -> HeardDesk {
    let last = Mutex::new(Watch::default());
    HeardDesk::new(desk, move |event| {
        let Event::Watch { watch: Some(watch) } = event else { return };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has closed the pipe does not want to read on; the files are taken all the same.
        let _ = output.event(&watch, &line(&watch, &output));
        let new = watch.refused.saturating_sub(last.refused);
        for error in watch.refusals.iter().rev().take(usize::try_from(new).unwrap_or(usize::MAX)) {
            warning(&error.sentence(output.language));
        }
        *last = watch;
    })
}

fn line(watch: &Watch, output: &Output) -> String {
    if !watch.there {
        return output
            .pick("读不到这个文件夹，等它回来", "the folder is not there; waiting for it")
            .to_owned();
    }
    output
        .pick(
            "已添加 {added}，原来就有 {known}，没有添加 {refused}，等待 {waiting}",
            "added {added}, known {known}, not added {refused}, waiting {waiting}",
        )
        .replace("{added}", &watch.added.to_string())
        .replace("{known}", &watch.known.to_string())
        .replace("{refused}", &watch.refused.to_string())
        .replace("{waiting}", &watch.waiting.to_string())
}
