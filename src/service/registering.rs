//! The apps that the operator registers.

use std::fmt::Write;

use clap::Subcommand;
use serde_json::Value;

use crate::{
    access::clients::{
        model::{Client as Registered, RedirectUri},
        store,
    },
    foundation::{clock::Instant, fields::FromJson, ids::Id, values::Name},
    people::oauth::clients,
    storage::{Store, refusal::Refusal},
};

/// What the operator does with an app.
#[derive(Debug, Subcommand)]
pub(super) enum Client {
    /// Register an app, and print its id and, this once, its secret.
    Add {
        /// What people are told that it is called.
        #[arg(value_parser = name)]
        name: Name,
        /// Where it takes its codes: an address with https://, one of the machine itself with http:// (any port), or a
        /// scheme of its own such as `com.example.app:/callback`; may be given more than once.
        #[arg(long = "redirect", required = true, value_parser = RedirectUri::parse)]
        redirect_uris: Vec<RedirectUri>,
        /// It can keep no secret: it runs on people's phones, desktops or in their browsers.
        #[arg(long)]
        public: bool,
    },
    /// List the registered apps.
    List,
    /// Take an app off. All who let it in have its access ended.
    Remove {
        /// Its id.
        #[arg(value_parser = id)]
        id: Id,
    },
}

fn name(text: &str) -> Result<Name, String> {
    Name::from_json(&Value::from(text)).map_err(|_| "must have 1 to 200 characters".to_owned())
}

fn id(text: &str) -> Result<Id, &'static str> {
    Id::parse(text).ok_or("is no id")
}

/// Does it, and says what came of it.
///
/// # Errors
/// One line about what went wrong.
pub(super) async fn run(store: &Store, what: &Client, now: Instant) -> Result<String, String> {
    let failed = |refusal: Refusal| refusal.to_string();
    match what {
        Client::Add { name, redirect_uris, public } => {
            let said = (name.clone(), redirect_uris.clone());
            let (client, secret) = clients::add(store, said, !public, now).await.map_err(failed)?;
            let secret = match &secret {
                Some(secret) => format!("secret  {}  (shown only this once)\n", secret.to_secret().expose()),
                None => "secret  none: it shows its id alone, and PKCE as every app\n".to_owned(),
            };
            Ok(format!("id      {}\n{secret}", client.id))
        }
        Client::List => {
            let all = store.read(|db| Ok::<_, Refusal>(store::all(db)?)).await.map_err(failed)?;
            Ok(if all.is_empty() { "no app is registered\n".to_owned() } else { listed(&all) })
        }
        Client::Remove { id } => match clients::remove(store, id.clone()).await.map_err(failed)? {
            Some(ended) => Ok(format!("{id} is registered no more; connections ended: {ended}\n")),
            None => Err(format!("there is no app {id}")),
        },
    }
}

fn listed(all: &[Registered]) -> String {
    let mut lines = String::new();
    for client in all {
        let kind = if client.secret_hash.is_some() { "keeps a secret" } else { "public" };
        // Writing to a String can't fail.
        let _ = writeln!(lines, "{}  {}  {kind}", client.id, client.name.as_str());
        for uri in &client.redirect_uris {
            let _ = writeln!(lines, "    {}", uri.as_str());
        }
    }
    lines
}
