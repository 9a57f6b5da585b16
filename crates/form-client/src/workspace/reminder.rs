//! 催办: who owes what by when.

use form_model::check::subject;
use form_model::command::{Owed, Reminder};
use form_model::definition::FormDefinition;
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use form_model::language::Language;
use form_model::member::{FormPart, Role};
use form_model::progress;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::Workspace;
use crate::cause::{Cause, because};
use crate::clock;

impl Workspace {
    /// Who owes what by when, the most urgent first.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn reminder(&mut self, id: &ApplicationId) -> Result<Reminder, UserError> {
        let language = self.settings().language;
        let today = clock::local_date((self.surroundings.now_ms)());
        let session = self.session(id)?;
        let answers = session.document().answers();
        let definition = &session.definition;
        let mut lines = Vec::new();
        for (agency_id, agency) in session.ledger.chain().newest().agencies.iter() {
            if agency.removed || agency.grant.role != Role::Contributor {
                continue;
            }
            for (part, due) in &agency.grant.parts {
                let progress = progress::part(definition, &answers, part);
                if progress.answered >= progress.required && progress.problems == 0 {
                    continue;
                }
                lines.push(Owed {
                    agency: agency_id.clone(),
                    agency_name: agency.name.clone(),
                    part: title(definition, language, part),
                    answered: progress.answered,
                    required: progress.required,
                    problems: progress.problems,
                    overdue: due.as_ref().is_some_and(|due| *due < today),
                    due: due.clone(),
                });
            }
        }
        // No day comes last.
        lines.sort_by_key(|line| (line.due.is_none(), line.due.clone(), line.agency_name.clone()));
        let text = text(&lines, language);
        Ok(Reminder { lines, text })
    }

    /// The reminder as an Excel workbook.
    ///
    /// # Errors
    /// As [`Self::reminder`].
    pub fn reminder_workbook(&mut self, id: &ApplicationId) -> Result<Vec<u8>, UserError> {
        let language = self.settings().language;
        let reminder = self.reminder(id)?;
        workbook(&reminder.lines, language)
            .map_err(|error| because(UserError::new(ErrorCode::NotSaved), &error))
    }
}

fn title(definition: &FormDefinition, language: Language, part: &FormPart) -> String {
    if part.0 == part.section() {
        return definition.text(language, &format!("{part}.title")).to_owned();
    }
    subject(definition, language, &AnswerId(part.0.clone()))
}

fn text(lines: &[Owed], language: Language) -> String {
    let line = |owed: &Owed| {
        let due = owed.due.as_deref().unwrap_or("");
        match language {
            Language::Chinese => {
                let due = if due.is_empty() { String::new() } else { format!("，{due} 前") };
                let late = if owed.overdue { "，已逾期" } else { "" };
                let problems = if owed.problems > 0 {
                    format!("，{} 处需改正", owed.problems)
                } else {
                    String::new()
                };
                format!(
                    "{}：{}，已填 {}/{}{problems}{due}{late}",
                    owed.agency_name, owed.part, owed.answered, owed.required
                )
            }
            Language::English => {
                let due = if due.is_empty() { String::new() } else { format!(", due {due}") };
                let late = if owed.overdue { ", overdue" } else { "" };
                let problems =
                    if owed.problems > 0 { format!(", {} to correct", owed.problems) } else { String::new() };
                format!(
                    "{}: {}, {}/{} filled{problems}{due}{late}",
                    owed.agency_name, owed.part, owed.answered, owed.required
                )
            }
        }
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn workbook(lines: &[Owed], language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let heading = Format::new().set_bold();
    let heads = match language {
        Language::Chinese => ["单位", "部分", "已填", "应填", "需改正", "截止", "逾期"],
        Language::English => ["Agency", "Part", "Filled", "Required", "To correct", "Due", "Overdue"],
    };
    for (column, head) in (0_u16..).zip(heads) {
        sheet.write_with_format(0, column, head, &heading)?;
    }
    for (row, owed) in (1_u32..).zip(lines) {
        sheet.write(row, 0, owed.agency_name.as_str())?;
        sheet.write(row, 1, owed.part.as_str())?;
        for (column, figure) in (2_u16..).zip([owed.answered, owed.required, owed.problems]) {
            sheet.write(row, column, figure)?;
        }
        sheet.write(row, 5, owed.due.as_deref().unwrap_or_default())?;
        let overdue = if owed.overdue { language.pick("是", "yes") } else { "" };
        sheet.write(row, 6, overdue)?;
    }
    sheet.autofit();
    workbook.save_to_buffer()
}

impl Cause for XlsxError {
    fn chinese(&self) -> String {
        format!("表格不能生成（{self}）")
    }

    fn english(&self) -> String {
        self.to_string()
    }
}
