//! From the settings to a service that answers, and to its end.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::dev::Server;
use futures_util::future::join_all;

use super::{
    Service, app,
    config::Config,
    ledger,
    made_up::{demo, folder::Folder},
    open_files,
    output::print,
    reclocking, secrets, telemetry, welcome,
};
use crate::{
    access::{accounts, visits},
    diary::episodes::backfill,
    foundation::{clock::Clock, zones::Rules},
    storage::{self, Address, Checkpoints},
};

/// Counts what an older version left uncounted, seals what it left open, and has ledger and database agree, before anybody asks.
///
/// # Errors
/// When the database fails, in one line.
pub async fn catch_up(store: &storage::Store, clock: &Clock) -> Result<(), String> {
    count_older(store, clock).await?;
    chain_older(store).await?;
    rekey_older(store).await?;
    secrets::seal_older(store, clock.now()).await?;
    ledger::catch_up(store, clock.now()).await
}

/// Counts the days that an older version left uncounted.
///
/// # Errors
/// When the database fails, in one line.
pub async fn count_older(store: &storage::Store, clock: &Clock) -> Result<(), String> {
    let days = backfill::run(store, clock.now()).await.map_err(|error| format!("the database: {error}"))?;
    if days > 0 {
        tracing::info!(days, "days that an older version wrote were counted");
    }
    Ok(())
}

/// Chains the rows of the access log that an older version left unchained.
///
/// # Errors
/// When the database fails, in one line.
pub async fn chain_older(store: &storage::Store) -> Result<(), String> {
    let looks = visits::older::run(store).await.map_err(|error| format!("the database: {error}"))?;
    if looks > 0 {
        tracing::info!(looks, "rows of the access log that an older version wrote were chained");
    }
    Ok(())
}

/// Has accounts found however their e-mail is written, as far as an older version did not see to that.
///
/// # Errors
/// When the database fails, in one line.
async fn rekey_older(store: &storage::Store) -> Result<(), String> {
    let found = accounts::older::run(store).await.map_err(|error| format!("the database: {error}"))?;
    if found.changed > 0 {
        tracing::info!(accounts = found.changed, "accounts are found however their e-mail is written");
    }
    if found.shadowed > 0 {
        tracing::warn!(
            accounts = found.shadowed,
            "accounts have an e-mail that is another account's but for case, accents or what nobody sees: each keeps its \
             own, and signs in with it as it was written"
        );
    }
    Ok(())
}

/// Serves until a signal comes.
///
/// # Errors
/// One line about what went wrong.
pub async fn serve(config: Config) -> Result<(), String> {
    let (database, checkpoints) = (config.database.clone(), config.checkpoints);
    tracing::info!(version = %Rules::in_force(), "time zones");
    open_files::warn_of_few();
    let opened = Opened::with(config).await?;
    catch_up(&opened.service.store, &opened.service.clock).await?;
    reclocking::note_rules(&opened.service.store, &opened.service.clock).await?;
    // Before anybody is told that the service runs, it can be told to stop.
    let stop = stop_signals()?;
    opened.serve(stop, None).await?;
    leave_one_file(&database, checkpoints);
    tracing::info!("stopped");
    Ok(())
}

/// Empties the log of a database that was closed. Nothing is lost without it; but who copies the one file while nobody
/// serves expects all of it, and of connections that close beside each other none may be the last.
pub fn leave_one_file(database: &Address, checkpoints: Checkpoints) {
    if checkpoints == Checkpoints::Service
        && let Some(file) = database.file()
        && let Err(error) = storage::empty_log(file)
    {
        tracing::warn!(%error, "the database's log was not emptied");
    }
}

/// Serves made-up people, and leaves nothing behind.
///
/// # Errors
/// One line about what went wrong.
pub async fn serve_demo(config: Config) -> Result<(), String> {
    // Before there is something to throw away.
    let mut stop = Box::pin(stop_signals()?);
    let folder = Folder::make().map_err(|error| format!("a folder for the demo can't be made: {error}"))?;
    let opened = Opened::with(folder.instead_of(config)).await?;
    let sign_ins = tokio::select! {
        filled = demo::fill(&opened.service) => filled?,
        () = &mut stop => return Ok(()),
    };
    opened.serve(stop, Some(&sign_ins)).await?;
    drop(folder);
    tracing::info!("stopped, and everything was thrown away");
    Ok(())
}

/// A service with its sockets, before it answers.
struct Opened {
    service: Arc<Service>,
    listener: TcpListener,
    listens: SocketAddr,
    metrics: Option<Server>,
}

impl Opened {
    async fn with(config: Config) -> Result<Self, String> {
        let listen = config.listen;
        let metrics = config
            .metrics_listen
            .map(|address| {
                telemetry::start_metrics(address).map_err(|error| format!("METRICS_LISTEN ({address}): {error}"))
            })
            .transpose()?;
        let listener = TcpListener::bind(listen).map_err(|error| format!("LISTEN ({listen}): {error}"))?;
        let listens = listener.local_addr().map_err(|error| error.to_string())?;
        let service = Arc::new(Service::open(config, Clock::system()).await?);
        Ok(Self { service, listener, listens, metrics })
    }

    /// Serves until it is told to stop.
    async fn serve(self, stop: impl Future<Output = ()> + 'static, sign_ins: Option<&str>) -> Result<(), String> {
        let Self { service, listener, listens, metrics } = self;
        let welcome = welcome::text(&service.config, listens, sign_ins);
        let public_url = &service.config.public_url;
        if !public_url.is_behind_tls() && !public_url.is_of_this_machine() {
            tracing::warn!(%public_url, "passwords and diaries go over the network as they are: set PUBLIC_URL to https");
        }
        let (notice, stopping) = (service.config.stop_notice, service.stopping.clone());
        let (sender, letters) = (service.sender()?, service.letters()?);
        let server = app::serve(service, listener, |_| {}).map_err(|error| format!("LISTEN ({listens}): {error}"))?;
        print(&welcome)?;

        if let Some(metrics) = metrics {
            actix_web::rt::spawn(metrics);
        }
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            stop.await;
            stopping.announce();
            if !notice.is_zero() {
                tracing::info!(seconds = notice.as_secs(), "stopping soon: a load balancer may go elsewhere");
                tokio::time::sleep(notice).await;
            }
            tracing::info!("stopping: running requests may end");
            // A connection that was accepted but not read yet would be dropped with its request: take no more of them,
            // and let those that came begin.
            handle.pause().await;
            tokio::time::sleep(LAST_ONES).await;
            handle.stop(true).await;
        });
        let telling = sender.map(|sender| actix_web::rt::spawn(sender.run()));
        let writing = letters.map(|letters| actix_web::rt::spawn(letters.run()));
        let outcome = server.await.map_err(|error| error.to_string());
        // They have heard that the service stops, and let go of the database.
        let ending = join_all(telling.into_iter().chain(writing));
        drop(tokio::time::timeout(LAST_DELIVERIES, ending).await);
        outcome
    }
}

/// How long a request that came just before the end has to begin.
const LAST_ONES: Duration = Duration::from_millis(100);

/// How long what is on its way to webhooks, and by mail, may hold up the end.
const LAST_DELIVERIES: Duration = Duration::from_secs(5);

/// Listens for SIGINT and SIGTERM from now on; the future ends with the first of them.
fn stop_signals() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| format!("signals can't be heard: {error}"));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
