//! `postgres://…`: which servers, as whom, and how far they are believed to be who they say.

use std::{fmt, time::Duration};

use percent_encoding::percent_decode_str;
use tokio::time::timeout;
use tokio_postgres::{
    Client, Config,
    config::{Host, SslMode},
};

use super::{
    report::described,
    tls::{Tls, Trust},
};
use crate::storage::error::Error;

/// How long one host may take to take a connection and greet, unless the URL says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// After so long without an acknowledgement, a machine that fell silent counts as gone.
const SILENCE: Duration = Duration::from_secs(5);

/// The servers of one PostgreSQL. Debug and Display leave the password out.
#[derive(Clone)]
pub struct PgAddress {
    config: Config,
    tls: Tls,
}

impl PgAddress {
    /// Reads a URL as libpq does: several hosts with commas, `target_session_attrs`, `connect_timeout`, `sslmode`
    /// (`disable`, `prefer`, `require`, `verify-ca`, `verify-full`), `sslrootcert` (a PEM file, or `system`) and others.
    ///
    /// # Errors
    /// What is wrong with it, without quoting it.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (base, options) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots, mut rest) = ("prefer".to_owned(), None, Vec::new());
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let value = || percent_decode_str(value).decode_utf8_lossy().into_owned();
            match name {
                "sslmode" => mode = value(),
                "sslrootcert" => roots = Some(value()),
                _ => rest.push(option),
            }
        }
        let trust = match (mode.as_str(), roots) {
            ("disable", _) => None,
            // As libpq: who names certificates wants them looked at.
            ("require", Some(roots)) => Some(Trust::Chain(roots)),
            ("prefer" | "require", _) => Some(Trust::Anybody),
            ("verify-ca", roots) => Some(Trust::Chain(roots.unwrap_or_else(|| "system".into()))),
            ("verify-full", roots) => Some(Trust::ChainAndName(roots.unwrap_or_else(|| "system".into()))),
            _ => {
                let modes = "disable, prefer, require, verify-ca or verify-full";
                return Err(format!("sslmode must be {modes}"));
            }
        };
        let mut config: Config =
            format!("{base}?{}", rest.join("&")).parse().map_err(|error: tokio_postgres::Error| described(&error))?;
        if config.get_hosts().is_empty() {
            return Err("must name a host, as postgres://user@host/database".into());
        }
        config.ssl_mode(match (mode.as_str(), &trust) {
            (_, None) => SslMode::Disable,
            ("prefer", _) => SslMode::Prefer,
            _ => SslMode::Require,
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("cramp-diary");
        }
        config.tcp_user_timeout(SILENCE);
        Ok(Self { config, tls: Tls::new(trust)? })
    }

    /// Connects, and gives what drives the connection to the runtime at hand.
    ///
    /// # Errors
    /// When no host answers, or none is the one that is looked for.
    pub async fn connect(&self) -> Result<Client, Error> {
        let mut refused = Vec::new();
        for (number, host) in self.config.get_hosts().iter().enumerate() {
            let config = self.of_one_host(number, host);
            let patience = config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
            // The driver's own limit is for the connection alone: a machine that takes it and then says nothing would
            // keep us from the next one.
            match timeout(patience, config.connect(self.tls.connector())).await {
                Ok(Ok((client, connection))) => {
                    // Its end shows at the client as well.
                    tokio::spawn(async move { drop(connection.await) });
                    return Ok(client);
                }
                Ok(Err(error)) => refused.push(described(&error)),
                Err(_) => refused.push("it did not answer in time".into()),
            }
        }
        Err(Error::Unavailable(refused.join("; ")))
    }

    fn of_one_host(&self, number: usize, host: &Host) -> Config {
        let all = &self.config;
        let mut one = Config::new();
        match host {
            Host::Tcp(name) => one.host(name),
            Host::Unix(path) => one.host_path(path),
        };
        if let Some(port) = all.get_ports().get(number).or_else(|| all.get_ports().first()) {
            one.port(*port);
        }
        if let Some(address) = all.get_hostaddrs().get(number) {
            one.hostaddr(*address);
        }
        if let Some(user) = all.get_user() {
            one.user(user);
        }
        if let Some(password) = all.get_password() {
            one.password(password);
        }
        if let Some(name) = all.get_dbname() {
            one.dbname(name);
        }
        if let Some(options) = all.get_options() {
            one.options(options);
        }
        if let Some(name) = all.get_application_name() {
            one.application_name(name);
        }
        if let Some(limit) = all.get_connect_timeout() {
            one.connect_timeout(*limit);
        }
        if let Some(limit) = all.get_tcp_user_timeout() {
            one.tcp_user_timeout(*limit);
        }
        one.ssl_mode(all.get_ssl_mode())
            .ssl_negotiation(all.get_ssl_negotiation())
            .target_session_attrs(all.get_target_session_attrs())
            .channel_binding(all.get_channel_binding())
            .keepalives(all.get_keepalives())
            .keepalives_idle(all.get_keepalives_idle());
        one
    }
}

impl fmt::Display for PgAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ports = self.config.get_ports();
        let hosts: Vec<_> = self
            .config
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(number, host)| {
                let port = ports.get(number).or_else(|| ports.first()).copied().unwrap_or(5432);
                match host {
                    Host::Tcp(name) if name.contains(':') => format!("[{name}]:{port}"),
                    Host::Tcp(name) => format!("{name}:{port}"),
                    Host::Unix(path) => path.display().to_string(),
                }
            })
            .collect();
        let user = self.config.get_user().map(|user| format!("{user}@")).unwrap_or_default();
        write!(f, "postgres://{user}{}/{}", hosts.join(","), self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for PgAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PgAddress({self})")
    }
}
