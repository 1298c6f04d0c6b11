//! How the service is put together and run: its parts, the application, settings, telemetry, the contract that it serves,
//! and made-up people.

pub mod app;
pub mod audit;
pub mod command_line;
pub mod config;
pub mod contract;
pub mod health;
pub mod housekeeping;
pub mod ledger;
pub mod made_up;
pub mod open_files;
pub mod output;
pub mod reclocking;
pub mod registering;
mod restoring;
pub mod secrets;
pub mod security_contact;
pub mod serving;
pub mod telemetry;
pub mod welcome;

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};

use tokio::sync::Semaphore;

use crate::{
    access::{
        mail::model::Mailing, passkeys::model::Ceremonies, passwords::PasswordHasher, places::Places,
        sessions::keys::SigningKeys, visits::budgets::Budgets,
    },
    exchange::{
        events::hub::Hub,
        exports::spool::Spool,
        fhir::frame::Fhir,
        rxdb::orphans::Orphans,
        webhooks::{post::Post, sender::Sender},
    },
    foundation::{
        budget::Budget,
        clock::{Clock, Instant},
        public_url::PublicUrl,
    },
    people::mail::sender::Sender as LetterSender,
    reports::printer::Printer,
    service::{config::Config, security_contact::SecurityContact},
    sharing::webhooks::model::Reach,
    storage::{Address, Options, Store, ledger::Ledger, vault::Vault},
    web::{stopping::Stopping, throttle::AddressLimit},
};

/// So many batches of one account may be on their way into diaries: others wait behind each.
const PUSHES_OF_EACH: usize = 5;
/// So many of all: each holds what it brings in memory.
const PUSHES_OF_ALL: usize = 16;
/// So many documents of all accounts, one of each, may be on their way into diaries.
const IMPORTS_OF_ALL: usize = 8;
/// So many batches are written at once by one process where there is more than one writer.
const BATCHES_ON_POSTGRES: usize = 4;
/// So many streams of events of one account may be open.
const STREAMS_OF_EACH: usize = 8;
/// So many of single tables: as many for each of their five.
const TABLE_STREAMS_OF_EACH: usize = 5 * STREAMS_OF_EACH;
/// So many of all.
const STREAMS_OF_ALL: usize = 20_000;

/// A running service: its settings, and its parts, which the application hands out to whoever asks for one.
#[derive(Debug)]
pub struct Service {
    /// The database.
    pub store: Data<Store>,
    /// The time.
    pub clock: Data<Clock>,
    /// The settings.
    pub config: Config,
    /// How often an address may guess.
    pub limit: Data<AddressLimit>,
    /// Whether it stops soon.
    pub stopping: Data<Stopping>,
    /// What hashes passwords.
    pub passwords: Data<PasswordHasher>,
    /// What accounts may ask for.
    pub budgets: Data<Budgets>,
    /// What signs and verifies access tokens.
    pub keys: Data<SigningKeys>,
    printer: Data<Printer>,
    exports: Data<Spool>,
    events: Data<Hub>,
    orphans: Data<Orphans>,
    fhir: Data<Fhir>,
    public_url: Data<PublicUrl>,
    ceremonies: Data<Ceremonies>,
    security_contact: Data<SecurityContact>,
    reach: Data<Reach>,
    mailing: Data<Mailing>,
}

impl Service {
    /// Opens the database, the keys and the password hasher.
    ///
    /// # Errors
    /// One line that names the setting to look at.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, String> {
        let keys = signing_keys(&config)?;
        let store = open_store(&config)?;
        secrets::begin(&store, &config).await?;
        let a_minute = config.budgets;
        let passwords = PasswordHasher::start(config.password_cost, Budget::new("hashes", a_minute.hashes))
            .map_err(|error| error.to_string())?;
        let budgets = Budgets {
            requests: Budget::new("requests", a_minute.requests),
            token_requests: Budget::new("token-requests", a_minute.token_requests),
            looks: Budget::new("looks", a_minute.looks),
            divisions: Budget::new("divisions", a_minute.divisions),
            rows: Budget::new("rows", a_minute.rows),
            pushes: Places::new("pushes-under-way", PUSHES_OF_EACH, PUSHES_OF_ALL),
            batches: Semaphore::new(if matches!(config.database, Address::Sqlite(_)) {
                1
            } else {
                BATCHES_ON_POSTGRES
            }),
            imports: Places::new("imports-under-way", 1, IMPORTS_OF_ALL),
            imports_at_once: Arc::new(Semaphore::new(1)),
            streams: Places::new("event-streams", STREAMS_OF_EACH, STREAMS_OF_ALL),
            table_streams: Places::new("table-streams", TABLE_STREAMS_OF_EACH, STREAMS_OF_ALL),
        };
        Ok(Self {
            store: Data::new(store),
            clock: Data::new(clock),
            limit: Data::new(AddressLimit::new(config.auth_per_minute, config.trusted_proxies.clone())),
            stopping: Data::default(),
            events: Data::default(),
            orphans: Data::default(),
            passwords: Data::new(passwords),
            budgets: Data::new(budgets),
            keys: Data::new(keys),
            printer: Data::new(Printer::start(Budget::new("reports", a_minute.reports))?),
            exports: Data::new(Spool::new(config.data_dir.clone(), Budget::new("exports", a_minute.exports))),
            fhir: Data::new(Fhir::new(&config.public_url, config.fhir_snomed)),
            public_url: Data::new(config.public_url.clone()),
            ceremonies: Data::new(Ceremonies::at(&config.public_url)),
            security_contact: Data::new(config.security_contact.clone()),
            reach: Data::new(config.webhooks.reach),
            mailing: Data::new(if config.mail.is_some() { Mailing::On } else { Mailing::Off }),
            config,
        })
    }

    /// What tells webhooks, unless the settings say that nobody does.
    ///
    /// # Errors
    /// One line about what is missing for it.
    pub fn sender(&self) -> Result<Option<Sender>, String> {
        let settings = &self.config.webhooks;
        if !settings.are_on {
            return Ok(None);
        }
        let post = Post::new(settings.reach).map_err(|error| format!("webhooks: {error}"))?;
        let (store, clock) = (Store::clone(&self.store), Clock::clone(&self.clock));
        Ok(Some(Sender::new(store, clock, post, settings.retries.clone(), self.stopping.clone())))
    }

    /// What sends letters, if the settings name a server.
    ///
    /// # Errors
    /// One line about what is missing for it.
    pub fn letters(&self) -> Result<Option<LetterSender>, String> {
        let Some(server) = &self.config.mail else { return Ok(None) };
        let post = server.post().map_err(|error| format!("SMTP_URL: {error}"))?;
        let (store, clock) = (Store::clone(&self.store), Clock::clone(&self.clock));
        let (public_url, stopping) = (self.public_url.clone(), self.stopping.clone());
        Ok(Some(LetterSender::new(store, clock, post, public_url, stopping)))
    }

    /// Forgets who may ask again for all that they may.
    pub fn forget(&self, now: Instant) {
        self.limit.forget(now);
        self.budgets.forget(now);
        self.passwords.forget(now);
        self.printer.forget(now);
        self.exports.forget(now);
    }

    /// Adds the parts to an application.
    pub fn hand_out(&self, app: &mut ServiceConfig) {
        app.app_data(self.store.clone())
            .app_data(self.clock.clone())
            .app_data(self.limit.clone())
            .app_data(self.stopping.clone())
            .app_data(self.passwords.clone())
            .app_data(self.budgets.clone())
            .app_data(self.keys.clone())
            .app_data(self.printer.clone())
            .app_data(self.exports.clone())
            .app_data(self.events.clone())
            .app_data(self.orphans.clone())
            .app_data(self.fhir.clone())
            .app_data(self.public_url.clone())
            .app_data(self.ceremonies.clone())
            .app_data(self.security_contact.clone())
            .app_data(self.reach.clone())
            .app_data(self.mailing.clone());
    }
}

fn signing_keys(config: &Config) -> Result<SigningKeys, String> {
    let file = &config.signing_key_file;
    let line = |why: &dyn std::fmt::Display| format!("SIGNING_KEY_FILE ({}): {why}", file.display());
    if matches!(config.database, Address::Postgres(_)) && !file.exists() {
        // A key of its own would let each process refuse what the others sign.
        return Err(line(&"there is no such file; processes that share a database must be given one and the same key"));
    }
    SigningKeys::load_or_create(file, config.public_url.as_str()).map_err(|error| line(&error))
}

/// Opens the database that the settings name, and brings it up to date.
///
/// # Errors
/// One line that names the setting to look at.
pub fn open_store(config: &Config) -> Result<Store, String> {
    let ledger = config
        .ledger_file
        .as_deref()
        .map(|file| Ledger::open(file).map_err(|error| format!("LEDGER_FILE ({}): {error}", file.display())));
    let options = Options {
        ledger: ledger.transpose()?,
        address: config.database.clone(),
        replica: config.replica.clone(),
        read_connections: config.read_connections,
        write_connections: config.write_connections,
        write_queue: config.write_queue,
        waiting_each: config.waiting_each,
        prepared_statements: config.prepared_statements,
        checkpoints: config.checkpoints,
        vault: Vault::of(&config.secrets_key_file),
    };
    Store::open(&options).map_err(|error| format!("DATABASE_URL ({}): {error}", options.address))
}
