//! `log mirror`: a copy of a hub's public log, fetched and verified.

use std::path::Path;

use anyhow::{Context as _, bail};
use form_document::key::PublicKey;
use form_document::transparency::{Leaf, SignedCheckpoint};
use reqwest::Client;
use serde::Deserialize;
use sync_server::arbiter::TilePath;
use sync_server::log_copy::{LogCopy, entries, read_keys};

/// What of `/v1/log/root` is needed.
#[derive(Deserialize)]
struct Root {
    root: PublicKey,
}

pub(super) fn run(hub: &str, out: &Path, root: Option<PublicKey>) -> anyhow::Result<()> {
    // Another part of the program may have chosen one already; it is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(mirror(hub.trim_end_matches('/'), out, root))
}

async fn mirror(hub: &str, out: &Path, root: Option<PublicKey>) -> anyhow::Result<()> {
    let client = Client::new();
    let get = |path: String| get(&client, format!("{hub}/v1/log/{path}"));
    let known = root_of(out)?;
    let root = match root.or(known) {
        Some(root) => root,
        None => serde_json::from_slice::<Root>(&get("root".to_owned()).await?)?.root,
    };
    if known.is_some_and(|known| known != root) {
        bail!("{} holds the copy of a log with another root key", out.display());
    }
    let checkpoint = SignedCheckpoint(String::from_utf8(get("checkpoint".to_owned()).await?)?);
    let size = checkpoint.read()?.1.size;
    let before = if out.join("checkpoint").exists() { Some(LogCopy::read(out)?) } else { None };
    let mut leaves: Vec<Leaf> = before.as_ref().map(|before| before.leaves.clone()).unwrap_or_default();
    let kept = leaves.len();
    for tile in TilePath::of_entries(size).skip(kept / TilePath::ENTRIES) {
        leaves.truncate(leaves.len() / TilePath::ENTRIES * TilePath::ENTRIES);
        let found = entries(&get(format!("tile/{tile}")).await?).context("a tile cannot be read")?;
        leaves.extend(found);
    }
    if let Some(before) = before
        && !leaves.starts_with(&before.leaves)
    {
        bail!(
            "the log has {size} entries that do not go on from the {kept} of the copy in {}: it was rolled back or altered",
            out.display()
        );
    }
    let json = get(format!("keys?size={size}")).await?;
    let keys = read_keys(&json).context("the changes of keys cannot be read")?;
    let copy = LogCopy { checkpoint, keys, leaves };
    copy.check(&root)?;
    std::fs::create_dir_all(out)?;
    std::fs::write(out.join(ROOT), format!("{root}\n"))?;
    copy.write(out, &json)?;
    println!("{size} entries");
    Ok(())
}

/// Where a copy's folder says whose log it is.
const ROOT: &str = "root";

fn root_of(folder: &Path) -> anyhow::Result<Option<PublicKey>> {
    let file = folder.join(ROOT);
    if !file.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&file)?;
    Ok(Some(text.trim().parse().ok().with_context(|| format!("{} holds no key", file.display()))?))
}

async fn get(client: &Client, url: String) -> anyhow::Result<Vec<u8>> {
    let answer = client.get(&url).send().await.with_context(|| url.clone())?;
    let status = answer.status();
    let body = answer.bytes().await?;
    if !status.is_success() {
        bail!("{url}: {status} {}", String::from_utf8_lossy(&body));
    }
    Ok(body.to_vec())
}
