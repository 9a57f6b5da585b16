//! `huiqian form …`

use std::path::Path;

use form_client::library::{self, Library};
use form_model::definition::{Field, FieldKind, FormDefinition};
use form_model::error::{ErrorCode, UserError};
use form_model::language::Language;
use form_model::package;
use form_model::schema::answers_schema;
use serde::Serialize;

use crate::argument::{Arguments, FormCommand};
use crate::output::{Output, warning};

#[derive(Serialize)]
struct FormLine {
    id: String,
    version: String,
    hash: String,
    title: String,
}

pub fn run(arguments: &Arguments, command: &FormCommand, output: &Output) -> anyhow::Result<()> {
    let library = Library::load(&arguments.home().join("forms"));
    match command {
        FormCommand::List => list(&library, output),
        FormCommand::Show { id } => {
            let definition = &library.package(id)?.definition;
            output.result(definition, |definition| show(definition, output))
        }
        FormCommand::Check { file } => check(file, output),
        FormCommand::Schema { id } => {
            let schema = answers_schema(&library.package(id)?.definition);
            output.result(&schema, |schema| vec![format!("{schema:#}")])
        }
    }
}

fn line(definition: &FormDefinition, output: &Output) -> FormLine {
    FormLine {
        id: definition.id.clone(),
        version: definition.version.clone(),
        hash: definition.hash.clone(),
        title: definition.text(output.language, "form.title").to_owned(),
    }
}

fn list(library: &Library, output: &Output) -> anyhow::Result<()> {
    for fault in library.faults() {
        warning(&fault.sentence(output.language));
    }
    let forms: Vec<_> = library.packages().map(|package| line(&package.definition, output)).collect();
    output.result(&forms, |forms| {
        forms.iter().map(|form| format!("{}  {}  {}", form.id, form.version, form.title)).collect()
    })
}

fn show(definition: &FormDefinition, output: &Output) -> Vec<String> {
    let mut lines = vec![
        definition.text(output.language, "form.title").to_owned(),
        format!("{} {} ({})", definition.id, definition.version, definition.hash),
    ];
    for section in &definition.sections {
        let title = definition.text(output.language, &format!("{}.title", section.id)).to_owned();
        let owner = definition.text(output.language, &format!("agency.{}", section.owner)).to_owned();
        lines.push(String::new());
        lines.push(format!("{title}  [{}]  {owner}", section.id));
        for field in &section.fields {
            lines.push(field_line(definition, field, output));
        }
    }
    lines
}

fn field_line(definition: &FormDefinition, field: &Field, output: &Output) -> String {
    let required = if field.required { "*" } else { " " };
    let ids: Vec<_> = field.answers().into_iter().map(|answer| answer.0).collect();
    let ids = if matches!(field.kind, FieldKind::Calculated { .. }) {
        format!("{} = …", field.id)
    } else {
        ids.join(" ")
    };
    format!(" {required} {}\n     {ids}", definition.label(output.language, &field.id))
}

fn check(file: &Path, output: &Output) -> anyhow::Result<()> {
    let folder = if file.is_dir() { file } else { file.parent().unwrap_or(file) };
    let files = library::read_folder(folder)?;
    match package::load(&files) {
        Ok(definition) => output.result(&line(&definition, output), |form| {
            vec![format!(
                "{} {}: {}",
                form.id,
                form.version,
                output.pick("表单包无误。", "The package is sound.")
            )]
        }),
        Err(error) => {
            let [chinese, english] = Language::ALL.map(|language| error.sentence(language));
            Err(UserError::new(ErrorCode::BadForm).with_pair("cause", chinese, english).into())
        }
    }
}
