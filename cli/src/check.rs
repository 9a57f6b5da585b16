//! `huiqian check`

use form_model::check::{check, missing_evidence};
use form_model::rule::Severity;
use serde::Serialize;

use crate::argument::Arguments;
use crate::output::Output;

#[derive(Serialize)]
struct Report {
    /// Whether finalising would go through as far as answers and evidence are concerned.
    passed: bool,
    violations: Vec<Violation>,
}

#[derive(Serialize)]
struct Violation {
    field: String,
    rule: String,
    clause: Option<String>,
    severity: Severity,
    confirmed: bool,
    message: String,
}

/// Prints every problem; returns whether none blocks.
pub fn run(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<bool> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let (definition, answers) = workspace.answers(&id)?;
    let violations: Vec<_> = check(&definition, &answers)
        .into_iter()
        .chain(missing_evidence(&definition, &answers))
        .map(|problem| Violation {
            message: problem.sentence(&definition, output.language),
            field: problem.answer.0,
            rule: problem.rule,
            clause: problem.clause,
            severity: problem.severity,
            confirmed: problem.confirmed,
        })
        .collect();
    let passed = violations.iter().all(|violation| violation.severity != Severity::Blocking);
    output.result(&Report { passed, violations }, |report| {
        let mut lines: Vec<_> = report.violations.iter().map(|violation| line(violation, output)).collect();
        lines.push(summary(report, output));
        lines
    })?;
    Ok(passed)
}

fn line(violation: &Violation, output: &Output) -> String {
    let weight = match (violation.severity, violation.confirmed) {
        (Severity::Blocking, _) => output.pick("须改正", "problem"),
        (Severity::Caution, false) => output.pick("请确认", "caution"),
        (Severity::Caution, true) => output.pick("已确认", "confirmed"),
    };
    format!("[{weight}] {} ({})\n    {}", violation.field, violation.rule, violation.message)
}

fn summary(report: &Report, output: &Output) -> String {
    let blocking =
        report.violations.iter().filter(|violation| violation.severity == Severity::Blocking).count();
    let cautions = report.violations.len() - blocking;
    output
        .pick("须改正 {b} 处，提请确认 {c} 处。", "{b} to correct, {c} to confirm.")
        .replace("{b}", &blocking.to_string())
        .replace("{c}", &cautions.to_string())
}
