//! A samod client: a repo of its own and one connection. A change counts as acknowledged when the heads that both ends
//! share name it, or all that is here.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use automerge::transaction::{Transactable, Transaction};
use automerge::{Automerge, AutomergeError, ChangeHash, ObjType, ROOT, ReadDoc};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Stream, StreamExt};
use samod::{BackoffConfig, DialError, Dialer, DocHandle, DocumentId, PeerDocState, Repo, Transport, Url};
use tokio::net::TcpStream;
use tokio_util::io::InspectWriter;

/// After this long without a connection something is broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client with one document.
pub struct Client {
    _repo: Repo,
    pub handle: DocHandle,
    heard: Pin<Box<dyn Stream<Item = ()> + Send>>,
    shared: Pin<Box<dyn Stream<Item = Vec<ChangeHash>> + Send>>,
    /// Own changes that are not acknowledged, with their numbers.
    waiting: BTreeMap<ChangeHash, usize>,
    pub made: usize,
    pub acked: usize,
    written: Arc<AtomicU64>,
    read: Arc<AtomicU64>,
}

/// Connects with every byte counted.
struct Counting {
    url: Url,
    written: Arc<AtomicU64>,
    read: Arc<AtomicU64>,
}

impl Dialer for Counting {
    type Error = std::io::Error;

    fn url(&self) -> Url {
        self.url.clone()
    }

    fn connect(&self) -> BoxFuture<'static, Result<Transport, DialError<Self::Error>>> {
        let address = self.url.socket_addrs(|| None);
        let (written, read) = (Arc::clone(&self.written), Arc::clone(&self.read));
        async move {
            let address = address.map_err(DialError::transient)?;
            let io = TcpStream::connect(address.as_slice()).await.map_err(DialError::transient)?;
            io.set_nodelay(true).map_err(DialError::transient)?;
            let (reader, writer) = io.into_split();
            let count = |counter: Arc<AtomicU64>| {
                move |bytes: &[u8]| {
                    counter.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                }
            };
            let reader = tokio_util::io::InspectReader::new(reader, count(read));
            let writer = InspectWriter::new(writer, count(written));
            Ok(Transport::from_tokio_io(tokio::io::join(reader, writer)))
        }
        .boxed()
    }
}

/// An empty document with these texts.
pub fn empty(texts: &[&str]) -> anyhow::Result<Automerge> {
    let mut content = Automerge::new();
    change(&mut content, |tx| {
        tx.put_object(ROOT, "values", ObjType::Map)?;
        texts.iter().try_for_each(|id| tx.put_object(ROOT, *id, ObjType::Text).map(drop))
    })?;
    Ok(content)
}

/// Makes a change of a document.
pub fn change(
    document: &mut Automerge,
    change: impl FnOnce(&mut Transaction<'_>) -> Result<(), AutomergeError>,
) -> anyhow::Result<ChangeHash> {
    let mut transaction = document.transaction();
    change(&mut transaction)?;
    transaction.commit().0.context("nothing has changed")
}

/// Puts a value.
pub fn set(tx: &mut Transaction<'_>, id: &str, value: &str) -> Result<(), AutomergeError> {
    let values = tx.get(ROOT, "values")?.map_or(ROOT, |(_, id)| id);
    tx.put(values, id, value)
}

/// Puts a character at a text's end.
pub fn append(tx: &mut Transaction<'_>, id: &str, character: &str) -> Result<(), AutomergeError> {
    let text = tx.get(ROOT, id)?.map_or(ROOT, |(_, id)| id);
    tx.splice_text(&text, tx.length(&text), 0, character)
}

impl Client {
    /// A client that hands over a document. That counts as its first change: the library takes minutes to be told
    /// of a hundred thousand one by one.
    pub async fn create(url: &str, content: Automerge) -> anyhow::Result<Self> {
        let client = Self::with(url, async move |repo: &Repo| Ok(repo.create(content).await?)).await;
        client.map(|client| Self { made: 1, ..client })
    }

    /// A client that finds a document.
    pub async fn open(url: &str, id: &str) -> anyhow::Result<Self> {
        let id: DocumentId = id.parse()?;
        Self::with(url, async move |repo: &Repo| repo.find(id).await?.context("no such document")).await
    }

    async fn with(
        url: &str,
        take: impl AsyncFnOnce(&Repo) -> anyhow::Result<DocHandle>,
    ) -> anyhow::Result<Self> {
        let repo = Repo::build_tokio().load().await;
        let (written, read) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let dialer = Counting { url: url.parse()?, written: Arc::clone(&written), read: Arc::clone(&read) };
        let dialed = repo.dial(BackoffConfig::default(), Arc::new(dialer))?;
        tokio::time::timeout(PATIENCE, dialed.established())
            .await?
            .map_err(|_| anyhow::anyhow!("the server does not answer"))?;
        let handle = take(&repo).await?;
        let heard = Box::pin(handle.changes().map(drop));
        let (now, later) = handle.peers();
        let now = futures_util::stream::iter([now]);
        let heads = |state: &PeerDocState| state.shared_heads.clone();
        let shared = now.chain(later).map(move |peers| peers.values().find_map(heads).unwrap_or_default());
        let (waiting, shared) = (BTreeMap::new(), Box::pin(shared));
        Ok(Self { _repo: repo, handle, heard, shared, waiting, made: 0, acked: 0, written, read })
    }

    /// Waits until something has come, a change or an acknowledgement.
    pub async fn hear(&mut self) -> anyhow::Result<()> {
        tokio::select! {
            heard = self.heard.next() => heard.context("the document is gone"),
            heads = self.shared.next() => {
                self.acknowledge(&heads.context("the connection is gone")?);
                Ok(())
            }
        }
    }

    fn acknowledge(&mut self, heads: &[ChangeHash]) {
        let named = heads.iter().filter_map(|head| self.waiting.get(head)).max().copied();
        let all = self.handle.with_document(|document| document.get_heads() == heads).then_some(self.made);
        if let Some(acked) = named.max(all).filter(|acked| *acked > self.acked) {
            self.acked = acked;
            self.waiting.retain(|_, number| *number > acked);
        }
    }

    fn change(
        &mut self,
        edit: impl FnOnce(&mut Transaction<'_>) -> Result<(), AutomergeError>,
    ) -> anyhow::Result<()> {
        let hash = self.handle.with_document(|document| change(document, edit))?;
        self.made += 1;
        self.waiting.insert(hash, self.made);
        Ok(())
    }

    /// Puts a value.
    pub fn set(&mut self, id: &str, value: &str) -> anyhow::Result<()> {
        self.change(|tx| set(tx, id, value))
    }

    /// Puts a character at a text's end.
    pub fn append(&mut self, id: &str, character: &str) -> anyhow::Result<()> {
        self.change(|tx| append(tx, id, character))
    }

    /// A value that stands.
    pub fn get(&self, id: &str) -> Option<String> {
        self.handle.with_document(|document| {
            let (_, values) = document.get(ROOT, "values").ok()??;
            let (value, _) = document.get(values, id).ok()??;
            value.as_str().map(str::to_owned)
        })
    }

    /// How long a text is.
    pub fn length(&self, id: &str) -> usize {
        self.handle.with_document(|document| {
            let text = document.get(ROOT, id).ok().flatten();
            text.map_or(0, |(_, text)| document.length(text))
        })
    }

    pub fn bytes_up(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    pub fn bytes_down(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}
