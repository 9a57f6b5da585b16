//! A final submission, made by the command line at a real hub.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::desk::Desk;
use crate::hub::{HUB, HubProcess};
use crate::place::{built_program, repository};
use crate::scene::{command_line, workspace};

/// A form with three sections and three slots of evidence.
const FORM: &str = "research-station-renewal";
const SECTIONS: [&str; 3] = ["station", "safety", "operation"];

/// The form's slots that ask for a file, each with a kind that will do.
pub const SLOTS: [(&str, &str); 2] = [("1", "inspector"), ("2", "station_record")];

/// A file of evidence that was written for a submission.
#[derive(Clone, Debug)]
pub struct Paper {
    pub slot: &'static str,
    pub kind: &'static str,
    pub file: PathBuf,
}

/// The hub, the lead's desk, and what is final there.
#[derive(Debug)]
pub struct Submission {
    pub hub: HubProcess,
    pub desk: Desk,
    /// The application.
    pub id: String,
    /// The root key of the hub's log, 64 lower-case hex digits.
    pub root: String,
}

impl Submission {
    /// A filled application with two files of evidence, signed off, declared and final.
    ///
    /// # Errors
    /// When a program is not built, or a step is refused.
    pub fn new() -> anyhow::Result<Self> {
        Self::with_evidence(two_files)
    }

    /// As [`Self::new`], with the files that are written into a folder, each with the number of its slot.
    ///
    /// # Errors
    /// As [`Self::new`], and when they cannot be written.
    pub fn with_evidence(write: impl FnOnce(&Path) -> anyhow::Result<Vec<Paper>>) -> anyhow::Result<Self> {
        let (hub, desk) = (HubProcess::start()?, Desk::new()?);
        // Its key lies in a file, whatever keyring the machine has.
        drop(workspace(&desk.home())?);
        let mut submission = Self { hub, desk, id: String::new(), root: String::new() };
        let new = submission.json(&["app", "new", "--form", FORM, "--name", "示例站"])?;
        let id = new["id"].as_str().or_else(|| new["application"]["id"].as_str());
        submission.id = id.context("no application")?.to_owned();
        let answers = repository().join("forms").join(FORM).join("sample/answers.json");
        submission.says("fill", &["--from", &answers.display().to_string()])?;
        submission.says("connect", &[submission.hub.url()])?;
        for Paper { slot, kind, file } in write(submission.desk.folder())? {
            submission.says("evidence add", &[slot, &file.display().to_string(), "--kind", kind])?;
        }
        submission.says("sync", &[])?;
        submission.finalise()?;
        submission.root = submission.packed("root", "root")?;
        Ok(submission)
    }

    /// Everybody signs, and the lead makes the revision final.
    fn finalise(&self) -> anyhow::Result<()> {
        for section in SECTIONS {
            self.says("sign-off", &[section, "--person", "林示例", "--title", "处长"])?;
        }
        self.says("declare", &["--person", "林示例"])?;
        self.says("sync", &[])?;
        self.says("finalise", &[]).map(drop)
    }

    /// `huiqian COMMAND ID …` at the lead's desk.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn says(&self, command: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let words: Vec<&str> = command.split(' ').collect();
        self.well(&[&words[..], &[self.id.as_str()], arguments].concat())
    }

    fn json(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let said = self.well(&[&["--json"], arguments].concat())?;
        serde_json::from_str(&said).with_context(|| said.clone())
    }

    fn well(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let (code, said) = command_line(&self.desk.home(), arguments)?;
        ensure!(code == Some(0), "huiqian {} ended with {code:?}: {said}", arguments.join(" "));
        Ok(said)
    }

    /// Writes the package into a folder or ZIP of that name; what the command says under a name.
    fn packed(&self, file: &str, name: &str) -> anyhow::Result<String> {
        let place = self.desk.folder().join(file);
        let said = self.json(&["package", &self.id, "--out", &place.display().to_string()])?;
        said[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"))
    }

    /// Writes the package; where it lies.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn package(&self, file: &str) -> anyhow::Result<PathBuf> {
        self.packed(file, "path").map(PathBuf::from)
    }

    /// A command of the hub's program on its data, while the hub stands still; then it serves again. Returns what it says.
    ///
    /// # Errors
    /// When it refuses, or the hub does not stop or come up again.
    pub fn administer(&mut self, words: &[&str]) -> anyhow::Result<String> {
        self.hub.stop()?;
        let said = self.hub_says(words, "")?;
        self.hub.start_again()?;
        Ok(said)
    }

    /// A command of the hub's program on its data, which is typed a root key when it asks for one. Returns what it says.
    ///
    /// # Errors
    /// When it refuses.
    pub fn hub_says(&self, words: &[&str], root_key: &str) -> anyhow::Result<String> {
        let typed = self.desk.folder().join("typed");
        fs::write(&typed, root_key)?;
        let mut program = Command::new(built_program(HUB)?);
        program.args(words).arg("--data").arg(self.hub.data()).stdin(File::open(&typed)?);
        said(&mut program)
    }

    /// Keeps a copy of the hub's public log in a folder of that name; where it lies.
    ///
    /// # Errors
    /// When the hub's program refuses.
    pub fn mirror(&self, folder: &str) -> anyhow::Result<PathBuf> {
        let place = self.desk.folder().join(folder);
        let mut program = Command::new(built_program(HUB)?);
        said(program.args(["log", "mirror", self.hub.url(), "--out"]).arg(&place))?;
        Ok(place)
    }
}

/// What a program says that ends well.
fn said(program: &mut Command) -> anyhow::Result<String> {
    let output = program.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

fn two_files(folder: &Path) -> anyhow::Result<Vec<Paper>> {
    let write = |((slot, kind), words): ((&'static str, &'static str), &str)| {
        let file = folder.join(format!("{words}.pdf"));
        fs::write(&file, format!("%PDF-1.4\n% {words}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"))?;
        Ok(Paper { slot, kind, file })
    };
    SLOTS.into_iter().zip(["inspection", "waste log"]).map(write).collect()
}

/// A script of `tests/interop` with the packages that are installed there; whether it ended well, and what it said.
///
/// # Errors
/// When the packages are not installed.
pub fn python(script: &str, arguments: &[&Path]) -> anyhow::Result<(bool, String)> {
    let folder = repository().join("tests/interop");
    let packages = folder.join("python-packages");
    ensure!(packages.is_dir(), "what {script} needs is not installed; `cargo xtask set-up` installs it");
    let mut command = Command::new("python3");
    let output = command.env("PYTHONPATH", packages).arg(folder.join(script)).args(arguments).output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}
