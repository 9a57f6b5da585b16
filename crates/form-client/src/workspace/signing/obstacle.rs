//! What stands in the way of a final revision, in sentences.

use form_document::snapshot::{Obstacle, obstacles};
use form_model::check::subject;
use form_model::command::ObstacleSummary;
use form_model::error::{ErrorCode, UserError};
use form_model::language::Language;
use form_model::member::Step;

use crate::session::Session;

use super::not_signed_because;

impl Session {
    /// What this desk sees to stand in the way.
    pub(super) fn obstacles(&self) -> Result<Vec<ObstacleSummary>, UserError> {
        let contents = self.document().contents(&self.definition);
        let roster = self.ledger.chain().newest();
        let mut found = obstacles(self.document(), &self.definition, &contents, roster)
            .map_err(|error| not_signed_because(&error.to_string()))?;
        let steps = roster.version.saturating_sub(self.ledger.confirmed());
        let waiting = self.waiting().saturating_add(steps);
        if waiting > 0 && !roster.revision.is_closed() {
            found.push(Obstacle::NotSynced { changes: waiting });
        }
        Ok(found.iter().map(|obstacle| self.obstacle(obstacle)).collect())
    }

    /// One of them as a person reads it; also one that the hub has named.
    pub(crate) fn obstacle(&self, obstacle: &Obstacle) -> ObstacleSummary {
        let mut summary = ObstacleSummary {
            sentence: in_the_way(String::new(), String::new()),
            answer: None,
            section: None,
            device: None,
        };
        let both = |of: &dyn Fn(Language) -> String| in_the_way(of(Language::Chinese), of(Language::English));
        let definition = &self.definition;
        summary.sentence = match obstacle {
            Obstacle::Problem { problem } => {
                summary.answer = Some(problem.answer.clone());
                both(&|language| problem.sentence(definition, language))
            }
            Obstacle::Disputed { answer } => {
                summary.answer = Some(answer.clone());
                both(&|language| {
                    let subject = subject(definition, language, answer);
                    language
                        .pick("“{}”一栏有两处填法不同，请选定一种。", "“{}” has two values; pick one.")
                        .replace("{}", &subject)
                })
            }
            Obstacle::Unsigned { section, agency, step } => {
                summary.section = Some(section.clone());
                let roster = self.ledger.chain().newest();
                let agency =
                    roster.agencies.get(agency).map_or(agency.0.as_str(), |agency| agency.name.as_str());
                both(&|language| {
                    language
                        .pick("{section}：{agency}尚未{step}。", "{section}: {agency} has not {step} yet.")
                        .replace("{section}", &self.section_title(section, language))
                        .replace("{agency}", agency)
                        .replace("{step}", step_done(*step, language))
                })
            }
            Obstacle::Undeclared => both(&|language| {
                language
                    .pick(
                        "牵头单位尚未就现在的内容作出真实性声明。",
                        "The lead has not declared the present content true.",
                    )
                    .to_owned()
            }),
            Obstacle::FileMissing { name, .. } => both(&|language| {
                language
                    .pick("佐证材料“{}”还没有传到协同中心。", "The file “{}” has not reached the hub.")
                    .replace("{}", name)
            }),
            Obstacle::Unsent { device, changes } => {
                summary.device = Some(device.to_string());
                let roster = self.ledger.chain().newest();
                let who = roster.devices.get(device).map_or_else(
                    || device.short(),
                    |known| {
                        let agency =
                            roster.agencies.get(&known.agency).map_or("", |agency| agency.name.as_str());
                        format!("{agency} {}", known.person)
                    },
                );
                both(&|language| {
                    language
                        .pick(
                            "{who}的电脑里还有 {n} 处修改没有传到协同中心。请对方先同步；确实等不到时，牵头单位可以写明理由后继续。",
                            "{who}'s computer holds {n} changes that have not reached the hub. Have it sync first; if that cannot be, the lead may go on and say why.",
                        )
                        .replace("{who}", &who)
                        .replace("{n}", &changes.to_string())
                })
            }
            Obstacle::NotSynced { changes } => both(&|language| {
                language
                    .pick(
                        "本机还有 {} 处修改没有得到协同中心的确认，请先同步。",
                        "{} changes here have not been confirmed by the hub; sync first.",
                    )
                    .replace("{}", &changes.to_string())
            }),
            Obstacle::Closed { revision } => both(&|language| {
                language
                    .pick(
                        "第 {} 稿已经定稿。需要修改时，请先退回修改。",
                        "Revision {} is final. Return it first if it has to change.",
                    )
                    .replace("{}", &revision.to_string())
            }),
        };
        summary
    }

    fn section_title(&self, section: &str, language: Language) -> String {
        self.definition.text(language, &format!("{section}.title")).to_owned()
    }
}

fn step_done(step: Step, language: Language) -> &'static str {
    match step {
        Step::Prepare => language.pick("经办", "prepared it"),
        Step::Review => language.pick("审核", "reviewed it"),
        Step::Sign => language.pick("签认", "signed it off"),
    }
}

/// How many of the things in the way are named when a revision is not made final: what fits on a screen.
const NAMED_MAX: usize = 12;

/// That a revision is not made final, and all that stands in the way.
pub(super) fn not_final(obstacles: &[ObstacleSummary]) -> UserError {
    let listed = |language: Language| {
        let sentences = obstacles.iter().map(|obstacle| obstacle.sentence.sentence(language));
        if let [only] = obstacles {
            return only.sentence.sentence(language);
        }
        let mut list: Vec<String> =
            sentences.take(NAMED_MAX).map(|sentence| format!("· {sentence}")).collect();
        if let more @ 1.. = obstacles.len().saturating_sub(NAMED_MAX) {
            list.push(language.pick("· 另有 {} 项。", "· {} more.").replace("{}", &more.to_string()));
        }
        format!("\n{}", list.join("\n"))
    };
    let devices: Vec<&str> = obstacles.iter().filter_map(|obstacle| obstacle.device.as_deref()).collect();
    let error = UserError::new(ErrorCode::NotFinal);
    let error = if devices.is_empty() { error } else { error.with("devices", devices.join(" ")) };
    error.with_pair("cause", listed(Language::Chinese), listed(Language::English))
}

/// That the hub's public log is not what it was.
pub(super) fn of_log(fault: UserError) -> ObstacleSummary {
    ObstacleSummary { sentence: fault, answer: None, section: None, device: None }
}

fn in_the_way(chinese: String, english: String) -> UserError {
    UserError::new(ErrorCode::InTheWay).with_pair("cause", chinese, english)
}
