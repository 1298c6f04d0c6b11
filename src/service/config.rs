//! Settings: environment `CRAMP_DIARY_*` over `cramp-diary.toml` over defaults. A wrong value stops the start with one
//! line that names it.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use tracing_subscriber::filter::Targets;

use crate::{
    access::passwords::Cost,
    foundation::public_url::PublicUrl,
    service::security_contact::{self, SecurityContact},
    storage::{Address, Checkpoints, PgAddress, sealing::Recipient},
};

/// The file that is read beside the environment, from the working directory.
pub const FILE: &str = "cramp-diary.toml";
const PREFIX: &str = "CRAMP_DIARY_";

/// A setting's name, its default and what it is for; `--help` lists this table.
pub struct Setting {
    /// As in the environment after `CRAMP_DIARY_`; in the file in lower case.
    pub name: &'static str,
    /// What holds when nobody says otherwise.
    pub default: &'static str,
    /// One line for the operator.
    pub help: &'static str,
}

macro_rules! settings {
    ($($name:literal, $default:literal, $help:literal;)+) => {
        /// Every setting.
        pub const SETTINGS: &[Setting] = &[$(Setting { name: $name, default: $default, help: $help }),+];
    };
}

settings! {
    "LISTEN", "127.0.0.1:8080", "address and port of the API";
    "DATA_DIR", "data", "folder of the database and the signing key";
    "DATABASE_URL", "sqlite://{DATA_DIR}/cramp-diary.db", "the database: sqlite://FILE, or postgres://USER:PASSWORD@HOST/DATABASE for many machines";
    "REPLICA_URL", "", "a PostgreSQL replica for reads that may be a moment old";
    "PUBLIC_URL", "http://{LISTEN}", "how clients reach the service; the issuer of its tokens";
    "SIGNING_KEY_FILE", "{DATA_DIR}/signing.key", "keys of the access tokens, one a line, the first one signs; made when absent";
    "LEDGER_FILE", "{DATA_DIR}/ended.ledger", "what was erased or withdrawn, in ids, so that a restore brings none of it back; off for none";
    "BACKUP_RECIPIENTS", "", "keys that backups are encrypted to, as age1…, with commas; without one they are not encrypted";
    "CHECKPOINTS", "service", "who moves SQLite's log into the database: service, or litestream where that replicates it";
    "TZ_DATA", "", "a folder of time zones, as /usr/share/zoneinfo, which rules where it is newer than the program";
    "LOG", "info", "what is logged: error, warn, info, debug, trace, or directives as cramp_diary=debug";
    "LOG_FORMAT", "auto", "pretty, json, or auto: pretty on a terminal, JSON otherwise";
    "METRICS_LISTEN", "off", "address and port of the Prometheus metrics";
    "TRUSTED_PROXIES", "", "addresses of proxies whose X-Forwarded-For is believed, with commas";
    "SECURITY_CONTACT", "", "whom to tell of a weakness, for /.well-known/security.txt: mailto:, https:// or tel:, with commas";
    "CORS_ORIGINS", "", "origins of web apps that may call the API, with commas";
    "AUTH_PER_MINUTE", "60", "requests to /v1/auth, codes and links a minute from one address; 0 for no limit";
    "REQUESTS_PER_MINUTE", "0", "requests a minute of one account; 0 for no limit, as for all that follow";
    "TOKEN_PER_MINUTE", "0", "requests a minute by one personal access token, besides those of its account";
    "LOOKS_PER_MINUTE", "1200", "looks at others' diaries a minute of one account, each a row of an access log";
    "DIVISIONS_PER_MINUTE", "6", "changes a minute of one account of how the day divides, each of which counts a diary anew";
    "ROWS_PER_MINUTE", "30000", "rows a minute of one account that its devices bring in batches";
    "HASHES_PER_MINUTE", "60", "passwords and passcodes a minute of one account that are checked or kept";
    "REPORTS_PER_MINUTE", "600", "reports a minute of one account, or through links of one address";
    "EXPORTS_PER_MINUTE", "60", "exports a minute of one account";
    "READ_CONNECTIONS", "4", "how many reads of the database run at once";
    "WRITE_CONNECTIONS", "8", "how many writes run at once on PostgreSQL; SQLite has one writer";
    "WRITE_QUEUE", "1024", "how many writes may wait before further ones get 503";
    "WAITING_EACH", "256", "how many reads, and how many writes, of one account or address may wait";
    "TOMBSTONE_DAYS", "400", "days for which is remembered what was deleted, and what rows said before; a device that was away for longer begins anew";
    "STOP_NOTICE", "0", "seconds between the signal to stop and the end of new requests; /health/ready says so meanwhile";
    "FHIR_SNOMED", "on", "off where codes of SNOMED CT may not go out with FHIR: whoever runs the service may need a licence";
    "PREPARED_STATEMENTS", "on", "off where a pooler gives each transaction another connection to PostgreSQL";
}

/// The settings, each checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the API listens.
    pub listen: SocketAddr,
    /// The folder of what the service writes.
    pub data_dir: PathBuf,
    /// Where the database is.
    pub database: Address,
    /// Where reads that may be a moment old can go.
    pub replica: Option<PgAddress>,
    /// How clients reach the service.
    pub public_url: PublicUrl,
    /// Where the signing keys are.
    pub signing_key_file: PathBuf,
    /// Where what ends is noted beside the database, if anywhere.
    pub ledger_file: Option<PathBuf>,
    /// Who can read backups, if they are encrypted.
    pub backup_recipients: Vec<Recipient>,
    /// Who moves SQLite's log into the database.
    pub checkpoints: Checkpoints,
    /// Where newer rules of time zones may lie.
    pub tz_data: Option<PathBuf>,
    /// Filter directives.
    pub log: String,
    /// How lines are written.
    pub log_format: LogFormat,
    /// Where metrics are served, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whom to tell of a weakness.
    pub security_contact: SecurityContact,
    /// Origins that browsers may call from.
    pub cors_origins: Vec<String>,
    /// Requests a minute from one address to routes that are limited, signing in among them; `None` for no limit.
    pub auth_per_minute: Option<std::num::NonZeroU32>,
    /// Reads at once.
    pub read_connections: usize,
    /// Writes at once, on PostgreSQL.
    pub write_connections: usize,
    /// Writes that may wait.
    pub write_queue: usize,
    /// Reads that may wait of one account or address, and writes.
    pub waiting_each: usize,
    /// What one account may ask for in a minute.
    pub budgets: Budgets,
    /// Whether codes of SNOMED CT go out with FHIR.
    pub fhir_snomed: bool,
    /// Whether PostgreSQL keeps prepared statements.
    pub prepared_statements: bool,
    /// How long is remembered what was deleted, and what rows said before.
    pub tombstones: Duration,
    /// How long requests are still taken after the signal to stop.
    pub stop_notice: Duration,
    /// What hashing a password costs. No setting: an operator could only make it worse.
    pub password_cost: Cost,
    /// Variables of the environment that look like settings and are none.
    pub unknown: Vec<String>,
}

/// What one account may ask for in a minute; 0 for as much as it likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    /// Anything.
    pub requests: u32,
    /// Anything, by one personal access token.
    pub token_requests: u32,
    /// Looks at others' diaries.
    pub looks: u32,
    /// Changes of how the day divides.
    pub divisions: u32,
    /// Rows that devices bring in batches.
    pub rows: u32,
    /// Passwords and passcodes.
    pub hashes: u32,
    /// Reports.
    pub reports: u32,
    /// Exports.
    pub exports: u32,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// One line that names the setting and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Config {
    /// Reads the environment of this process and the file in its working directory.
    ///
    /// # Errors
    /// One line about the first setting that can't be used.
    pub fn load() -> Result<Self, ConfigError> {
        let file = match std::fs::read_to_string(FILE) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(ConfigError(format!("{FILE}: {error}"))),
        };
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
        Self::read(environment, &file)
    }

    /// Reads given variables and the text of a file.
    ///
    /// # Errors
    /// One line about the first setting that can't be used.
    pub fn read(environment: impl IntoIterator<Item = (String, String)>, file: &str) -> Result<Self, ConfigError> {
        let mut given = from_file(file)?;
        let mut unknown = Vec::new();
        for (name, value) in environment {
            match name.strip_prefix(PREFIX).map(|setting| known(setting, &name)) {
                Some(Ok(setting)) => drop(given.insert(setting, Given { value, source: name })),
                // Scripts around the service have variables of their own, and other versions other settings.
                Some(Err(_)) => unknown.push(name),
                None => {}
            }
        }
        let given = Layers(given);

        let listen: SocketAddr = given.parse("LISTEN", "an address and a port, as 127.0.0.1:8080")?;
        let data_dir = PathBuf::from(given.text("DATA_DIR"));
        let public_url = PublicUrl::parse(&given.text("PUBLIC_URL").replace("{LISTEN}", &listen.to_string()))
            .ok_or_else(|| given.wrong("PUBLIC_URL", "a URL that begins with http:// or https://"))?;
        let log_format = match given.text("LOG_FORMAT").as_str() {
            "auto" if std::io::IsTerminal::is_terminal(&std::io::stderr()) => LogFormat::Pretty,
            "auto" | "json" => LogFormat::Json,
            "pretty" => LogFormat::Pretty,
            _ => return Err(given.wrong("LOG_FORMAT", "pretty, json or auto")),
        };
        let log = given.text("LOG");
        if log.parse::<Targets>().is_err() {
            return Err(given.wrong("LOG", "a level or directives, as info or cramp_diary=debug"));
        }
        let metrics_listen = match given.text("METRICS_LISTEN").as_str() {
            "" | "off" => None,
            _ => Some(given.parse("METRICS_LISTEN", "off, or an address and a port")?),
        };
        let trusted_proxies = given
            .list("TRUSTED_PROXIES")
            .into_iter()
            .map(|address| {
                address
                    .parse()
                    .map(|proxy: IpAddr| proxy.to_canonical())
                    .map_err(|_| given.wrong("TRUSTED_PROXIES", "addresses with commas between them"))
            })
            .collect::<Result<_, _>>()?;
        let security_contact = SecurityContact(given.list("SECURITY_CONTACT"));
        if !security_contact.0.iter().all(|address| security_contact::is_address(address)) {
            return Err(given.wrong("SECURITY_CONTACT", "addresses that begin with mailto:, https:// or tel:"));
        }
        let cors_origins = given.list("CORS_ORIGINS");
        if !cors_origins.iter().all(|origin| is_origin(origin)) {
            return Err(
                given.wrong("CORS_ORIGINS", "origins with commas between them, as https://app.example, without a path")
            );
        }
        let checkpoints = match given.text("CHECKPOINTS").as_str() {
            "service" => Checkpoints::Service,
            "litestream" => Checkpoints::Litestream,
            _ => return Err(given.wrong("CHECKPOINTS", "service or litestream")),
        };
        let database = database(&given, &data_dir)?;
        let ledger_file = given.text("LEDGER_FILE");
        let tz_data = given.text("TZ_DATA");
        let backup_recipients = given
            .list("BACKUP_RECIPIENTS")
            .into_iter()
            .map(|key| Recipient::parse(&key).ok_or_else(|| given.wrong("BACKUP_RECIPIENTS", "keys as age1…")))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            listen,
            replica: replica(&given, &database)?,
            database,
            public_url,
            signing_key_file: in_data_dir(&given.text("SIGNING_KEY_FILE"), &data_dir),
            ledger_file: (ledger_file != "off").then(|| in_data_dir(&ledger_file, &data_dir)),
            data_dir,
            backup_recipients,
            checkpoints,
            tz_data: (!tz_data.is_empty()).then(|| PathBuf::from(tz_data)),
            log,
            log_format,
            metrics_listen,
            trusted_proxies,
            security_contact,
            cors_origins,
            password_cost: Cost::STANDARD,
            auth_per_minute: std::num::NonZeroU32::new(given.parse("AUTH_PER_MINUTE", "a whole number")?),
            read_connections: given.count("READ_CONNECTIONS", 256)?,
            write_connections: given.count("WRITE_CONNECTIONS", 256)?,
            write_queue: given.count("WRITE_QUEUE", 1_000_000)?,
            waiting_each: given.count("WAITING_EACH", 1_000_000)?,
            budgets: given.budgets()?,
            fhir_snomed: given.switch("FHIR_SNOMED")?,
            prepared_statements: given.switch("PREPARED_STATEMENTS")?,
            tombstones: Duration::from_hours(
                24 * u64::from(given.parse::<u16>("TOMBSTONE_DAYS", "a number of days up to 65535")?),
            ),
            stop_notice: Duration::from_secs(
                given.parse::<u16>("STOP_NOTICE", "a number of seconds up to 65535")?.into(),
            ),
            unknown,
        })
    }
}

/// A scheme and an authority, and nothing after them: what browsers send as `Origin`.
fn is_origin(text: &str) -> bool {
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    !authority.is_empty() && authority.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
}

fn database(given: &Layers, data_dir: &Path) -> Result<Address, ConfigError> {
    match address(given, "DATABASE_URL")? {
        Address::Sqlite(file) => Ok(Address::Sqlite(in_data_dir(&file.to_string_lossy(), data_dir))),
        servers @ Address::Postgres(_) => Ok(servers),
    }
}

fn replica(given: &Layers, primary: &Address) -> Result<Option<PgAddress>, ConfigError> {
    let refused = |why: &str| Err(ConfigError(format!("{}: {why}", given.source("REPLICA_URL"))));
    if given.text("REPLICA_URL").is_empty() {
        return Ok(None);
    }
    match (address(given, "REPLICA_URL")?, primary) {
        (Address::Postgres(replica), Address::Postgres(_)) => Ok(Some(*replica)),
        (Address::Postgres(_), Address::Sqlite(_)) => refused("is of no use unless DATABASE_URL is postgres://"),
        (Address::Sqlite(_), _) => refused("must be postgres://"),
    }
}

/// Never quotes the value: a URL may hold a password.
fn address(given: &Layers, name: &str) -> Result<Address, ConfigError> {
    Address::parse(&given.text(name)).map_err(|why| ConfigError(format!("{}: {why}", given.source(name))))
}

fn in_data_dir(text: &str, data_dir: &Path) -> PathBuf {
    PathBuf::from(text.replace("{DATA_DIR}", &data_dir.to_string_lossy()))
}

#[derive(Debug)]
struct Given {
    value: String,
    source: String,
}

/// What was said where, by setting.
#[derive(Debug)]
struct Layers(BTreeMap<&'static str, Given>);

impl Layers {
    fn text(&self, name: &str) -> String {
        let default =
            || SETTINGS.iter().find(|setting| setting.name == name).map_or("", |setting| setting.default).to_owned();
        self.0.get(name).map_or_else(default, |given| given.value.trim().to_owned())
    }

    fn source(&self, name: &str) -> String {
        self.0.get(name).map_or_else(|| name.to_owned(), |given| given.source.clone())
    }

    fn wrong(&self, name: &str, expected: &str) -> ConfigError {
        ConfigError(format!("{}: must be {expected}, not {:?}", self.source(name), self.text(name)))
    }

    fn parse<T: std::str::FromStr>(&self, name: &str, expected: &str) -> Result<T, ConfigError> {
        self.text(name).parse().map_err(|_| self.wrong(name, expected))
    }

    fn budgets(&self) -> Result<Budgets, ConfigError> {
        let a_minute = |name: &str| self.parse(name, "a whole number");
        Ok(Budgets {
            requests: a_minute("REQUESTS_PER_MINUTE")?,
            token_requests: a_minute("TOKEN_PER_MINUTE")?,
            looks: a_minute("LOOKS_PER_MINUTE")?,
            divisions: a_minute("DIVISIONS_PER_MINUTE")?,
            rows: a_minute("ROWS_PER_MINUTE")?,
            hashes: a_minute("HASHES_PER_MINUTE")?,
            reports: a_minute("REPORTS_PER_MINUTE")?,
            exports: a_minute("EXPORTS_PER_MINUTE")?,
        })
    }

    fn count(&self, name: &str, most: usize) -> Result<usize, ConfigError> {
        let expected = format!("a whole number from 1 to {most}");
        let count: usize = self.parse(name, &expected)?;
        if (1..=most).contains(&count) { Ok(count) } else { Err(self.wrong(name, &expected)) }
    }

    fn switch(&self, name: &str) -> Result<bool, ConfigError> {
        match self.text(name).as_str() {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(self.wrong(name, "on or off")),
        }
    }

    fn list(&self, name: &str) -> Vec<String> {
        self.text(name).split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
    }
}

fn known(name: &str, source: &str) -> Result<&'static str, ConfigError> {
    SETTINGS
        .iter()
        .map(|setting| setting.name)
        .find(|known| *known == name)
        .ok_or_else(|| ConfigError(format!("{source}: there is no such setting; --help lists them all")))
}

fn from_file(text: &str) -> Result<BTreeMap<&'static str, Given>, ConfigError> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
        ConfigError(format!("{FILE}, line {line}: {}", error.message()))
    })?;
    table
        .into_iter()
        .map(|(name, value)| {
            let source = format!("{FILE}: {name}");
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Array(items) if items.iter().all(toml::Value::is_str) => {
                    items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(",")
                }
                _ => return Err(ConfigError(format!("{source}: must be text, a whole number or a list of texts"))),
            };
            Ok((known(&name.to_ascii_uppercase(), &source)?, Given { value, source }))
        })
        .collect()
}

/// The table of settings as `--help` prints it.
#[must_use]
pub fn help() -> String {
    use fmt::Write;
    let mut text = format!("Settings, from the environment ({PREFIX}NAME) or {FILE} (name in lower case):\n");
    for setting in SETTINGS {
        let default = if setting.default.is_empty() { "none" } else { setting.default };
        // Writing to a String can't fail.
        let _ = writeln!(text, "  {:<19} {} [{default}]", setting.name, setting.help);
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(environment: &[(&str, &str)], file: &str) -> Result<Config, String> {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::read(environment, file).map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_word_everything_has_a_default() {
        let config = read(&[], "").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database.file(), Some(Path::new("data/cramp-diary.db")));
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080");
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let config =
            read(&[("CRAMP_DIARY_LISTEN", "[::1]:9000")], "listen = \"0.0.0.0:1\"\ndata_dir = \"/srv\"").unwrap();
        assert_eq!(config.listen.to_string(), "[::1]:9000");
        assert_eq!(config.signing_key_file, Path::new("/srv/signing.key"));
    }

    #[test]
    fn a_variable_that_is_no_setting_is_told_and_stops_nothing() {
        assert_eq!(read(&[("CRAMP_DIARY_LISTE", "x"), ("HOME", "/")], "").unwrap().unknown, ["CRAMP_DIARY_LISTE"]);
    }

    #[test]
    fn a_wrong_value_is_named_with_where_it_stands() {
        for (environment, file, expected) in [
            (vec![("CRAMP_DIARY_LISTEN", "8080")], "", "CRAMP_DIARY_LISTEN: must be an address and a port"),
            (vec![], "liste = \"x\"", "cramp-diary.toml: liste: there is no such setting"),
            (vec![], "write_queue = 0", "cramp-diary.toml: write_queue: must be a whole number from 1"),
            (vec![], "a = 1\nlisten =", "cramp-diary.toml, line 2"),
            (
                vec![("CRAMP_DIARY_DATABASE_URL", "mysql://u:secret@h/d")],
                "",
                "CRAMP_DIARY_DATABASE_URL: this version knows no database mysql://",
            ),
            (vec![("CRAMP_DIARY_DATABASE_URL", "data/x.db")], "", "CRAMP_DIARY_DATABASE_URL: must be a URL"),
            (
                vec![("CRAMP_DIARY_DATABASE_URL", "postgres://u:secret@h/d?sslmode=yes")],
                "",
                "CRAMP_DIARY_DATABASE_URL: sslmode must be disable",
            ),
            (
                vec![("CRAMP_DIARY_DATABASE_URL", "postgres://u:secret@h:port/d")],
                "",
                "CRAMP_DIARY_DATABASE_URL: invalid",
            ),
            (vec![("CRAMP_DIARY_REPLICA_URL", "postgres://u:secret@h/d")], "", "CRAMP_DIARY_REPLICA_URL: is of no use"),
            (vec![], "prepared_statements = \"maybe\"", "cramp-diary.toml: prepared_statements: must be on or off"),
            (vec![("CRAMP_DIARY_LOG", "=x=")], "", "CRAMP_DIARY_LOG: must be a level"),
            (vec![], "checkpoints = \"off\"", "cramp-diary.toml: checkpoints: must be service or litestream"),
        ] {
            let error = read(&environment, file).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
            assert!(!error.contains('\n') && !error.contains("secret"), "{error}");
        }
    }
}
