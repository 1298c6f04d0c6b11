//! Settings: environment `CRAMP_DIARY_*` over `cramp-diary.toml` over defaults. A wrong value stops the start with one
//! line that names it.

mod layers;
mod settings;

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use tracing_subscriber::filter::Targets;

use self::layers::{Given, Layers, from_file, known};
pub use self::settings::{ConfigError, FILE, SETTINGS, Setting, help};

use crate::{
    access::passwords::Cost,
    foundation::public_url::PublicUrl,
    people::mail::smtp::{Mailbox, Server},
    service::security_contact::{self, SecurityContact},
    sharing::{deliveries::model::Retries, webhooks::model::Reach},
    storage::{Address, Checkpoints, PgAddress, sealing::Recipient},
};

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
    /// Where the keys are that seal secrets in the database.
    pub secrets_key_file: PathBuf,
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
    /// Where mail is handed in, if any is sent.
    pub mail: Option<Server>,
    /// Whom programs are told by, and how.
    pub webhooks: Webhooks,
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

/// How programs are told of what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhooks {
    /// Whether they are told at all.
    pub are_on: bool,
    /// Where they may be.
    pub reach: Reach,
    /// When one that does not take it is tried again.
    pub retries: Retries,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

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
            match name.strip_prefix(settings::PREFIX).map(|setting| known(setting, &name)) {
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
            .ok_or_else(|| {
                given.wrong("PUBLIC_URL", "http:// or https:// with a host and perhaps a port, and no path")
            })?;
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
            secrets_key_file: in_data_dir(&given.text("SECRETS_KEY_FILE"), &data_dir),
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
            budgets: budgets(&given)?,
            mail: mail(&given)?,
            webhooks: webhooks(&given)?,
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

fn budgets(given: &Layers) -> Result<Budgets, ConfigError> {
    let a_minute = |name: &str| given.parse(name, "a whole number");
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

fn webhooks(given: &Layers) -> Result<Webhooks, ConfigError> {
    let retries = Retries::parse(&given.text("WEBHOOK_RETRIES"));
    let expected = "up to 20 numbers of seconds with commas between them, each from 1 to 604800";
    Ok(Webhooks {
        are_on: given.switch("WEBHOOKS")?,
        reach: if given.switch("WEBHOOKS_ALLOW_PRIVATE")? { Reach::Anywhere } else { Reach::Public },
        retries: retries.ok_or_else(|| given.wrong("WEBHOOK_RETRIES", expected))?,
    })
}

fn mail(given: &Layers) -> Result<Option<Server>, ConfigError> {
    let (url, from) = (given.text("SMTP_URL"), given.text("MAIL_FROM"));
    if url.is_empty() {
        return Ok(None);
    }
    let from: Option<Mailbox> = from.parse().ok();
    let from =
        from.ok_or_else(|| given.wrong("MAIL_FROM", "an address that mail is from, as Diary <diary@example.org>"))?;
    // Never quotes the value: a password may be in it.
    let server =
        Server::parse(&url, from).map_err(|why| ConfigError(format!("{}: {why}", given.source("SMTP_URL"))))?;
    Ok(Some(server))
}

/// Never quotes the value: a URL may hold a password.
fn address(given: &Layers, name: &str) -> Result<Address, ConfigError> {
    Address::parse(&given.text(name)).map_err(|why| ConfigError(format!("{}: {why}", given.source(name))))
}

fn in_data_dir(text: &str, data_dir: &Path) -> PathBuf {
    PathBuf::from(text.replace("{DATA_DIR}", &data_dir.to_string_lossy()))
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
    fn a_receiver_is_tried_for_two_days_unless_the_operator_says_otherwise() {
        let retries = read(&[], "").unwrap().webhooks.retries.to_string();
        let waits: Vec<u64> = retries.split(',').map(|seconds| seconds.parse().unwrap()).collect();
        assert!((48..60).contains(&(waits.iter().sum::<u64>() / 3_600)), "{retries}");
        assert!(waits.is_sorted(), "{retries}");
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
            (vec![], "webhook_retries = \"5,0\"", "cramp-diary.toml: webhook_retries: must be up to 20 numbers"),
            (
                vec![
                    ("CRAMP_DIARY_SMTP_URL", "smtp://u:secret@mail.example"),
                    ("CRAMP_DIARY_MAIL_FROM", "d@example.org"),
                ],
                "",
                "CRAMP_DIARY_SMTP_URL: would send letters",
            ),
            (vec![("CRAMP_DIARY_SMTP_URL", "smtps://u:secret@mail.example")], "", "MAIL_FROM: must be an address"),
            (
                vec![("CRAMP_DIARY_SMTP_URL", "mail.example:secret"), ("CRAMP_DIARY_MAIL_FROM", "d@example.org")],
                "",
                "CRAMP_DIARY_SMTP_URL: must be smtps://",
            ),
            (vec![], "checkpoints = \"off\"", "cramp-diary.toml: checkpoints: must be service or litestream"),
        ] {
            let error = read(&environment, file).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
            assert!(!error.contains('\n') && !error.contains("secret"), "{error}");
        }
    }
}
