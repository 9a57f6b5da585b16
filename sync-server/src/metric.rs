//! What the hub counts, for Prometheus.

use std::sync::OnceLock;
use std::time::Duration;

use form_document::ledger::Decision;
use form_document::log::Reason;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::storage::record::Commit;

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting. One set of figures a process, however many hubs it embeds.
pub(crate) fn install() {
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().ok());
}

/// The figures in Prometheus' text format.
pub(crate) fn render() -> String {
    let handle = HANDLE.get().and_then(Option::as_ref);
    handle.map(PrometheusHandle::render).unwrap_or_default()
}

/// Old samples of the histograms are forgotten; called every few seconds.
pub(crate) fn upkeep() {
    if let Some(handle) = HANDLE.get().and_then(Option::as_ref) {
        handle.run_upkeep();
    }
}

pub(crate) fn committed(took: Duration, commit: &Commit, stored: bool) {
    let outcome = if stored { "stored" } else { "failed" };
    counter!("hub_commits_total", "outcome" => outcome).increment(1);
    histogram!("hub_commit_seconds").record(took.as_secs_f64());
    #[expect(clippy::cast_precision_loss, reason = "a count for a chart")]
    histogram!("hub_commit_applications").record(commit.applications.len() as f64);
}

pub(crate) fn decided(decision: &Decision) {
    let verdict = match decision {
        Decision::Accepted(_) => "accepted",
        Decision::Roster(_) => "roster",
        Decision::Refused { reason, .. } => match reason {
            Reason::Malformed => "malformed",
            Reason::NotGranted => "not_granted",
            Reason::Reassigned => "reassigned",
            Reason::Revoked => "revoked",
            Reason::BuildsOnRefused => "builds_on_refused",
            Reason::Held => "held",
        },
    };
    counter!("hub_verdicts_total", "verdict" => verdict).increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "counts for a chart")]
pub(crate) fn round(took: Duration, offers: usize, (bytes, ledgers): (u64, usize)) {
    histogram!("hub_round_seconds").record(took.as_secs_f64());
    histogram!("hub_round_offers").record(offers as f64);
    gauge!("hub_ledger_bytes").set(bytes as f64);
    gauge!("hub_ledgers").set(ledgers as f64);
}

pub(crate) fn stream_opened() {
    gauge!("hub_streams").increment(1.0);
}

pub(crate) fn stream_closed() {
    gauge!("hub_streams").decrement(1.0);
}

#[expect(clippy::cast_precision_loss, reason = "a count for a chart")]
pub(crate) fn connections(held: usize) {
    gauge!("hub_connections").set(held as f64);
}

pub(crate) fn connection_refused() {
    counter!("hub_connections_refused_total").increment(1);
}

pub(crate) fn request(route: &str, method: &str, status: u16, took: Duration) {
    let labels = [("route", route.to_owned()), ("method", method.to_owned()), ("status", status.to_string())];
    counter!("hub_requests_total", &labels).increment(1);
    let labels = [("route", route.to_owned()), ("method", method.to_owned())];
    histogram!("hub_request_seconds", &labels).record(took.as_secs_f64());
}

/// Bytes of files that were written.
pub(crate) fn file_bytes_in(bytes: usize) {
    counter!("hub_file_bytes_in_total").increment(bytes as u64);
}

/// Bytes of files that were sent.
pub(crate) fn file_bytes_out(bytes: usize) {
    counter!("hub_file_bytes_out_total").increment(bytes as u64);
}

/// A file was kept whole.
pub(crate) fn file_kept(bytes: u64) {
    counter!("hub_files_kept_total").increment(1);
    counter!("hub_file_bytes_kept_total").increment(bytes);
}

/// A file or a piece of one was not kept.
pub(crate) fn file_refused(reason: &'static str) {
    counter!("hub_files_refused_total", "reason" => reason).increment(1);
}

/// A kept file is damaged or gone.
pub(crate) fn file_lost() {
    counter!("hub_files_lost_total").increment(1);
}

/// Files that nobody named were taken away.
pub(crate) fn files_collected(count: usize) {
    counter!("hub_files_collected_total").increment(count as u64);
}
