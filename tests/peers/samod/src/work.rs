//! The work: see `../driver.mjs`, which says what each command does.

use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::task::JoinSet;

use crate::client::{self, Client};

const TYPED: &str = "合作区坚持开放发展推动中小企业走专精特新之路";
const TEXT: &str = "plan.text";
const VALUE: &str = "basics.revenue.2023";
/// What is not acknowledged by then does not count.
const BUDGET: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Sample {
    values: Vec<(String, serde_json::Value)>,
    texts: Vec<(String, String)>,
}

fn typed(number: usize) -> String {
    let count = TYPED.chars().count();
    TYPED.chars().nth(number % count).map(String::from).unwrap_or_default()
}

/// A document on the server with the filled sample, each character a change of its own.
async fn filled(url: &str, sample: &str, more: usize) -> anyhow::Result<Client> {
    let sample: Sample = serde_json::from_str(&std::fs::read_to_string(sample)?)?;
    let texts: Vec<&str> = sample.texts.iter().map(|(id, _)| id.as_str()).collect();
    let mut content = client::empty(&texts)?;
    for (id, value) in &sample.values {
        client::change(&mut content, |tx| client::set(tx, id, &value.to_string()))?;
    }
    for (id, text) in &sample.texts {
        for character in text.chars() {
            client::change(&mut content, |tx| client::append(tx, id, &character.to_string()))?;
        }
    }
    for number in 0..more {
        client::change(&mut content, |tx| client::append(tx, TEXT, &typed(number)))?;
    }
    let mut client = Client::create(url, content).await?;
    while client.acked < client.made {
        client.hear().await?;
    }
    Ok(client)
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

pub async fn latency(url: &str, sample: &str, edits: usize, pause_ms: usize) -> anyhow::Result<()> {
    let mut a = filled(url, sample, 0).await?;
    let mut b = Client::open(url, &a.handle.document_id().to_string()).await?;
    while b.length(TEXT) != a.length(TEXT) {
        b.hear().await?;
    }
    let (mut shown, before) = (Vec::new(), a.bytes_up());
    for number in 0..edits {
        let started = Instant::now();
        if number % 2 == 0 {
            a.append(TEXT, &typed(number))?;
            let length = a.length(TEXT);
            while b.length(TEXT) != length {
                b.hear().await?;
            }
        } else {
            let value = number.to_string();
            a.set(VALUE, &value)?;
            while b.get(VALUE).as_deref() != Some(value.as_str()) {
                b.hear().await?;
            }
        }
        shown.push(micros(started));
        tokio::time::sleep(Duration::from_millis(pause_ms as u64)).await;
    }
    println!("{}", json!({ "shown_us": shown, "bytes_up": a.bytes_up() - before }));
    Ok(())
}

pub async fn load(
    url: &str,
    sample: &str,
    clients: usize,
    changes: usize,
    window: usize,
) -> anyhow::Result<()> {
    let first = filled(url, sample, 0).await?;
    let id = first.handle.document_id().to_string();
    let mut all = Vec::new();
    for _ in 0..clients {
        all.push(Client::open(url, &id).await?);
    }
    println!("{}", json!({ "ready": true }));
    let mut line = String::new();
    BufReader::new(stdin()).read_line(&mut line).await?;
    let (started, share) = (Instant::now(), changes / clients);
    let mut tasks = JoinSet::new();
    for client in all {
        tasks.spawn(writer(client, share, window, started + BUDGET));
    }
    let (mut acked, mut bytes_up) = (0, 0);
    while let Some(done) = tasks.join_next().await {
        let (theirs, bytes) = done??;
        (acked, bytes_up) = (acked + theirs, bytes_up + bytes);
    }
    let result = json!({ "changes": acked, "took_us": micros(started), "bytes_up": bytes_up });
    println!("{result}");
    Ok(())
}

async fn writer(
    mut client: Client,
    share: usize,
    window: usize,
    deadline: Instant,
) -> anyhow::Result<(usize, u64)> {
    let before = client.bytes_up();
    while client.acked < share && Instant::now() < deadline {
        while client.made < share && client.made - client.acked < window {
            client.append(TEXT, &typed(client.made))?;
        }
        match tokio::time::timeout_at(deadline.into(), client.hear()).await {
            Ok(heard) => heard?,
            Err(_) => break,
        }
    }
    Ok((client.acked, client.bytes_up() - before))
}

pub async fn fill(url: &str, sample: &str, characters: usize) -> anyhow::Result<()> {
    let client = filled(url, sample, characters).await?;
    let document = client.handle.document_id().to_string();
    println!("{}", json!({ "document": document, "length": client.length(TEXT) }));
    Ok(())
}

pub async fn join(url: &str, document: &str, length: usize) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut client = Client::open(url, document).await?;
    while client.length(TEXT) != length {
        client.hear().await?;
    }
    println!("{}", json!({ "took_us": micros(started), "bytes_down": client.bytes_down() }));
    Ok(())
}

pub async fn write(url: &str, window: usize) -> anyhow::Result<()> {
    let mut client = Client::create(url, client::empty(&[TEXT])?).await?;
    println!("{}", json!({ "document": client.handle.document_id().to_string() }));
    let mut told = 1;
    loop {
        while client.made - client.acked < window {
            client.append(TEXT, "字")?;
        }
        client.hear().await.context("the line broke")?;
        if client.acked > told {
            told = client.acked;
            // The empty document was the first of them.
            println!("{}", json!({ "acked": told - 1 }));
        }
    }
}

pub async fn count(url: &str, document: &str) -> anyhow::Result<()> {
    // One that was never stored is as empty as one that was.
    let length = match Client::open(url, document).await {
        Ok(client) => client.length(TEXT),
        Err(_) => 0,
    };
    println!("{}", json!({ "length": length }));
    Ok(())
}
