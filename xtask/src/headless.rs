//! The app's main job without a screen: start an application, fill it from the sample, check it, export it; then
//! a hub and three agencies at work.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::build;
use crate::progress::{Progress, output_of, root, run as run_command, target_dir};

/// How many pieces of evidence the form asks for.
const SLOTS: u32 = 15;

const FORM: &str = "zone-application-2026";

/// Does the job with the CLI and names the folder with the results.
///
/// # Errors
/// When a step fails; among them, when the filled sample does not pass its own check, or when the agencies of the
/// demo do not end with the same answers.
pub fn run(progress: &mut Progress) -> anyhow::Result<()> {
    progress.step("build the command line", || build::programs(&["huiqian"], &[]))?;
    let results = target_dir().join("headless-run");
    if results.exists() {
        fs::remove_dir_all(&results).with_context(|| format!("remove {}", results.display()))?;
    }
    fs::create_dir_all(&results).with_context(|| format!("make {}", results.display()))?;
    let desk = Desk { home: results.join("home").display().to_string() };
    let application = progress.step("start an application", || desk.new_application())?;
    let sample = root().join("forms").join(FORM).join("sample/answers.json");
    progress.step("fill in the sample", || desk.run(&["fill", &application, "--from", &shown(&sample)]))?;
    progress.step("add evidence", || {
        let paper = results.join("证明.txt");
        fs::write(&paper, "兹证明所填数据属实。\n").context("write a paper")?;
        (1..=SLOTS).try_for_each(|slot| {
            desk.run(&["evidence", "add", &application, &slot.to_string(), &shown(&paper)])
        })
    })?;
    progress.step("check the answers", || desk.run(&["check", &application]))?;
    progress.step("export", || {
        for (format, file) in [("json", "answers.json"), ("automerge", "application.automerge")] {
            desk.run(&["export", &application, "--format", format, "--out", &shown(&results.join(file))])?;
        }
        let schema = output_of(desk.command().args(["form", "schema", FORM]))?;
        fs::write(results.join("answers.schema.json"), schema).context("write the schema")
    })?;
    let kept = results.join("demo");
    progress.step("a hub and three agencies", || desk.run(&["demo", "--keep", &shown(&kept)]))?;
    println!("The results are in {}", results.display());
    Ok(())
}

/// The command line on one data folder.
struct Desk {
    home: String,
}

impl Desk {
    fn command(&self) -> Command {
        let mut command = Command::new(target_dir().join("debug").join("huiqian"));
        command.args(["--home", &self.home]);
        command
    }

    fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        run_command(self.command().args(arguments))
    }

    /// Starts an application; returns its id.
    fn new_application(&self) -> anyhow::Result<String> {
        let answer =
            output_of(self.command().args(["--json", "app", "new", "--form", FORM, "--name", "示例市"]))?;
        let json: serde_json::Value =
            serde_json::from_str(&answer).with_context(|| format!("`app new` printed {answer}"))?;
        let id = json["id"].as_str().with_context(|| format!("`app new` printed no id: {answer}"))?;
        Ok(id.to_owned())
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
