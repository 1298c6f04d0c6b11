//! How the service is put together and run: its parts, the application, settings, telemetry, the contract that it serves,
//! and made-up people.

pub mod app;
pub mod config;
pub mod contract;
pub mod demo;
pub mod health;
pub mod seed;
pub mod telemetry;

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{
    access::{passwords::PasswordHasher, sessions::keys::SigningKeys},
    exchange::exports::places::Places,
    foundation::clock::Clock,
    reports::printer::Printer,
    service::config::Config,
    storage::{Address, Options, Store},
};

/// The parts of a running service.
#[derive(Debug)]
pub struct Service {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The keys of the access tokens.
    pub keys: SigningKeys,
    /// The password hasher.
    pub passwords: PasswordHasher,
    /// What writes reports.
    pub printer: Printer,
    /// How many exports there may be at once.
    pub exports: Places,
    /// The settings.
    pub config: Config,
    stopping: AtomicBool,
}

impl Service {
    /// Opens the database, the keys and the password hasher.
    ///
    /// # Errors
    /// One line that names the setting to look at.
    pub fn open(config: Config, clock: Clock) -> Result<Self, String> {
        let keys = signing_keys(&config)?;
        let store = open_store(&config)?;
        let passwords = PasswordHasher::start().map_err(|error| error.to_string())?;
        let printer = Printer::start()?;
        let exports = Places::default();
        Ok(Self { printer, exports, store, clock, keys, passwords, config, stopping: AtomicBool::new(false) })
    }

    /// Says that it stops soon: whoever asks whether it is ready shall go elsewhere.
    pub fn announce_stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether it stops soon.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

fn signing_keys(config: &Config) -> Result<SigningKeys, String> {
    let file = &config.signing_key_file;
    let line = |why: &dyn std::fmt::Display| format!("SIGNING_KEY_FILE ({}): {why}", file.display());
    if matches!(config.database, Address::Postgres(_)) && !file.exists() {
        // A key of its own would let each process refuse what the others sign.
        return Err(line(&"there is no such file; processes that share a database must be given one and the same key"));
    }
    SigningKeys::load_or_create(file, &config.public_url).map_err(|error| line(&error))
}

/// Opens the database that the settings name, and brings it up to date.
///
/// # Errors
/// One line that names the setting to look at.
pub fn open_store(config: &Config) -> Result<Store, String> {
    let options = Options {
        address: config.database.clone(),
        replica: config.replica.clone(),
        read_connections: config.read_connections,
        write_connections: config.write_connections,
        write_queue: config.write_queue,
        prepared_statements: config.prepared_statements,
    };
    Store::open(&options).map_err(|error| format!("DATABASE_URL ({}): {error}", options.address))
}
