//! Sending one delivery over HTTP, to where its webhook may lead and nowhere else.

use std::{error::Error as StdError, io, sync::Arc, time::Duration};

use chrono::DateTime;
use reqwest::{
    Client, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use crate::{
    foundation::clock::Instant,
    sharing::{
        deliveries::model::{Outcome, Outgoing, Trouble},
        webhooks::model::{self as webhooks, Reach},
    },
};

/// How long a receiver may take, from looking its name up to the head of its answer.
pub const SLOWEST: Duration = Duration::from_secs(15);

/// What sends deliveries.
#[derive(Debug, Clone)]
pub struct Post {
    client: Client,
    reach: Reach,
}

impl Post {
    /// With the certificates that this machine trusts.
    ///
    /// # Errors
    /// When there is no TLS.
    pub fn new(reach: Reach) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            tracing::warn!("this machine trusts no certificates: no webhook behind TLS can be reached");
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .dns_resolver(Within(reach))
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .timeout(SLOWEST)
            // A name is looked up each time, and a receiver is told seldom.
            .pool_max_idle_per_host(0)
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client, reach })
    }

    /// Sends a delivery, and says what came of it. No more than the head of the answer is read.
    pub async fn send(&self, outgoing: &Outgoing, now: Instant) -> Outcome {
        let (url, id) = (&outgoing.webhook.terms.url, outgoing.delivery.id.as_str());
        // What is written as a number is not looked up; and the setting may be another one by now.
        if url.check(self.reach).is_err() {
            return failed(Trouble::RefusedAddress);
        }
        let body = outgoing.delivery.body();
        let signature = webhooks::sign(&outgoing.secret, id, now.seconds(), &body);
        let sent = self
            .client
            .post(url.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.seconds())
            .header("webhook-signature", signature)
            .body(body)
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => Outcome::Delivered { status: answer.status().as_u16() },
            Ok(answer) => Outcome::Failed {
                status: Some(answer.status().as_u16()),
                trouble: Trouble::Status,
                retry_after: retry_after(&answer, now),
            },
            Err(error) => failed(trouble(&error)),
        }
    }
}

const fn failed(trouble: Trouble) -> Outcome {
    Outcome::Failed { status: None, trouble, retry_after: None }
}

/// In seconds, or as a date.
fn retry_after(answer: &Response, now: Instant) -> Option<Duration> {
    let said = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = said.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let at = DateTime::parse_from_rfc2822(said).ok()?;
    Some(Instant::named(at.to_utc())?.since(now))
}

fn trouble(error: &reqwest::Error) -> Trouble {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(this) = cause {
        if this.is::<Refused>() {
            return Trouble::RefusedAddress;
        }
        if this.is::<rustls::Error>() {
            return Trouble::Tls;
        }
        // An error of input and output names the cause of what it is made of as its own, and passes that over.
        let inner = this.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = inner.map_or_else(|| this.source(), |inner| Some(inner));
    }
    if error.is_timeout() { Trouble::Timeout } else { Trouble::Connection }
}

/// Looks names up, and finds nothing that may not be sent to: whatever a name led to before.
struct Within(Reach);

/// A name has addresses, and none that may be sent to.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no address that may be sent to")]
struct Refused;

impl Resolve for Within {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let (allowed, others): (Vec<_>, Vec<_>) =
                tokio::net::lookup_host((name.as_str(), 0)).await?.partition(|address| reach.allows(address.ip()));
            if allowed.is_empty() && !others.is_empty() {
                return Err(Refused.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_into_the_own_network_leads_nowhere() {
        let found = |reach| Within(reach).resolve("localhost".parse().unwrap());
        let refused = found(Reach::Public).await.err().unwrap();
        assert!(refused.is::<Refused>(), "{refused}");
        let allowed: Vec<_> = found(Reach::Anywhere).await.unwrap().collect();
        assert!(allowed.iter().all(|address| address.ip().is_loopback()) && !allowed.is_empty());
    }
}
