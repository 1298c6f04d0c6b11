//! The table of all settings.

use std::fmt::Write;

/// The file that is read beside the environment, from the working directory.
pub const FILE: &str = "cramp-diary.toml";
/// What names of variables begin with.
pub const PREFIX: &str = "CRAMP_DIARY_";

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
    "DATA_DIR", "data", "folder of the database and the keys";
    "DATABASE_URL", "sqlite://{DATA_DIR}/cramp-diary.db", "the database: sqlite://FILE, or postgres://USER:PASSWORD@HOST/DATABASE for many machines";
    "REPLICA_URL", "", "a PostgreSQL replica for reads that may be a moment old";
    "PUBLIC_URL", "http://{LISTEN}", "how clients reach the service; the issuer of its tokens";
    "SIGNING_KEY_FILE", "{DATA_DIR}/signing.key", "keys of the access tokens, one a line, the first one signs; made when absent";
    "SECRETS_KEY_FILE", "{DATA_DIR}/secrets.key", "keys that seal what the database may not show, such as secrets of second factors; made when absent";
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
    "TOKEN_PER_MINUTE", "0", "requests a minute by one personal access token or connected app, besides those of its account";
    "LOOKS_PER_MINUTE", "1200", "looks at others' diaries a minute of one account, each a row of an access log";
    "DIVISIONS_PER_MINUTE", "6", "changes a minute of one account of how the day divides, each of which counts a diary anew";
    "ROWS_PER_MINUTE", "30000", "rows a minute of one account that its devices bring in batches";
    "HASHES_PER_MINUTE", "60", "passwords and passcodes a minute of one account that are checked or kept";
    "REPORTS_PER_MINUTE", "600", "reports a minute of one account, or through links of one address";
    "EXPORTS_PER_MINUTE", "60", "exports a minute of one account";
    "SMTP_URL", "", "the mail server: smtps://USER:PASSWORD@HOST, or smtp://HOST?tls=required; without one no mail is sent";
    "MAIL_FROM", "", "from whom mail is, as Diary <diary@example.org>";
    "WEBHOOKS", "on", "whether programs are told of what happens: on, or off for a copy that tells nobody";
    "WEBHOOKS_ALLOW_PRIVATE", "off", "on where webhooks may lead into this machine's network, and without TLS";
    "WEBHOOK_RETRIES", "5,300,1800,7200,18000,36000,50400,61200", "seconds to wait after each attempt to tell a webhook that failed, with commas";
    "READ_CONNECTIONS", "4", "how many reads of the database run at once";
    "WRITE_CONNECTIONS", "8", "how many writes run at once on PostgreSQL; SQLite has one writer";
    "WRITE_QUEUE", "1024", "how many writes may wait before further ones get 503";
    "WAITING_EACH", "256", "how many reads, and how many writes, of one account or address may wait";
    "TOMBSTONE_DAYS", "400", "days for which is remembered what was deleted, and what rows said before; a device that was away for longer begins anew";
    "STOP_NOTICE", "0", "seconds between the signal to stop and the end of new requests; /health/ready says so meanwhile";
    "FHIR_SNOMED", "on", "off where codes of SNOMED CT may not go out with FHIR: whoever runs the service may need a licence";
    "PREPARED_STATEMENTS", "on", "off where a pooler gives each transaction another connection to PostgreSQL";
}

/// One line that names the setting and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// The table of settings as `--help` prints it.
#[must_use]
pub fn help() -> String {
    let mut text = format!("Settings, from the environment ({PREFIX}NAME) or {FILE} (name in lower case):\n");
    for setting in SETTINGS {
        let default = if setting.default.is_empty() { "none" } else { setting.default };
        // Writing to a String can't fail.
        let _ = writeln!(text, "  {:<22} {} [{default}]", setting.name, setting.help);
    }
    text
}
