//! What the hub may be told: a TOML file, then variables `HUIQIAN_HUB_…`, then the command line; the later ones
//! win. It also runs with none of them.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use axum::http::Uri;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Deserializer, Serialize};

use crate::limit::{CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS, DISK_FREE_MIB, LEDGERS_BYTES, QUOTA_MIB};
use crate::rate::Rates;

/// Variables that start so are read; `__` stands between a table's name and a key: `HUIQIAN_HUB_TLS__KEY`.
const ENVIRONMENT: &str = "HUIQIAN_HUB_";

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The folder with the database and the hub's key.
    pub data: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Under what address clients reach the hub, when that is not where it listens.
    pub url: Option<String>,
    /// Whether anybody may publish an application; else an admission code is needed. When absent: only a hub
    /// that this machine alone reaches is open, so none behind a proxy, nor one with another `url`.
    pub open: Option<bool>,
    /// Certificate and key; without them the hub speaks plain HTTP, for loopback or behind a proxy.
    pub tls: Option<Tls>,
    /// Whether other machines may reach the hub over plain HTTP all the same, where something else already keeps the
    /// line secret: a VPN, say.
    pub plain_http: bool,
    /// Whether a proxy in front says who asks (the last address of `X-Forwarded-For`).
    pub behind_proxy: bool,
    /// The memory for open applications, in MiB.
    pub ledgers_mib: u64,
    /// How many connections are held in all, as far as the system's limit of open files allows.
    pub connections: usize,
    /// How many of them one address may have; of no effect behind a proxy.
    pub connections_per_address: usize,
    pub log: LogFormat,
    pub rates: Rates,
    pub evidence: Evidence,
    pub seal: SealSettings,
}

/// What final revisions are signed with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SealSettings {
    /// What the public log is called when it is made at the first start: a name without white space that nobody else
    /// uses, such as the hub's host. When absent, one made from the root key.
    pub origin: Option<String>,
    /// A file with the passphrase that opens the signing key; without one the key lies open in the data folder. The
    /// variable `HUIQIAN_HUB_PASSPHRASE` does the same.
    pub passphrase_file: Option<PathBuf>,
}

/// The variable with the passphrase itself.
pub const PASSPHRASE: &str = "HUIQIAN_HUB_PASSPHRASE";

impl SealSettings {
    /// The passphrase that opens the signing key, if there is one.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn passphrase(&self) -> std::io::Result<Option<String>> {
        if let Ok(passphrase) = std::env::var(PASSPHRASE) {
            return Ok(Some(passphrase));
        }
        let Some(file) = &self.passphrase_file else { return Ok(None) };
        Ok(Some(std::fs::read_to_string(file)?.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

/// Files of evidence.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Evidence {
    /// What one application's files may come to, in MiB.
    pub quota_mib: u64,
    /// What they leave free on the disk, in MiB.
    pub disk_free_mib: u64,
    /// Where the files lie when not in the data folder: an S3-compatible store, with the settings that the crate
    /// `object_store` knows (`bucket`, `endpoint`, `region`, `access_key_id`, `secret_access_key`, …). What is on its way
    /// in lies in the data folder all the same.
    #[serde(deserialize_with = "as_text")]
    pub s3: Option<BTreeMap<String, String>>,
}

impl Default for Evidence {
    fn default() -> Self {
        Self { quota_mib: QUOTA_MIB, disk_free_mib: DISK_FREE_MIB, s3: None }
    }
}

/// A setting of the store, which takes text alone. In a variable `true` or a key of digits alone would be no text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Setting {
    Text(String),
    Truth(bool),
    Number(i64),
}

fn as_text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    let settings: Option<BTreeMap<String, Setting>> = Deserialize::deserialize(from)?;
    let text = |(name, setting): (String, Setting)| {
        let text = match setting {
            Setting::Text(text) => text,
            Setting::Truth(truth) => truth.to_string(),
            Setting::Number(number) => number.to_string(),
        };
        // Variables are read in capitals where a file has small letters.
        (name.to_lowercase(), text)
    };
    Ok(settings.map(|settings| settings.into_iter().map(text).collect()))
}

/// Without the store's secrets.
impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s3: Option<Vec<_>> = self.s3.as_ref().map(|settings| settings.keys().collect());
        let mut shown = f.debug_struct("Evidence");
        shown.field("quota_mib", &self.quota_mib).field("disk_free_mib", &self.disk_free_mib);
        shown.field("s3", &s3).finish()
    }
}

/// Files in PEM (RFC 7468).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// How the hub's own log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("hub-data"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7_300)),
            url: None,
            open: None,
            tls: None,
            plain_http: false,
            behind_proxy: false,
            ledgers_mib: LEDGERS_BYTES >> 20,
            connections: CONNECTIONS_MAX,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            log: LogFormat::Text,
            rates: Rates::default(),
            evidence: Evidence::default(),
            seal: SealSettings::default(),
        }
    }
}

impl Config {
    /// A hub over a folder, on a free loopback port: for tests and for a program that embeds it.
    pub fn embedded(data: &Path) -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { data: data.to_owned(), listen, ..Self::default() }
    }

    /// Reads file and environment.
    ///
    /// # Errors
    /// When one of them names what there is not, or has a value of the wrong kind.
    pub fn read(file: Option<&Path>) -> Result<Self, Box<figment::Error>> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        // The passphrase is read where it is needed, and stands in no configuration.
        let variables = Env::prefixed(ENVIRONMENT).ignore(&["passphrase"]).split("__");
        figment.merge(variables).extract().map_err(Box::new)
    }

    /// Whether anybody may publish.
    pub fn is_open(&self) -> bool {
        self.open.unwrap_or_else(|| {
            let elsewhere = self.url.as_deref().is_some_and(|url| !leads_to_this_machine(url));
            self.listen.ip().is_loopback() && !self.behind_proxy && !elsewhere
        })
    }

    /// Whether other machines would reach the hub over a line that anybody can read, without anybody having said so.
    pub fn is_exposed(&self) -> bool {
        let guarded = self.tls.is_some() || self.behind_proxy || self.plain_http;
        !guarded && !self.listen.ip().is_loopback()
    }
}

/// Whether an address is one of loopback's. One that cannot be read is not.
fn leads_to_this_machine(url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_that_others_can_reach_is_not_open_unless_told_so() {
        let mut config = Config::default();
        assert!(config.is_open());
        config.listen = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 7_300));
        assert!(!config.is_open());
        config.open = Some(true);
        assert!(config.is_open());
    }

    #[test]
    fn a_hub_behind_a_proxy_or_with_another_address_is_not_open_though_it_listens_on_loopback() {
        let behind = Config { behind_proxy: true, ..Config::default() };
        assert!(!behind.is_open());
        let with = |url: &str| Config { url: Some(url.to_owned()), ..Config::default() }.is_open();
        for here in ["http://localhost:7300", "http://127.0.0.1", "https://[::1]:7300/hub"] {
            assert!(with(here), "{here}");
        }
        for elsewhere in
            ["https://hub.example.cn", "http://10.0.0.1:7300", "hub", "", "http://localhost.example"]
        {
            assert!(!with(elsewhere), "{elsewhere}");
        }
        assert!(Config { open: Some(true), ..behind }.is_open(), "unless told so");
    }

    #[test]
    fn a_line_that_anybody_can_read_is_opened_by_nobody_unawares() {
        let exposed = Config { listen: ([0, 0, 0, 0], 7_300).into(), ..Config::default() };
        assert!(exposed.is_exposed());
        assert!(!Config::default().is_exposed());
        assert!(!Config { behind_proxy: true, ..exposed.clone() }.is_exposed());
        assert!(!Config { plain_http: true, ..exposed.clone() }.is_exposed());
        let tls = Some(Tls { certificate: PathBuf::new(), key: PathBuf::new() });
        assert!(!Config { tls, ..exposed }.is_exposed());
    }

    #[test]
    fn a_file_sets_what_it_names_and_an_unknown_name_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hub.toml");
        std::fs::write(&file, "listen = \"0.0.0.0:80\"\n[rates]\nrequests_per_minute = 5\n").unwrap();
        let config = Config::read(Some(&file)).unwrap();
        assert_eq!(config.listen.port(), 80);
        assert_eq!(config.rates.requests_per_minute.get(), 5);
        std::fs::write(&file, "lissten = \"0.0.0.0:80\"\n").unwrap();
        assert!(Config::read(Some(&file)).is_err());
    }
}
