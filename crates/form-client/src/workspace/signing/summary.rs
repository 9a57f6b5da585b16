//! Statements and revisions as the view shows them.

use std::collections::BTreeMap;

use form_document::digest::Sha256;
use form_document::roster::Returned;
use form_document::sign_off::{MadeStatement, SectionStanding, State, Word, declaration};
use form_document::transparency::VerifiedReceipt;
use form_model::command::{
    AgencySigning, FinalSummary, Reason, ReturnSummary, RevisionState, SectionSigning, Signing,
    StatementState, StatementSummary,
};
use form_model::error::UserError;

use super::not_signed_because;
use crate::session::Session;

impl Session {
    /// How sign-off stands, without what is kept elsewhere.
    pub(super) fn signing(&self) -> Result<Signing, UserError> {
        let document = self.document();
        let roster = self.ledger.chain().newest();
        let (statements, contents) = (document.statements(), document.contents(&self.definition));
        let failed = |error: form_document::canonical::NotCanonical| not_signed_because(&error.to_string());
        let mut sections = Vec::new();
        for section in self.definition.sections.iter().filter(|section| section.counted) {
            let standing =
                SectionStanding::of(&section.id, &statements, &contents, roster).map_err(failed)?;
            sections.push(self.section_signing(&section.id, &standing, &statements));
        }
        let holding = declaration(&statements, &contents, roster).map_err(failed)?.map(|made| made.id);
        let declared = statements.iter().filter(|made| matches!(made.statement.word, Word::Declare { .. }));
        let declarations = declared.map(|made| {
            let state = if holding == Some(made.id) { State::Holds } else { State::Lapsed };
            self.statement_summary(made, &state, &statements)
        });
        let may_lead = roster.may_lead(&self.device);
        Ok(Signing {
            revision: self.revision_state(),
            sections,
            declarations: declarations.collect(),
            may_declare: may_lead && !roster.revision.is_closed(),
            may_finalise: may_lead && roster.hub.is_some() && !roster.revision.is_closed(),
            may_return: roster.may_return(&self.device) && roster.revision.is_closed(),
            ..Signing::default()
        })
    }

    fn section_signing(
        &self,
        section: &str,
        standing: &SectionStanding,
        all: &[MadeStatement],
    ) -> SectionSigning {
        let roster = self.ledger.chain().newest();
        let own = roster.devices.get(&self.device).map(|device| &device.agency);
        let agencies = standing.agencies.iter().map(|(id, next)| AgencySigning {
            agency: id.clone(),
            name: roster.agencies.get(id).map(|agency| agency.name.clone()).unwrap_or_default(),
            next: *next,
            own: own == Some(id),
        });
        let statements =
            standing.statements.iter().map(|one| self.statement_summary(&one.made, &one.state, all));
        SectionSigning {
            section: section.to_owned(),
            agencies: agencies.collect(),
            statements: statements.collect(),
        }
    }

    fn statement_summary(
        &self,
        made: &MadeStatement,
        state: &State,
        all: &[MadeStatement],
    ) -> StatementSummary {
        let roster = self.ledger.chain().newest();
        let said = &made.statement;
        let reason = all.iter().find_map(|other| match &other.statement.word {
            Word::Withdraw { statement, reason }
                if *statement == made.id && other.statement.agency == said.agency =>
            {
                Some(reason.clone())
            }
            _ => None,
        });
        let own = roster.active(&self.device).is_some_and(|(device, _)| device.agency == said.agency);
        StatementSummary {
            id: made.id.0.to_string(),
            agency: said.agency.clone(),
            agency_name: roster
                .agencies
                .get(&said.agency)
                .map(|agency| agency.name.clone())
                .unwrap_or_default(),
            person: said.person.clone(),
            title: said.title.clone(),
            remark: said.remark.clone(),
            time_ms: said.time_ms,
            step: match &said.word {
                Word::Confirm { step, .. } => Some(*step),
                Word::Declare { .. } | Word::Withdraw { .. } => None,
            },
            state: match state {
                State::Holds => StatementState::Holds,
                _ if reason.is_some() => StatementState::Withdrawn,
                State::Lapsed => StatementState::Lapsed,
                State::Withdrawn { .. } => StatementState::Withdrawn,
                State::OutOfOrder => StatementState::OutOfOrder,
                State::NotTheirs => StatementState::NotTheirs,
            },
            reason: reason.unwrap_or_default(),
            own,
        }
    }

    pub(in crate::workspace) fn revision_state(&self) -> RevisionState {
        let revision = &self.ledger.chain().newest().revision;
        RevisionState {
            current: revision.current(),
            closed: revision.is_closed(),
            frozen: revision.frozen.iter().cloned().collect(),
            returned: revision.returned.as_deref().map(|returned| self.return_summary(returned)),
        }
    }

    /// How each final revision was given back, by its number.
    pub(super) fn returns(&self) -> BTreeMap<u64, ReturnSummary> {
        let chain = self.ledger.chain();
        let rosters = (1..=chain.version()).filter_map(|version| chain.at(version));
        // A step says it, and the rosters after it until the next revision.
        let given_back: BTreeMap<u64, &Returned> = rosters
            .filter_map(|roster| Some((roster.revision.number, roster.revision.returned.as_deref()?)))
            .collect();
        let told = |(number, returned)| (number, self.return_summary(returned));
        given_back.into_iter().map(told).collect()
    }

    fn return_summary(&self, returned: &Returned) -> ReturnSummary {
        let roster = self.ledger.chain().newest();
        let device = roster.devices.get(&returned.by);
        let agency = device.and_then(|device| roster.agencies.get(&device.agency));
        let reasons = returned.reasons.iter();
        ReturnSummary {
            agency: agency.map(|agency| agency.name.clone()).unwrap_or_default(),
            person: device.map(|device| device.person.clone()).unwrap_or_default(),
            time_ms: returned.time_ms,
            sections: returned.sections.iter().cloned().collect(),
            reasons: reasons
                .map(|reason| Reason { on: reason.on.clone(), text: reason.text.clone() })
                .collect(),
        }
    }
}

/// A final revision with its receipt.
pub(super) fn revision(number: u64, verified: Result<VerifiedReceipt, UserError>) -> FinalSummary {
    match verified {
        Ok(verified) => {
            let person =
                verified.manifest.roster.devices.get(&verified.lead).map(|device| device.person.clone());
            FinalSummary {
                number,
                digest: verified.digest.to_string(),
                index: verified.index,
                origin: verified.origin.to_string(),
                made_ms: verified.manifest.made_ms,
                person: person.unwrap_or_default(),
                returned: None,
                fault: None,
            }
        }
        Err(fault) => FinalSummary {
            number,
            digest: Sha256::default().to_string(),
            index: 0,
            origin: String::new(),
            made_ms: 0,
            person: String::new(),
            returned: None,
            fault: Some(fault),
        },
    }
}
