//! Types without end into a new application, as the engine does for the window, and prints a line after each
//! acknowledgement. Tests kill it, or trace its system calls. `typist HOME SEED [EDITS]`

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::command::CreateApplication;
use huiqian_tests::typist::{FORM, Typist};

/// Often enough that kills fall into a compaction too.
const EDITS_A_COMPACTION: usize = 40;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let home = arguments.next().context("HOME is missing")?;
    let seed = arguments.next().context("SEED is missing")?.parse()?;
    let edits: usize = arguments.next().map_or(Ok(usize::MAX), |edits| edits.parse())?;

    let mut workspace = Workspace::open(Path::new(&home), Surroundings::without_keyring())?;
    let request = CreateApplication { form: FORM.into(), name: "示例".into(), copy_from: None };
    let id = workspace.create(&request)?;
    workspace.open_application(&id)?;
    let mut out = std::io::stdout();
    writeln!(out, "open {id}")?;
    let mut typist = Typist::new(seed);
    for number in 0..edits {
        workspace.edit(&id, &typist.edit())?;
        // One write a line: a kill leaves whole lines only.
        out.write_all(format!("acknowledged {number}\n").as_bytes())?;
        out.flush()?;
        if number % EDITS_A_COMPACTION == EDITS_A_COMPACTION - 1 {
            workspace.compact(&id)?;
        }
    }
    Ok(())
}
