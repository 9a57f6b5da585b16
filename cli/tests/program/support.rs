//! Runs the program.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// What the program answered.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The JSON document that was printed.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// `huiqian ARGUMENTS`
pub fn huiqian(arguments: &[&str]) -> Said {
    Command::new(env!("CARGO_BIN_EXE_huiqian")).args(arguments).output().unwrap().into()
}

/// The same on a data folder.
pub fn at(home: &Path, arguments: &[&str]) -> Said {
    huiqian(&[&["--home", home.to_str().unwrap()], arguments].concat())
}
