//! A limit on requests that may be guesses, from one address, in bursts and over a minute. Routes say whether they are
//! limited.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
};

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::HeaderMap,
    middleware::Next,
};

use crate::{
    foundation::{
        budget::{OverBudget, Policy},
        clock::Instant,
    },
    storage::{Store, refusal::Refusal},
    web::{
        allowance::{self, Network},
        problem::{Problem, Tell},
    },
};

/// Beyond this many, who was refused is asked of the database again.
const MOST_REMEMBERED: usize = 100_000;

/// Who was refused, until when: a flood of requests is turned away without a look at the database.
#[derive(Debug, Default)]
struct TurnedAway(Mutex<HashMap<Network, Instant>>);

impl TurnedAway {
    fn until(&self, network: &Network) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(network).copied()
    }

    fn remember(&self, network: Network, until: Instant, now: Instant) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.retain(|_, until| *until > now);
        }
        if remembered.len() < MOST_REMEMBERED {
            remembered.insert(network, until);
        }
    }

    fn forget(&self, now: Instant) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.retain(|_, until| *until > now);
        remembered.shrink_to_fit();
    }
}

/// How often an address may guess.
#[derive(Debug)]
pub struct AddressLimit {
    per_minute: Option<NonZeroU32>,
    trusted_proxies: Vec<IpAddr>,
    turned_away: TurnedAway,
}

impl AddressLimit {
    /// So many requests a minute; `None` for no limit. Forwarding headers of these proxies are believed.
    #[must_use]
    pub fn new(per_minute: Option<NonZeroU32>, trusted_proxies: Vec<IpAddr>) -> Self {
        Self { per_minute, trusted_proxies, turned_away: TurnedAway::default() }
    }

    /// Forgets who may come again.
    pub fn forget(&self, now: Instant) {
        self.turned_away.forget(now);
    }

    /// Where a request comes from, as far as that can be believed.
    #[must_use]
    pub fn address(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        // Several lines of the header are one list; a line that is not text breaks the chain of trust.
        let lines = headers.get_all("x-forwarded-for").map(|line| line.to_str().unwrap_or("?"));
        let forwarded = lines.collect::<Vec<_>>().join(",");
        peer.map(|peer| client(peer.ip().to_canonical(), &forwarded, &self.trusted_proxies))
    }

    async fn check(&self, store: &Store, now: Instant, request: &ServiceRequest) -> Result<(), Problem> {
        let address = self.address(request.peer_addr(), request.headers());
        let (Some(per_minute), Some(address)) = (self.per_minute, address) else { return Ok(()) };
        let allowances = allowance::of(address, per_minute);
        let turned_away = allowances.iter().find_map(|(network, _)| {
            let until = self.turned_away.until(network).filter(|until| *until > now)?;
            Some((network.clone(), until.since(now)))
        });
        let refused = if turned_away.is_some() {
            turned_away
        } else {
            let store = store.on_behalf_of(allowance::party(address));
            let taken = store.write(move |db| Ok::<_, Refusal>(allowance::take_all(db, &allowances, now)?)).await;
            match taken {
                // Whoever only looks is not kept from it because it can't be counted: whatever tells a guess from a right
                // answer writes, and so fails then by itself.
                Err(refusal) if request.method().is_safe() => {
                    tracing::warn!(%refusal, "a request could not be counted");
                    None
                }
                taken => taken?,
            }
        };
        match refused {
            None => Ok(()),
            Some((network, wait)) => {
                self.turned_away.remember(network, now.plus(wait), now);
                let quota = usize::try_from(per_minute.get()).unwrap_or(usize::MAX);
                let policy = Policy { name: "address", quota, period: Some(allowance::PERIOD) };
                Err(OverBudget { policy, wait }.into())
            }
        }
    }
}

/// The address that a request comes from: the peer, or, behind trusted proxies, the last one that they did not add.
fn client(peer: IpAddr, forwarded: &str, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let hops = forwarded.rsplit(',').map_while(|hop| address(hop.trim()));
    let mut nearest = peer;
    for hop in hops {
        nearest = hop;
        if !trusted.contains(&hop) {
            break;
        }
    }
    nearest
}

/// An address as proxies write it: alone, with a port, or in brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse().ok().map(|hop: SocketAddr| hop.ip());
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(|hop: Ipv6Addr| hop.into());
    let address: IpAddr = hop.parse().ok().or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

/// Lets a request through, unless its address has asked too often.
///
/// # Errors
/// Those of the service within.
pub async fn limited<B: MessageBody>(
    tell: Tell,
    limit: &AddressLimit,
    store: &Store,
    now: Instant,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match limit.check(store, now, &request).await {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_left_body),
        Err(problem) => Ok(request.into_response(tell(problem)).map_into_right_body()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn forwarding_headers_are_believed_only_from_trusted_proxies() {
        let proxies = [ip("10.0.0.1"), ip("10.0.0.2")];
        assert_eq!(client(ip("198.51.100.7"), "203.0.113.9", &proxies), ip("198.51.100.7"));
        assert_eq!(client(ip("10.0.0.1"), "203.0.113.9, 10.0.0.2", &proxies), ip("203.0.113.9"));
        assert_eq!(client(ip("10.0.0.1"), "1.2.3.4, 203.0.113.9", &proxies), ip("203.0.113.9"));
        assert_eq!(client(ip("10.0.0.1"), "nonsense", &proxies), ip("10.0.0.1"));
        assert_eq!(client(ip("10.0.0.1"), "", &proxies), ip("10.0.0.1"));
    }

    #[test]
    fn an_address_may_have_a_port_or_brackets() {
        let proxies = [ip("10.0.0.1"), ip("10.0.0.2")];
        for (forwarded, expected) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[::ffff:203.0.113.9]:443", "203.0.113.9"),
            ("203.0.113.9:80, 10.0.0.2:1234", "203.0.113.9"),
        ] {
            assert_eq!(client(ip("10.0.0.1"), forwarded, &proxies), ip(expected), "{forwarded}");
        }
        for nonsense in ["203.0.113.9:", "203.0.113.9:99999", "[203.0.113.9]", "[2001:db8::1", "unknown", "_hidden"] {
            assert_eq!(client(ip("10.0.0.1"), nonsense, &proxies), ip("10.0.0.1"), "{nonsense}");
        }
    }
}
