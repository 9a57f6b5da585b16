//! `samod-peer server FOLDER PORT`, and the clients' commands of `../driver.mjs` with the same output.

mod client;
mod server;
mod work;

use anyhow::{Context, bail};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let at = |index: usize| arguments.get(index).map(String::as_str).context("an argument is missing");
    let number = |index: usize| anyhow::Ok(at(index)?.parse::<usize>()?);
    match at(0)? {
        "server" => server::run(at(1)?, at(2)?.parse()?).await,
        "latency" => work::latency(at(1)?, at(2)?, number(3)?, number(4)?).await,
        "load" => work::load(at(1)?, at(2)?, number(3)?, number(4)?, number(5)?).await,
        "fill" => work::fill(at(1)?, at(2)?, number(3)?).await,
        "join" => work::join(at(1)?, at(2)?, number(3)?).await,
        "write" => work::write(at(1)?, number(3)?).await,
        "count" => work::count(at(1)?, at(2)?).await,
        other => bail!("unknown command {other}"),
    }
}
