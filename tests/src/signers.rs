//! Three agencies with one complete application that nobody has signed yet, ready for their windows.

use form_client::evidence::prepare_bytes;
use form_model::answer::AnswerValue;
use form_model::evidence::{Attribute, EvidenceKey, slots};

use crate::desk::Desk;
use crate::person::sample_answers;
use crate::scene::{text, workspace};
use crate::team::Team;

/// The third agency's name.
pub const SCIENCE: &str = "示例市科学技术局";
/// The third agency's section.
pub const SCIENCE_SECTION: &str = "innovation";

/// The lead's desk, those of 商务 and 科技 on the same screen, and their hub, which has everything.
#[derive(Debug)]
pub struct Signers {
    pub team: Team,
    pub science: Desk,
}

impl Signers {
    /// The filled sample with a file in every slot that asks for one.
    ///
    /// # Errors
    /// When a program is not built, or a step is refused.
    pub fn new() -> anyhow::Result<Self> {
        let team = Team::new(&[])?;
        fill(&team)?;
        team.lead_says("grant", &["science", "--name", SCIENCE, "--part", SCIENCE_SECTION])?;
        let invite = team.invite("science")?;
        let science = team.lead.beside()?;
        team.join(&science, SCIENCE, "陈示例", &invite)?;
        team.colleague_syncs()?;
        Ok(Self { team, science })
    }

    /// `huiqian COMMAND ID …` at the desk of 科技, while no window has it open.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn science_says(&self, command: &str, arguments: &[&str]) -> anyhow::Result<String> {
        self.team.say(&self.science, command, arguments)
    }
}

/// The sample's answers, and evidence wherever the form asks for it.
fn fill(team: &Team) -> anyhow::Result<()> {
    let mut desk = workspace(&team.lead.home())?;
    let values = sample_answers()?.into_iter().map(|(answer, value)| (answer, Some(value))).collect();
    desk.fill(&team.id, values)?;
    let (definition, answers) = desk.answers(&team.id)?;
    let asked: Vec<_> = slots(&definition, &answers)
        .into_iter()
        .filter(|state| state.asked)
        .map(|state| (state.slot.id.clone(), state.slot.field.clone(), state.slot.demanded.clone()))
        .collect();
    for (slot, field, demanded) in asked {
        // One file where the form does not say of which kinds.
        let kinds = if demanded.is_empty() { vec![String::new()] } else { demanded };
        for kind in kinds {
            let content = format!("%PDF-1.4\n% {slot} {kind}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n");
            let file = prepare_bytes(&desk.blobs(), content.as_bytes(), &format!("{slot}{kind}.pdf"))?;
            let added = desk.add_evidence(&team.id, &slot, &[file])?;
            let kinds = added.entries.into_iter().filter(|_| !kind.is_empty()).map(|entry| {
                let key = EvidenceKey { field: field.clone(), entry, attribute: Attribute::Kind };
                (key.answer(), Some::<AnswerValue>(text(&kind)))
            });
            desk.fill(&team.id, kinds.collect())?;
        }
    }
    drop(desk);
    team.lead_syncs()
}
