//! A limit on requests to `/v1/auth` from one address, in bursts and over a minute.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use actix_web::{
    Error, ResponseError,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

use crate::problem::{Code, Problem};

const LIMITED: &str = "/v1/auth/";

/// Counts requests by address.
#[derive(Debug)]
pub struct AddressLimit {
    limiter: Option<DefaultKeyedRateLimiter<IpAddr>>,
    clock: governor::clock::DefaultClock,
    trusted_proxies: Vec<IpAddr>,
}

impl AddressLimit {
    /// So many requests a minute, all of them at once if need be; `None` for no limit.
    #[must_use]
    pub fn new(per_minute: Option<NonZeroU32>, trusted_proxies: Vec<IpAddr>) -> Self {
        let limiter = per_minute.map(|count| RateLimiter::keyed(Quota::per_minute(count)));
        let trusted_proxies = trusted_proxies.into_iter().map(|proxy| proxy.to_canonical()).collect();
        Self { limiter, clock: governor::clock::DefaultClock::default(), trusted_proxies }
    }

    /// Forgets addresses that have their whole allowance again.
    pub fn forget_idle(&self) {
        if let Some(limiter) = &self.limiter {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    fn check(&self, request: &ServiceRequest) -> Result<(), Problem> {
        let (Some(limiter), Some(peer)) = (&self.limiter, request.peer_addr()) else { return Ok(()) };
        // Several lines of the header are one list; a line that is not text breaks the chain of trust.
        let lines = request.headers().get_all("x-forwarded-for").map(|line| line.to_str().unwrap_or("?"));
        let forwarded = lines.collect::<Vec<_>>().join(",");
        let address = client(peer.ip().to_canonical(), &forwarded, &self.trusted_proxies);
        limiter.check_key(&network(address)).map_err(|refused| {
            Problem::new(Code::TooManyRequests).retry_after(refused.wait_time_from(self.clock.now()))
        })
    }
}

/// The address that a request comes from: the peer, or, behind trusted proxies, the last one that they did not add.
fn client(peer: IpAddr, forwarded: &str, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let hops = forwarded.rsplit(',').map_while(|hop| hop.trim().parse().ok().map(|hop: IpAddr| hop.to_canonical()));
    let mut nearest = peer;
    for hop in hops {
        nearest = hop;
        if !trusted.contains(&hop) {
            break;
        }
    }
    nearest
}

/// One customer has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The middleware.
///
/// # Errors
/// Those of the service within.
pub async fn limit_auth<B: MessageBody>(
    limit: Data<AddressLimit>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    // The path as it is routed: what a client wrote in percent codes is the same path.
    if request.match_info().as_str().starts_with(LIMITED)
        && let Err(problem) = limit.check(&request)
    {
        return Ok(request.into_response(problem.error_response()).map_into_right_body());
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
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
    fn a_slash_64_is_one_address() {
        assert_eq!(network(ip("2001:db8:1:2:3:4:5:6")), ip("2001:db8:1:2::"));
        assert_eq!(network(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }
}
