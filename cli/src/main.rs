//! `huiqian`: the desk's work from the command line.

mod answer;
mod app;
mod argument;
mod check;
mod form;
mod output;
mod transfer;

use std::process::ExitCode;

use clap::Parser;

use argument::{Arguments, Command};
use output::Output;

/// Exit code of `check` when finalising would be blocked.
const BLOCKED: u8 = 1;
/// Exit code of anything that could not be done.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json, arguments.language());
    match run(&arguments, &output) {
        Ok(code) => code,
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
        Command::Import { file } => transfer::import(arguments, file, output)?,
        Command::Check { id } => {
            return Ok(if check::run(arguments, id, output)? {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(BLOCKED)
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}
