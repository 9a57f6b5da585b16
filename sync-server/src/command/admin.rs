//! `admin`: the codes with which applications are published on a hub that is not open to all.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Subcommand;
use form_model::hex;
use ring::rand::{SecureRandom as _, SystemRandom};
use sync_server::admission_hash;
use sync_server::clock::Clock;
use sync_server::data::DataFolder;
use sync_server::storage::sqlite::{Admission, Sqlite};

/// 128 bits: nobody guesses one.
const CODE_BYTES: usize = 16;
/// Digits of a code's number that are shown: enough to tell a hub's codes apart.
const NUMBER_DIGITS: usize = 8;

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Prints a new code. It is for one application, and is kept only as a hash: give it on, it is not shown again.
    Admit {
        #[arg(long)]
        data: PathBuf,
    },
    /// Lists the codes: number, when it was made, whether it is open or used.
    Admissions {
        #[arg(long)]
        data: PathBuf,
    },
    /// Takes an open code back: the code itself, or its number in the list.
    Cancel {
        #[arg(long)]
        data: PathBuf,
        code: String,
    },
}

impl Admin {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Admit { data } => admit(&data),
            Self::Admissions { data } => list(&opened(&data)?),
            Self::Cancel { data, code } => cancel(&opened(&data)?, &code),
        }
    }
}

fn admit(data: &Path) -> anyhow::Result<()> {
    let folder = DataFolder::at(data);
    folder.create()?;
    // The key comes first: a database without one looks like a hub that lost it.
    folder.key_or_new()?;
    let mut code = [0; CODE_BYTES];
    SystemRandom::new().fill(&mut code).map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    let code = hex::encode(&code);
    Sqlite::open(&folder.database())?.admit(&admission_hash(&code), Clock::system().now_ms())?;
    println!("{code}");
    Ok(())
}

/// The database of a hub that is there: looking at one must not make one.
fn opened(data: &Path) -> anyhow::Result<Sqlite> {
    let database = DataFolder::at(data).database();
    if !database.exists() {
        bail!("there is no hub's database at {}; name the folder that the hub serves", database.display());
    }
    Ok(Sqlite::open(&database)?)
}

fn list(sqlite: &Sqlite) -> anyhow::Result<()> {
    for admission in sqlite.admissions()? {
        println!("{}  {}  {}", number(&admission), admission.created, state(&admission));
    }
    Ok(())
}

fn cancel(sqlite: &Sqlite, code: &str) -> anyhow::Result<()> {
    let wanted = code.trim().to_lowercase();
    let known = sqlite.admissions()?;
    let itself = admission_hash(&wanted);
    let is_it = |admission: &&Admission| {
        admission.hash == itself || (!wanted.is_empty() && hex::encode(&admission.hash).starts_with(&wanted))
    };
    let found: Vec<&Admission> = known.iter().filter(is_it).collect();
    match found[..] {
        [] => bail!("there is no code {code}; `admissions` lists them"),
        [one] if one.used => bail!("code {} has been used; there is nothing to take back", number(one)),
        [one] => {
            if !sqlite.cancel_admission(&one.hash)? {
                bail!("code {} was used at this moment; there is nothing to take back", number(one));
            }
            println!("{}", number(one));
            Ok(())
        }
        _ => bail!("{} codes start with {code}; give more of it", found.len()),
    }
}

fn number(admission: &Admission) -> String {
    hex::encode(&admission.hash).chars().take(NUMBER_DIGITS).collect()
}

fn state(admission: &Admission) -> &'static str {
    if admission.used { "used" } else { "open" }
}
