//! The command line.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use chrono::NaiveDate;
use clap::{
    Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{
    Service, audit,
    config::{self, Config},
    contract,
    made_up::{crowd, demo},
    output::print,
    reclocking, registering, restoring, secrets, serving, telemetry,
};
use crate::{
    analytics::period::Asked,
    foundation::{clock::Clock, language::Language, timestamps, zones::Rules},
    reports::{
        file::{self, Wanted},
        findings::{LogLength, ReportAsked},
    },
    sharing::webhooks::model::Reach,
    storage::{self, Address, Store, sealing::Recipient, transfer},
};

/// A diary for people with leg cramps: log cramps and soreness, see what share comes at night.
#[derive(Parser)]
#[command(version, after_help = config::help())]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the pages; what happens when no command is given.
    Serve {
        /// Serve made-up people out of a folder that is thrown away; the database of the settings is left alone.
        #[arg(long)]
        demo: bool,
    },
    /// Fill the database with believable people, three patients and a clinician, and print their sign-ins.
    Demo,
    /// Fill the database with many people and long diaries, for load tests.
    Seed {
        /// How many people.
        #[arg(long)]
        people: u32,
        /// How many cramps each of them has.
        #[arg(long)]
        cramps: u32,
    },
    /// Bring the database up to date, without serving.
    Migrate,
    /// Write a consistent copy of the database into a new file, also while the service runs.
    Backup {
        /// The file to write; it must not exist.
        file: PathBuf,
        /// Encrypt it to this key (age1…), instead of to `BACKUP_RECIPIENTS`; may be given more than once.
        #[arg(long, value_parser = recipient)]
        to: Vec<Recipient>,
    },
    /// Put a backup in the place of the database, which must not exist; its integrity is checked first. What was erased
    /// or withdrawn after it, by the ledger, is ended again, and so is every session.
    Restore {
        /// A file that `backup` wrote.
        file: PathBuf,
        /// A copy of the ledger, besides `LEDGER_FILE`; may be given more than once.
        #[arg(long)]
        ledger: Vec<PathBuf>,
        /// The file with the key that opens an encrypted one, as age-keygen makes it.
        #[arg(long)]
        identity: Option<PathBuf>,
    },
    /// End again what the ledger tells of, and every session, in a database that was restored by other means, such as
    /// `pg_restore`.
    ReplayLedger {
        /// A copy of the ledger, besides `LEDGER_FILE`; may be given more than once.
        #[arg(long)]
        ledger: Vec<PathBuf>,
    },
    /// Copy everything into another database, of the same kind or the other; stop the service before.
    Copy {
        /// Where it is now, as in `DATABASE_URL`.
        #[arg(long)]
        from: String,
        /// Where it goes; nothing must be there.
        #[arg(long)]
        to: String,
    },
    /// Write a diary's report, as the clinician sees it, into a new file.
    Report {
        /// The diary's id, or its owner's e-mail.
        #[arg(long)]
        diary: String,
        /// The file to write: a .pdf or a .html.
        #[arg(long)]
        out: PathBuf,
        /// The first local date; 90 days end with the last one when it is not given.
        #[arg(long, value_parser = date)]
        from: Option<NaiveDate>,
        /// The last local date; today when it is not given.
        #[arg(long, value_parser = date)]
        to: Option<NaiveDate>,
        /// The language.
        #[arg(long, value_parser = language(), default_value = "en")]
        lang: Language,
        /// List all cramps of the period, not the latest alone.
        #[arg(long)]
        whole_log: bool,
    },
    /// Put right the local clocks of cramps that were worked out by an older tz database and are others by the present one
    /// (`TZ_DATA`), also while the service runs.
    Reclock {
        /// Only list them; no cramp is changed.
        #[arg(long)]
        dry_run: bool,
    },
    /// Ask whether the access log is still what it was, also while the service runs.
    Audit {
        #[command(subcommand)]
        question: Audit,
    },
    /// Apps of others that people may let in (OAuth), also while the service runs.
    Client {
        #[command(subcommand)]
        what: registering::Client,
    },
    /// The keys that seal what the service has to read back, such as the secrets of second factors.
    Secrets {
        #[command(subcommand)]
        what: secrets::Secrets,
    },
    /// Print the API's contract, openapi.yaml.
    Openapi,
    /// Check the settings and say what holds.
    Check,
}

#[derive(Subcommand)]
enum Audit {
    /// Check that no row of the access log was changed, taken out or put in.
    Verify {
        /// The log of one diary, by its id.
        #[arg(long)]
        diary: Option<String>,
        /// A file of what `audit heads` printed once, which must be in the log still.
        #[arg(long)]
        against: Option<PathBuf>,
    },
    /// Print where the log of each diary ends, to be kept elsewhere: its id, the number of the last row, and its hash.
    Heads,
}

/// Does what the command line says. What goes wrong is one line on the standard error stream.
#[must_use]
pub fn main() -> ExitCode {
    let command = CommandLine::parse().command.unwrap_or(Command::Serve { demo: false });
    let outcome = if matches!(command, Command::Openapi) {
        print(contract::OPENAPI_YAML)
    } else {
        Config::load().map_err(|error| error.to_string()).and_then(|config| {
            telemetry::start_logging(&config);
            for name in &config.unknown {
                tracing::warn!(name, "there is no such setting; --help lists them all");
            }
            if let Some(folder) = &config.tz_data {
                Rules::prefer_newer(folder).map_err(|error| format!("TZ_DATA: {error}"))?;
            }
            run(&command, config)
        })
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            // The standard error stream is all that is left; if it is closed, the exit code has to say it.
            let _ = writeln!(std::io::stderr(), "cramp-diary: {line}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command, config: Config) -> Result<(), String> {
    match command {
        Command::Serve { demo: false } => actix_web::rt::System::new().block_on(serving::serve(config)),
        Command::Serve { demo: true } => actix_web::rt::System::new().block_on(serving::serve_demo(config)),
        Command::Demo => actix_web::rt::System::new().block_on(async {
            let service = Service::open(config, Clock::system()).await?;
            print(&demo::fill(&service).await?)
        }),
        Command::Seed { people, cramps } => actix_web::rt::System::new().block_on(async {
            let service = Service::open(config, Clock::system()).await?;
            print(&crowd::fill(&service, *people, *cramps).await?)
        }),
        Command::Migrate => actix_web::rt::System::new().block_on(async {
            let (store, clock) = (super::open_store(&config)?, Clock::system());
            secrets::begin(&store, &config).await?;
            serving::catch_up(&store, &clock).await?;
            drop(store);
            serving::leave_one_file(&config.database, config.checkpoints);
            print(&format!("{} is up to date\n", config.database))
        }),
        Command::Backup { file, to } => {
            let database = database_file("backup", &config)?;
            must_exist(database)?;
            let recipients = if to.is_empty() { &config.backup_recipients } else { to };
            storage::backup(database, file, recipients).map_err(|error| format!("backup: {error}"))?;
            let kind = if recipients.is_empty() { "a copy" } else { "an encrypted copy" };
            print(&format!("{} is {kind} of {}\n", file.display(), database.display()))
        }
        Command::Restore { file, ledger, identity } => {
            print(&restoring::restore(&config, file, identity.as_deref(), ledger)?)
        }
        Command::ReplayLedger { ledger } => print(&restoring::replay(&config, ledger)?),
        Command::Copy { from, to } => {
            let address = |name: &str, url: &str| Address::parse(url).map_err(|why| format!("copy: {name}: {why}"));
            let (from, to) = (address("--from", from)?, address("--to", to)?);
            let copied = transfer::copy(&from, &to).map_err(|error| format!("copy: {error}"))?;
            print(&format!("{to} holds what {from} held, row for row:\n"))?;
            for (table, rows) in copied {
                print(&format!("  {table:<19} {rows:>10}\n"))?;
            }
            print(
                "give the new service the same SECRETS_KEY_FILE, without which it does not start, and the same \
                 SIGNING_KEY_FILE, so that everybody stays signed in\n",
            )
        }
        Command::Report { diary, out, from, to, lang, whole_log } => actix_web::rt::System::new().block_on(async {
            let store = open_beside_its_ledger(config)?;
            let clock = Clock::system();
            serving::count_older(&store, &clock).await?;
            serving::chain_older(&store).await?;
            let log = if *whole_log { LogLength::All } else { LogLength::Latest };
            let asked = ReportAsked { about: Asked { from: *from, to: *to, language: *lang }, log };
            let wanted = Wanted { diary: diary.clone(), out: out.clone(), asked };
            print(&file::write(&store, &clock, wanted).await.map_err(|error| format!("report: {error}"))?)
        }),
        Command::Reclock { dry_run } => actix_web::rt::System::new().block_on(async {
            let store = open_beside_its_ledger(config)?;
            let clock = Clock::system();
            serving::count_older(&store, &clock).await?;
            serving::chain_older(&store).await?;
            reclocking::reclock(&store, &clock, *dry_run, print).await
        }),
        Command::Audit { question } => actix_web::rt::System::new().block_on(async {
            let store = open_beside_its_ledger(config)?;
            serving::chain_older(&store).await?;
            let outcome = match question {
                Audit::Verify { diary, against } => audit::verify(&store, diary.as_deref(), against.as_deref()).await,
                Audit::Heads => audit::heads(&store).await,
            };
            outcome.map_err(|error| format!("audit: {error}"))
        }),
        Command::Client { what } => actix_web::rt::System::new().block_on(async {
            let store = super::open_store(&config)?;
            let outcome = registering::run(&store, what, Clock::system().now()).await;
            print(&outcome.map_err(|error| format!("client: {error}"))?)
        }),
        Command::Secrets { what } => actix_web::rt::System::new().block_on(async {
            let store = super::open_store(&config)?;
            print(&secrets::run(&store, &config, *what, &Clock::system()).await?)
        }),
        Command::Check => print(&describe(&config)),
        Command::Openapi => Ok(()),
    }
}

/// Opens a database that may be an old copy, which somebody looks into: what ended since stays in it, and the ledger of
/// another database stays as it is.
fn open_beside_its_ledger(config: Config) -> Result<Store, String> {
    config.database.file().map(must_exist).transpose()?;
    super::open_store(&Config { ledger_file: None, ..config })
}

fn date(text: &str) -> Result<NaiveDate, &'static str> {
    timestamps::parse_date(text).ok_or("must be a date of the calendar, as 2026-03-29")
}

fn recipient(text: &str) -> Result<Recipient, &'static str> {
    Recipient::parse(text).ok_or("must be a key as age-keygen prints it, which begins with age1")
}

/// The help lists them, and so does what is said of another one.
fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::tag))
        .try_map(|tag| Language::parse(&tag).ok_or("is no language that there is a catalogue of"))
}

fn database_file<'a>(command: &str, config: &'a Config) -> Result<&'a Path, String> {
    let only = || format!("{command}: DATABASE_URL is {}, where pg_dump and pg_restore do this", config.database);
    config.database.file().ok_or_else(only)
}

fn must_exist(file: &Path) -> Result<(), String> {
    if file.is_file() { Ok(()) } else { Err(format!("{}: there is no such file", file.display())) }
}

fn describe(config: &Config) -> String {
    let list = |items: Vec<String>| if items.is_empty() { "none".to_owned() } else { items.join(", ") };
    let or_off = |text: Option<String>| text.unwrap_or_else(|| "off".to_owned());
    let on_or_off = |is_on: bool| if is_on { "on" } else { "off" };
    let a_minute = |count: u32| or_off((count > 0).then(|| count.to_string()));
    format!(
        "the settings can be used\n\
         LISTEN                 {}\n\
         DATABASE_URL           {}\n\
         REPLICA_URL            {}\n\
         PUBLIC_URL             {}\n\
         SIGNING_KEY_FILE       {}\n\
         SECRETS_KEY_FILE       {}\n\
         LEDGER_FILE            {}\n\
         BACKUP_RECIPIENTS      {}\n\
         CHECKPOINTS            {}\n\
         TZ_DATA                {}, time zones of {}\n\
         LOG                    {}\n\
         LOG_FORMAT             {}\n\
         METRICS_LISTEN         {}\n\
         TRUSTED_PROXIES        {}\n\
         SECURITY_CONTACT       {}\n\
         CORS_ORIGINS           {}\n\
         AUTH_PER_MINUTE        {}\n\
         REQUESTS_PER_MINUTE    {}\n\
         TOKEN_PER_MINUTE       {}\n\
         LOOKS_PER_MINUTE       {}\n\
         DIVISIONS_PER_MINUTE   {}\n\
         ROWS_PER_MINUTE        {}\n\
         HASHES_PER_MINUTE      {}\n\
         REPORTS_PER_MINUTE     {}\n\
         EXPORTS_PER_MINUTE     {}\n\
         SMTP_URL               {}\n\
         MAIL_FROM              {}\n\
         WEBHOOKS               {}\n\
         WEBHOOKS_ALLOW_PRIVATE {}\n\
         WEBHOOK_RETRIES        {}\n\
         READ_CONNECTIONS       {}\n\
         WRITE_CONNECTIONS      {}\n\
         WRITE_QUEUE            {}\n\
         WAITING_EACH           {}\n\
         TOMBSTONE_DAYS         {}\n\
         STOP_NOTICE            {}\n\
         FHIR_SNOMED            {}\n\
         PREPARED_STATEMENTS    {}\n",
        config.listen,
        config.database,
        config.replica.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string),
        config.public_url,
        config.signing_key_file.display(),
        config.secrets_key_file.display(),
        or_off(config.ledger_file.as_ref().map(|file| file.display().to_string())),
        list(config.backup_recipients.iter().map(ToString::to_string).collect()),
        format!("{:?}", config.checkpoints).to_lowercase(),
        config.tz_data.as_ref().map_or("none".to_owned(), |folder| folder.display().to_string()),
        Rules::in_force(),
        config.log,
        format!("{:?}", config.log_format).to_lowercase(),
        or_off(config.metrics_listen.map(|address| address.to_string())),
        list(config.trusted_proxies.iter().map(ToString::to_string).collect()),
        list(config.security_contact.0.clone()),
        list(config.cors_origins.clone()),
        or_off(config.auth_per_minute.map(|count| count.to_string())),
        a_minute(config.budgets.requests),
        a_minute(config.budgets.token_requests),
        a_minute(config.budgets.looks),
        a_minute(config.budgets.divisions),
        a_minute(config.budgets.rows),
        a_minute(config.budgets.hashes),
        a_minute(config.budgets.reports),
        a_minute(config.budgets.exports),
        list(config.mail.iter().map(ToString::to_string).collect()),
        list(config.mail.iter().map(|server| server.from().to_string()).collect()),
        on_or_off(config.webhooks.are_on),
        on_or_off(config.webhooks.reach == Reach::Anywhere),
        config.webhooks.retries,
        config.read_connections,
        config.write_connections,
        config.write_queue,
        config.waiting_each,
        config.tombstones.as_secs() / 86_400,
        config.stop_notice.as_secs(),
        on_or_off(config.fhir_snomed),
        on_or_off(config.prepared_statements),
    )
}
