//! Final revisions at the hub: what its public log is, whether it only grew, making a revision final, and receipts.

use form_document::digest::Sha256;
use form_document::key::PublicKey;
use form_document::snapshot::{MANIFEST_MAX_BYTES, Obstacle};
use form_document::transparency::LoggedKeyEvent;
use form_document::wire::{self, Submission};
use form_model::command::{Event, Excuse, FinalSummary, ObstacleSummary};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::connection::HubConnection;
use super::problem;
use super::sync_loop::{Ask, catch_up, device_key};
use crate::cause::because;

/// Largest answer about the public log, in bytes: the changes of a hub's keys over decades.
const LOG_ANSWER_MAX_BYTES: usize = 8 << 20;

/// What a hub says of its public log; nothing of it is trusted before [`crate::workspace::Workspace::learn_log`].
#[derive(Clone, Debug, Deserialize)]
pub struct LogRoot {
    pub origin: String,
    pub root: PublicKey,
    /// By the key that the hub's members know.
    pub signature: form_document::key::Signature,
}

/// A hub's public log as it stands, with the proof that it goes on from what was known.
#[derive(Clone, Debug)]
pub struct LogNews {
    pub root: LogRoot,
    pub checkpoint: String,
    pub keys: Vec<LoggedKeyEvent>,
    pub proof: Vec<Sha256>,
}

#[derive(Deserialize)]
struct Proof {
    proof: Vec<Sha256>,
}

impl HubConnection {
    /// What the hub says of its public log, which was known up to `known` entries.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn log_news(&self, known: u64) -> Result<LogNews, UserError> {
        let root: LogRoot = self.json("/v1/log/root").await?;
        let checkpoint = String::from_utf8_lossy(&self.bytes("/v1/log/checkpoint").await?).into_owned();
        let size = form_document::transparency::SignedCheckpoint(checkpoint.clone()).read();
        let size = size.map_or(0, |(_, tree)| tree.size);
        // Asked for by its size: the log may have grown since.
        let keys = self.json(&format!("/v1/log/keys?size={size}")).await?;
        let proof = if known > 0 && known < size {
            self.json::<Proof>(&format!("/v1/log/consistency?from={known}&to={size}")).await?.proof
        } else {
            Vec::new()
        };
        Ok(LogNews { root, checkpoint, keys, proof })
    }

    /// Hands a submission in; the receipt's exact bytes.
    ///
    /// # Errors
    /// As [`Self::log_news`].
    pub async fn submit(&self, id: &ApplicationId, submission: &Submission) -> Result<Vec<u8>, UserError> {
        let path = format!("/v1/applications/{id}/revisions");
        let response = self.send(Method::POST, &path, wire::encode(submission), None).await?;
        self.body(response, MANIFEST_MAX_BYTES).await
    }

    /// The receipt of a final revision.
    ///
    /// # Errors
    /// As [`Self::log_news`].
    pub async fn receipt(&self, id: &ApplicationId, revision: u64) -> Result<Vec<u8>, UserError> {
        let path = format!("/v1/applications/{id}/revisions/{revision}");
        let response = self.send(Method::GET, &path, Vec::new(), None).await?;
        self.body(response, MANIFEST_MAX_BYTES).await
    }

    /// What the hub sees to stand in the way of a final revision.
    ///
    /// # Errors
    /// As [`Self::log_news`].
    pub async fn obstacles(&self, id: &ApplicationId) -> Result<Vec<Obstacle>, UserError> {
        let response =
            self.send(Method::GET, &format!("/v1/applications/{id}/obstacles"), Vec::new(), None).await?;
        self.read_json(&self.body(response, LOG_ANSWER_MAX_BYTES).await?)
    }

    async fn bytes(&self, path: &str) -> Result<Vec<u8>, UserError> {
        let response = self.send(Method::GET, path, Vec::new(), None).await?;
        self.body(response, LOG_ANSWER_MAX_BYTES).await
    }

    async fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, UserError> {
        self.read_json(&self.bytes(path).await?)
    }

    fn read_json<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, UserError> {
        serde_json::from_slice(body)
            .map_err(|error| problem::refused(self.url(), "bad_answer", error.to_string()))
    }
}

/// Looks at the hub's public log, and fetches the receipts that are not here. What is new of either is told to the
/// view, also when the log turns out to be broken.
///
/// # Errors
/// [`ErrorCode::LogBroken`] when the log is not what was known of it; when the hub is not reached.
pub async fn follow_log<A: Ask>(
    desk: &A,
    connection: &HubConnection,
    application: &ApplicationId,
) -> Result<(), UserError> {
    let id = application.clone();
    let known = desk.ask(move |desk| desk.log_known(&id)).await?;
    let news = match connection.log_news(known).await {
        // A restored hub gives no word on its log until it has all of it back.
        Err(error) if problem::code(&error) == Some(problem::LOG_INCOMPLETE) => return Ok(()),
        news => news?,
    };
    let id = application.clone();
    let learnt = desk.ask(move |desk| desk.learn_log(&id, &news)).await;
    let mut is_news = !matches!(learnt, Ok(false));
    let fetched = match learnt {
        Ok(_) => fetch_receipts(desk, connection, application, &mut is_news).await,
        Err(error) => Err(error),
    };
    if is_news {
        desk.tell(application, vec![Event::Signing]).await;
    }
    fetched
}

async fn fetch_receipts<A: Ask>(
    desk: &A,
    connection: &HubConnection,
    application: &ApplicationId,
    is_news: &mut bool,
) -> Result<(), UserError> {
    let id = application.clone();
    for revision in desk.ask(move |desk| desk.missing_receipts(&id)).await? {
        let bytes = connection.receipt(application, revision).await?;
        let id = application.clone();
        desk.ask(move |desk| desk.keep_receipt(&id, &bytes).map(drop)).await?;
        *is_news = true;
    }
    Ok(())
}

/// What stands in the way of a final revision at the hub, once everything here was handed over.
///
/// # Errors
/// When the hub is not reached.
pub async fn examine<A: Ask>(
    desk: &A,
    application: &ApplicationId,
) -> Result<Vec<ObstacleSummary>, UserError> {
    let connection = line(desk, application).await?;
    catch_up(desk, &connection, application).await?;
    let (id, found) = (application.clone(), connection.obstacles(application).await?);
    desk.ask(move |desk| desk.obstacle_summaries(&id, &found)).await
}

/// Makes the revision final: hands everything over, signs the manifest here, has the hub rebuild and sign it, and keeps
/// the receipt. Of a revision that is final already it answers the receipt alone.
///
/// # Errors
/// [`ErrorCode::NotFinal`] with the first thing that stands in the way;
/// [`ErrorCode::LogBroken`]; when the hub is not reached or does not take it.
pub async fn finalise<A: Ask>(
    desk: &A,
    application: &ApplicationId,
    excuses: Vec<Excuse>,
) -> Result<FinalSummary, UserError> {
    let connection = line(desk, application).await?;
    catch_up(desk, &connection, application).await?;
    follow_log(desk, &connection, application).await?;
    // An earlier try may have come through without its answer.
    let id = application.clone();
    if let Some(done) = desk.ask(move |desk| desk.final_already(&id)).await? {
        return Ok(done);
    }
    let id = application.clone();
    let submission = desk.ask(move |desk| desk.submission(&id, &excuses)).await?;
    let kept = submit(desk, &connection, application, &submission).await?;
    catch_up(desk, &connection, application).await?;
    Ok(kept)
}

/// Hands in what a courier has brought from a lead whose network does not reach the hub, and keeps the receipt.
///
/// # Errors
/// [`ErrorCode::BadImport`] when it is no submission, and as [`finalise`].
pub async fn carry_in<A: Ask>(
    desk: &A,
    application: &ApplicationId,
    courier: &[u8],
) -> Result<FinalSummary, UserError> {
    let submission: Submission = wire::decode_up_to(courier, MANIFEST_MAX_BYTES)
        .map_err(|bad| because(UserError::new(ErrorCode::BadImport).with("file", ""), &bad))?;
    let connection = line(desk, application).await?;
    follow_log(desk, &connection, application).await?;
    let kept = submit(desk, &connection, application, &submission).await?;
    catch_up(desk, &connection, application).await?;
    Ok(kept)
}

/// The line to the application's hub.
async fn line<A: Ask>(desk: &A, application: &ApplicationId) -> Result<HubConnection, UserError> {
    let id = application.clone();
    let hub = desk.ask(move |desk| desk.hub(&id)).await?;
    HubConnection::to(&hub, device_key(desk).await?)
}

/// Hands a submission in, and keeps the receipt.
async fn submit<A: Ask>(
    desk: &A,
    connection: &HubConnection,
    application: &ApplicationId,
    submission: &Submission,
) -> Result<FinalSummary, UserError> {
    let bytes = match connection.submit(application, submission).await {
        Ok(bytes) => bytes,
        Err(error) if problem::code(&error) == Some(problem::NOT_FINAL) => {
            let (id, found) = (application.clone(), connection.obstacles(application).await?);
            return Err(desk.ask(move |desk| desk.not_final(&id, &found, error)).await?);
        }
        Err(error) => return Err(error),
    };
    let id = application.clone();
    desk.ask(move |desk| desk.keep_receipt(&id, &bytes)).await
}
