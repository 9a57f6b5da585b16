//! A hub in a process of its own with one application on it, filled with the sample.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use form_client::clock;
use form_client::hub::HubConnection;
use form_document::key::PublicKey;
use form_document::roster::{Act as RosterAct, SignedEntry};
use form_document::wire::{Exchange, Offer, PageEntry};

use super::company::{Company, fresh_key};
use super::light::Light;
use super::usage::processor_time;
use super::work::{Form, SECTION};
use crate::hub::HubProcess;

/// The hub and what is played on it.
#[derive(Debug)]
pub struct Stage {
    pub form: Form,
    pub hub: HubProcess,
    key: PublicKey,
}

/// An application on the hub.
#[derive(Debug)]
pub struct Act {
    pub company: Company,
    /// The lead's desk: it has filled the sample.
    pub lead: Light,
    /// The lead's line.
    pub connection: HubConnection,
}

impl Stage {
    /// Starts a hub on an empty folder.
    ///
    /// # Errors
    /// When it is not built or does not come up.
    pub async fn new() -> anyhow::Result<Self> {
        Self::over(HubProcess::start()?).await
    }

    /// A stage with a hub that runs already.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn over(hub: HubProcess) -> anyhow::Result<Self> {
        let key = HubConnection::new(hub.url(), fresh_key()?)?.key().await?;
        Ok(Self { form: Form::read()?, hub, key })
    }

    /// The processor's time that the hub has used so far.
    ///
    /// # Errors
    /// When it does not run.
    pub fn processor_time(&self) -> anyhow::Result<Duration> {
        processor_time(self.hub.process().context("the hub does not run")?)
    }

    /// Has an application with so many members on the hub, filled with the sample; all of them write where
    /// [`SECTION`] is.
    ///
    /// # Errors
    /// When the hub refuses any of it.
    pub async fn act(&self, members: usize) -> anyhow::Result<Act> {
        self.act_with(members, |_| SECTION).await
    }

    /// [`Self::act`], with the section that each member writes.
    ///
    /// # Errors
    /// As [`Self::act`].
    pub async fn act_with(&self, members: usize, part: fn(usize) -> &'static str) -> anyhow::Result<Act> {
        let hub = (self.hub.url(), self.key);
        let company = Company::found(&self.form, hub, fresh_key()?, members, part)?;
        let connection = HubConnection::new(self.hub.url(), Arc::clone(&company.lead))?;
        connection.publish(&company.application, &company.publication(&self.form), "").await?;
        let mut lead = Light::new(&company, &self.form.package.definition, &company.lead)?;
        for step in self.form.sample.steps() {
            lead.make(&step)?;
        }
        lead.exchange(&connection).await?;
        Ok(Act { company, lead, connection })
    }

    /// The members' desks, as far as the lead's has come.
    ///
    /// # Errors
    /// When a document cannot be loaded.
    pub fn members(&self, act: &Act) -> anyhow::Result<Vec<Light>> {
        let saved = act.lead.document.save();
        let definition = &self.form.package.definition;
        act.company.members.iter().map(|device| act.lead.colleague(&saved, definition, device)).collect()
    }

    /// A device's line to the hub.
    ///
    /// # Errors
    /// When the machine has no usable TLS set-up.
    pub fn line(&self, act: &Act, member: usize) -> anyhow::Result<HubConnection> {
        let device = act.company.members.get(member).unwrap_or(&act.company.lead);
        Ok(HubConnection::new(self.hub.url(), Arc::clone(device))?)
    }
}

impl Act {
    /// The lead's next step of the roster; the hub has not heard of it yet.
    ///
    /// # Errors
    /// When the roster does not take it.
    pub fn step(&mut self, step: RosterAct) -> anyhow::Result<SignedEntry> {
        Ok(self.company.chain.act(&self.company.lead, step, clock::system())?)
    }

    /// Hands something over as the lead, and follows the log to its end.
    ///
    /// # Errors
    /// When the hub refuses it.
    pub async fn hand_over(&mut self, mut offer: Offer) -> anyhow::Result<()> {
        loop {
            let exchange = Exchange { hello: self.lead.hello(), offer: std::mem::take(&mut offer) };
            let reply = self.connection.exchange(&self.lead.application, &exchange).await?;
            ensure!(reply.receipt.faults.is_empty(), "{:?}", reply.receipt.faults);
            self.lead.follow(&reply.page)?;
            for entry in &reply.page.entries {
                if let PageEntry::Roster(entry) = entry
                    && !self.company.chain.knows(&entry.hash())
                {
                    self.company.chain.append(entry.clone(), None)?;
                }
            }
            if !reply.more {
                return Ok(());
            }
        }
    }
}
