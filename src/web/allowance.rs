//! How many requests to routes that are limited an address has left. Kept in the database, so that all nodes give out one
//! allowance, and a restart gives out no second one.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use diesel::prelude::*;

use crate::{
    foundation::{clock::Instant, party::Party, secrets::fingerprint},
    storage::{Db, Error, Result, on_engine, schema::address_allowances},
};

/// The allowance is for this long, and may be used all at once.
pub const PERIOD: Duration = Duration::from_mins(1);

/// Who shares an allowance: an address, or a customer's whole /64 of IPv6. Kept only as a hash.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Network(Vec<u8>);

impl Network {
    /// The network that an address belongs to.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let network = match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
            v4 @ IpAddr::V4(_) => v4,
        };
        Self(fingerprint("address", network.to_string().as_bytes()).to_vec())
    }

    /// Whoever comes from there, without an account.
    #[must_use]
    pub fn party(&self) -> Party {
        Party::of_address(&self.0)
    }
}

/// Takes one request out of a network's allowance, or says how long to wait for it. The generic cell rate algorithm:
/// each request takes its share of the period, and what is taken may lie one period ahead.
pub fn take(db: &mut Db, network: &Network, per_period: NonZeroU32, now: Instant) -> Result<Option<Duration>> {
    let stored: Option<Instant> =
        address_allowances::table.find(&network.0).select(address_allowances::spent_until).first(db).optional()?;
    let spent_until = stored.unwrap_or(now).max(now).plus(PERIOD / per_period.get());
    let wait = spent_until.since(now.plus(PERIOD));
    if !wait.is_zero() {
        return Ok(Some(wait));
    }
    let taken = match stored {
        // Only if nobody else took from it meanwhile.
        Some(stored) => diesel::update(
            address_allowances::table.find(&network.0).filter(address_allowances::spent_until.eq(stored)),
        )
        .set(address_allowances::spent_until.eq(spent_until))
        .execute(db)?,
        None => diesel::insert_into(address_allowances::table)
            .values((address_allowances::address.eq(&network.0), address_allowances::spent_until.eq(spent_until)))
            .execute(db)?,
    };
    if taken == 0 {
        return Err(Error::Contended("another request took from the same allowance".into()));
    }
    Ok(None)
}

/// Clears away `most` allowances that are whole again, and says how many.
pub fn delete_whole(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        let over = address_allowances::spent_until.le(now);
        let first = address_allowances::table.filter(over).order(address_allowances::spent_until).limit(most);
        let first: Vec<Vec<u8>> = first.select(address_allowances::address).load(db)?;
        // Only if it is still over.
        diesel::delete(address_allowances::table.filter(address_allowances::address.eq_any(first).and(over)))
            .execute(db)
    })?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_slash_64_is_one_network() {
        let of = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::"));
        assert_ne!(of("2001:db8:1:2::"), of("2001:db8:1:3::"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
