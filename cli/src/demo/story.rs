//! How the demo is told: step by step to a person, as one JSON document to a program.

use std::path::{Path, PathBuf};

use form_model::command::{AnswerState, SetAside};
use form_model::id::ApplicationId;
use form_model::language::Language;
use serde::Serialize;

use crate::output::Output;

/// What happened, for a program.
#[derive(Default, Serialize)]
pub struct Report {
    /// The hub's address.
    hub: String,
    pub application: Option<ApplicationId>,
    steps: Vec<Step>,
    /// The answer that two agencies gave at once, with both values.
    pub conflict: Option<AnswerState>,
    /// What was picked of them.
    pub picked: Option<String>,
    /// What the hub refused.
    pub refused: Vec<SetAside>,
    /// Who ended with which bytes.
    places: Vec<Place>,
    /// Whether all ended with the same.
    equal: bool,
    /// Where hub and desks lie, when they were kept.
    kept: Option<PathBuf>,
}

#[derive(Serialize)]
struct Step {
    title: String,
    lines: Vec<String>,
}

/// A place where the answers lie in the end.
#[derive(Serialize)]
struct Place {
    name: String,
    bytes: usize,
    /// Whether they are the lead's.
    equal: bool,
}

/// Tells the demo.
pub struct Story<'a> {
    output: &'a Output,
    pub report: Report,
}

impl<'a> Story<'a> {
    pub fn new(output: &'a Output) -> Self {
        output.line(output.pick(
            "会签演示：一个协同中心和三个单位，都在这台电脑上（127.0.0.1）。",
            "Huiqian demo: a hub and three agencies, all on this machine (127.0.0.1).",
        ));
        Self { output, report: Report::default() }
    }

    /// The text in the story's language.
    pub fn pick<'b>(&self, chinese: &'b str, english: &'b str) -> &'b str {
        self.output.pick(chinese, english)
    }

    /// The language that it is told in.
    pub fn language(&self) -> Language {
        self.output.language
    }

    /// A new step.
    pub fn step(&mut self, chinese: &str, english: &str) {
        let title = self.pick(chinese, english).to_owned();
        self.output.line(&format!("\n{}. {title}", self.report.steps.len() + 1));
        self.report.steps.push(Step { title, lines: Vec::new() });
    }

    /// What happens in it. `{}` in the text are the words, in order.
    pub fn line(&mut self, chinese: &str, english: &str, words: &[&str]) {
        let mut line = self.pick(chinese, english).to_owned();
        for word in words {
            line = line.replacen("{}", word, 1);
        }
        self.output.line(&format!("   {line}"));
        if let Some(step) = self.report.steps.last_mut() {
            step.lines.push(line);
        }
    }

    /// The hub serves.
    pub fn hub(&mut self, url: &str) {
        self.step("协同中心启动", "The hub starts");
        self.line("地址 {}，数据存在自己的文件夹里", "at {}, with a data folder of its own", &[url]);
        url.clone_into(&mut self.report.hub);
    }

    /// What lies where in the end: the lead's first, which the others are held against.
    pub fn compare(&mut self, places: &[(String, Vec<u8>)]) {
        let Some((_, leads)) = places.first() else { return };
        self.report.equal = places.iter().all(|(_, bytes)| bytes == leads);
        for (name, bytes) in places {
            let equal = bytes == leads;
            let verdict = if equal { self.pick("相同", "equal") } else { self.pick("不同", "DIFFERENT") };
            self.line("{}：{} 字节，{}", "{}: {} bytes, {}", &[name, &bytes.len().to_string(), verdict]);
            self.report.places.push(Place { name: name.clone(), bytes: bytes.len(), equal });
        }
    }

    /// Where it can be looked at afterwards.
    pub fn kept(&mut self, folder: &Path, url: &str) {
        let address = url.trim_start_matches("http://");
        let shown = |name: &str| folder.join(name).display().to_string();
        self.step("数据已保留，可以打开查看", "Hub and desks are kept; to look at them");
        for command in [
            format!("sync-server serve --data {} --listen {address}", shown("hub")),
            format!("huiqian --home {} app list", shown("lead")),
            format!("huiqian-desktop --home {}", shown("commerce")),
        ] {
            self.line("{}", "{}", &[&command]);
        }
        self.report.kept = Some(folder.to_owned());
    }

    /// The last line, or the whole report; returns whether all ended with the same answers.
    pub fn end(self) -> anyhow::Result<bool> {
        let equal = self.report.equal;
        let output = self.output;
        output.result(&self.report, |_| {
            let line = if equal {
                output.pick(
                    "演示完成：三个单位和协同中心的内容逐字节相同。",
                    "The demo ends well: three agencies and the hub hold the same answers, byte for byte.",
                )
            } else {
                output.pick(
                    "演示失败：最后的内容不相同。",
                    "The demo failed: not all ended with the same answers.",
                )
            };
            vec![String::new(), line.to_owned()]
        })?;
        Ok(equal)
    }
}
