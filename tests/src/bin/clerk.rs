//! Types without end into an application that this desk has joined, while the desk stays in step with its hub, and
//! prints a line after each acknowledgement. Tests kill it. `clerk HOME APPLICATION ANSWER FIRST`: every edit gives
//! the next number, from FIRST on.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use form_client::hub::{self, LocalDesk};
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::command::Edit;
use form_model::id::{AnswerId, ApplicationId};

/// Often enough that kills fall into a compaction too.
const EDITS_A_COMPACTION: u64 = 40;
/// Between two edits: time for pages from the hub.
const PAUSE: Duration = Duration::from_millis(3);

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &'static str| arguments.next().with_context(|| format!("{name} is missing"));
    let home = next("HOME")?;
    let (id, answer) = (ApplicationId(next("APPLICATION")?), AnswerId(next("ANSWER")?));
    let first: u64 = next("FIRST")?.parse()?;

    let mut workspace = Workspace::open(Path::new(&home), Surroundings::without_keyring())?;
    let (key, wake) = (workspace.device_key()?, workspace.wake(&id));
    let desk = LocalDesk::new(workspace);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.spawn(hub::run(desk.clone(), id.clone(), key, wake));
    let mut out = std::io::stdout();
    for number in first.. {
        let value = Some(AnswerValue::Text(number.to_string()));
        desk.with(|desk| desk.edit(&id, &Edit::Set { values: vec![(answer.clone(), value)] }))?;
        // One write a line: a kill leaves whole lines only.
        out.write_all(format!("acknowledged {number}\n").as_bytes())?;
        out.flush()?;
        if number % EDITS_A_COMPACTION == EDITS_A_COMPACTION - 1 {
            desk.with(|desk| desk.compact(&id))?;
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}
