//! `huiqian`: the desk's work from the command line.

mod answer;
mod app;
mod argument;
mod carriage;
mod check;
mod conflict;
mod demo;
mod device;
mod directory;
mod discussion;
mod evidence;
mod form;
mod output;
mod package;
mod signing;
mod sync;
mod team;
mod ticket;
mod transfer;
mod watch;

use std::process::ExitCode;

use clap::Parser;
use form_client::code::CodeKind;

use argument::{Arguments, BundleCommand, Command};
use output::Output;

/// Exit code of `check` when finalising would be blocked, of `verify` when something does not hold, of `evidence` when a file was not added or is not sound, or a directory has faults or other sums than the form, of `demo` when not all ended with the same answers, and of
/// `sync` when the hub takes no part because it was restored and waits for others, or its public log is not what it was.
const NOT_GOOD: u8 = 1;
/// Exit code of anything that could not be done.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    if let Some(code) = form_client::preview::serve_if_asked() {
        return code;
    }
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json, arguments.language());
    match run(&arguments, &output) {
        Ok(code) => code,
        // Who has closed the pipe does not want to read on.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output.failure(&error);
            ExitCode::from(FAILED)
        }
    }
}

fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        Command::Form(command) => form::run(arguments, command, output)?,
        Command::App(command) => app::run(arguments, command, output)?,
        Command::Fill { id, from } => answer::fill(arguments, id, from, output)?,
        Command::Set { id, field, value } => answer::set(arguments, id, field, value, output)?,
        Command::Get { id, field } => answer::get(arguments, id, field, output)?,
        Command::History { id, field } => answer::history(arguments, id, field.as_deref(), output)?,
        Command::Export { id, format, out } => transfer::export(arguments, id, *format, out, output)?,
        Command::Import { file } | Command::Bundle(BundleCommand::Import { file }) => {
            return transfer::import(arguments, file, output).map(verdict);
        }
        Command::Connect { id, url, admission } => sync::connect(arguments, id, url, admission, output)?,
        Command::Join { invite } => sync::join(arguments, invite, CodeKind::Invite, output)?,
        Command::Recover { code } => sync::join(arguments, code, CodeKind::Recovery, output)?,
        Command::RecoveryCode { id } => team::recovery_code(arguments, id, output)?,
        Command::Sync { id, watch } => return sync::run(arguments, id, *watch, output).map(verdict),
        Command::GoOn { id } => sync::go_on(arguments, id, output)?,
        Command::Status { id } => sync::status(arguments, id, output)?,
        Command::Members { id } => team::members(arguments, id, output)?,
        Command::Grant { id, agency, name, mark, role, parts, no_parts, evidence, steps, accept_until } => {
            let parts = (*no_parts || !parts.is_empty()).then_some(parts.as_slice());
            let granted =
                team::Granted { agency, name, mark, role: *role, parts, evidence, steps, accept_until };
            team::grant(arguments, id, granted, output)?;
        }
        Command::Revoke { id, who } => team::revoke(arguments, id, who, output)?,
        Command::HandOver { id, agency, parts, accept_until } => {
            team::hand_over(arguments, id, agency, parts, accept_until.as_ref(), output)?;
        }
        Command::Invite { id, agency, person, days } => {
            team::invite(arguments, id, agency, person, *days, output)?;
        }
        Command::Conflicts { id } => conflict::list(arguments, id, output)?,
        Command::Resolve { id, field, pick } => conflict::resolve(arguments, id, field, *pick, output)?,
        Command::Comment { id, field, text, to } => {
            discussion::comment(arguments, id, field, text, to, output)?;
        }
        Command::Comments { id } => discussion::list(arguments, id, output)?,
        Command::SetAside { id, dismiss, propose, adopt } => {
            let which = dismiss.as_ref().or(adopt.as_ref());
            discussion::set_aside(
                arguments,
                id,
                which.map(String::as_str),
                (*propose, adopt.is_some()),
                output,
            )?;
        }
        Command::Remind { id, xlsx } => discussion::remind(arguments, id, xlsx.as_deref(), output)?,
        Command::Bundle(BundleCommand::Export { id, out, since_last, since, evidence }) => {
            let since = transfer::since(since.as_deref(), *since_last);
            transfer::export_bundle(arguments, id, &since, evidence, out, output)?;
        }
        Command::Signing(command) => return signing::run(arguments, command, output).map(verdict),
        Command::Evidence(command) => return evidence::run(arguments, command, output).map(verdict),
        Command::Package { id, revision, out } => package::write(arguments, id, *revision, out, output)?,
        Command::Verify(verified) => return package::verify(verified, output).map(verdict),
        Command::Device { keep_in } => device::run(arguments, *keep_in, output)?,
        Command::Demo { keep } => return demo::run(keep.as_deref(), output).map(verdict),
        Command::Check { id } => return check::run(arguments, id, output).map(verdict),
    }
    Ok(ExitCode::SUCCESS)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let writing = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    writing.or(json) == Some(std::io::ErrorKind::BrokenPipe)
}

fn verdict(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::from(NOT_GOOD) }
}
