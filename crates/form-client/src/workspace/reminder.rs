//! 催办: who owes what by when.

mod sheet;

use form_document::roster::Roster;
use form_model::answer::Answers;
use form_model::check::subject;
use form_model::command::{Owed, Reminder};
use form_model::date;
use form_model::definition::FormDefinition;
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use form_model::language::Language;
use form_model::member::{AgencyId, FormPart};
use form_model::progress::{self, TotalProgress};

use sheet::Sheet;

use super::Workspace;
use crate::cause::because;
use crate::clock;

impl Workspace {
    /// Who owes what by when, the most urgent first; at the end what was handed to nobody.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn reminder(&mut self, id: &ApplicationId) -> Result<Reminder, UserError> {
        let (sheet, language) = self.reminder_sheet(id)?;
        let text = text(&sheet, language);
        Ok(Reminder { lines: sheet.lines, text })
    }

    /// The reminder as an Excel workbook.
    ///
    /// # Errors
    /// As [`Self::reminder`].
    pub fn reminder_workbook(&mut self, id: &ApplicationId) -> Result<Vec<u8>, UserError> {
        let (sheet, language) = self.reminder_sheet(id)?;
        sheet.workbook(language).map_err(|error| because(UserError::new(ErrorCode::NotSaved), &error))
    }

    fn reminder_sheet(&mut self, id: &ApplicationId) -> Result<(Sheet, Language), UserError> {
        let language = self.language();
        let now_ms = (self.surroundings.now_ms)();
        let given = self.row(id)?.name;
        let session = self.session(id)?;
        let answers = session.document().answers();
        let answered = answers.text(&session.definition.name_answer).trim();
        let name = if answered.is_empty() { given } else { answered.to_owned() };
        let owing = Owing { definition: &session.definition, answers: &answers, now_ms, language };
        let lines = owing.lines(session.ledger.chain().newest());
        Ok((Sheet { name, made: clock::local_date(now_ms), lines }, language))
    }
}

/// What is looked at to tell who owes what.
struct Owing<'a> {
    definition: &'a FormDefinition,
    answers: &'a Answers,
    now_ms: i64,
    language: Language,
}

impl Owing<'_> {
    fn lines(&self, roster: &Roster) -> Vec<Owed> {
        // A lead may have taken parts upon itself by name, like anybody who writes.
        let shares = || {
            let writers = roster.taking_part().filter(|(_, agency)| agency.grant.writes());
            writers.flat_map(|(id, agency)| agency.grant.parts.iter().map(move |part| (id, agency, part)))
        };
        let mut lines: Vec<Owed> = shares()
            .filter_map(|(id, agency, (part, due))| {
                let progress = progress::part(self.definition, self.answers, part);
                self.owed(Some((id, &agency.name)), part, progress, due.as_deref())
            })
            .collect();
        // No day comes last.
        lines.sort_by_key(|line| (line.due.is_none(), line.due.clone(), line.agency_name.clone()));
        let handed: Vec<&FormPart> = shares().map(|(_, _, (part, _))| part).collect();
        let sections = self.definition.sections.iter().filter(|section| section.counted);
        lines.extend(sections.filter_map(|section| {
            let progress = progress::rest(self.definition, self.answers, &section.id, &handed);
            self.owed(None, &FormPart(section.id.clone()), progress, None)
        }));
        lines
    }

    /// `None` when nothing is left to do.
    fn owed(
        &self,
        agency: Option<(&AgencyId, &String)>,
        part: &FormPart,
        progress: TotalProgress,
        due: Option<&str>,
    ) -> Option<Owed> {
        let TotalProgress { answered, required, problems } = progress;
        if answered >= required && problems == 0 {
            return None;
        }
        let days = due.and_then(|due| clock::days_until(self.now_ms, due));
        let nobody = || self.language.pick("未分配", "Not handed out").to_owned();
        Some(Owed {
            agency: agency.map(|(id, _)| id.clone()),
            agency_name: agency.map_or_else(nobody, |(_, name)| name.clone()),
            part: self.title(part),
            answered,
            required,
            problems,
            due: due.map(str::to_owned),
            overdue: days.is_some_and(|days| days < 0),
            time_left: time_left(days, self.language),
        })
    }

    fn title(&self, part: &FormPart) -> String {
        if part.0 == part.section() {
            return self.definition.text(self.language, &format!("{part}.title")).to_owned();
        }
        subject(self.definition, self.language, &AnswerId(part.0.clone()))
    }
}

/// How much time is left until a day so many days ahead.
fn time_left(days: Option<i64>, language: Language) -> String {
    match (days, language) {
        (None, _) => language.pick("未定截止日期", "no due date").to_owned(),
        (Some(0), _) => language.pick("今天到期", "due today").to_owned(),
        (Some(1), _) => language.pick("明天到期", "due tomorrow").to_owned(),
        (Some(-1), Language::English) => "overdue by 1 day".to_owned(),
        (Some(days @ ..0), Language::Chinese) => format!("已逾期 {} 天", -days),
        (Some(days @ ..0), Language::English) => format!("overdue by {} days", -days),
        (Some(days), Language::Chinese) => format!("还剩 {days} 天"),
        (Some(days), Language::English) => format!("{days} days left"),
    }
}

fn text(sheet: &Sheet, language: Language) -> String {
    let made = date::display(&sheet.made, language);
    let head = match language {
        Language::Chinese => format!("【催办】{}（{made}）", sheet.name),
        Language::English => format!("Reminder: {} ({made})", sheet.name),
    };
    let lines = sheet.lines.iter().map(|owed| line(owed, language));
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
}

fn line(owed: &Owed, language: Language) -> String {
    let Owed { agency_name, part, answered, required, problems, time_left, .. } = owed;
    let due = owed.due.as_deref().map(|due| date::display(due, language));
    match language {
        Language::Chinese => {
            let due = due.map(|due| format!("，{due}前交")).unwrap_or_default();
            let problems = if *problems > 0 { format!("，{problems} 处需改正") } else { String::new() };
            format!("{agency_name}：{part}，已填 {answered}/{required}{problems}{due}，{time_left}")
        }
        Language::English => {
            let due = due.map(|due| format!(", due {due}")).unwrap_or_default();
            let problems = if *problems > 0 { format!(", {problems} to correct") } else { String::new() };
            format!("{agency_name}: {part}, {answered}/{required} filled{problems}{due}, {time_left}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_is_told_in_words() {
        let told = [-101, -1, 0, 1, 2].map(|days| time_left(Some(days), Language::Chinese));
        assert_eq!(told, ["已逾期 101 天", "已逾期 1 天", "今天到期", "明天到期", "还剩 2 天"]);
        let told = [-101, -1, 0, 1, 2].map(|days| time_left(Some(days), Language::English));
        let english = ["overdue by 101 days", "overdue by 1 day", "due today", "due tomorrow", "2 days left"];
        assert_eq!(told, english);
        assert_eq!(time_left(None, Language::Chinese), "未定截止日期");
    }
}
