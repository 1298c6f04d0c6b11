//! What every handler shares.

use crate::{
    accounts::passwords::PasswordHasher,
    clock::Clock,
    config::Config,
    sessions::keys::SigningKeys,
    storage::{Options, Store},
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
    /// The settings.
    pub config: Config,
}

impl Service {
    /// Opens the database, the keys and the password hasher.
    ///
    /// # Errors
    /// One line that names the setting to look at.
    pub fn open(config: Config, clock: Clock) -> Result<Self, String> {
        let store = open_store(&config)?;
        let keys = SigningKeys::load_or_create(&config.signing_key_file, &config.public_url)
            .map_err(|error| format!("SIGNING_KEY_FILE ({}): {error}", config.signing_key_file.display()))?;
        let passwords = PasswordHasher::start().map_err(|error| error.to_string())?;
        Ok(Self { store, clock, keys, passwords, config })
    }
}

/// Opens the database that the settings name, and brings it up to date.
///
/// # Errors
/// One line that names the setting to look at.
pub fn open_store(config: &Config) -> Result<Store, String> {
    let options = Options {
        file: config.database_file.clone(),
        read_connections: config.read_connections,
        write_queue: config.write_queue,
    };
    Store::open(&options).map_err(|error| format!("DATABASE_URL ({}): {error}", options.file.display()))
}
