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

/// A /48 of IPv6 is what one site gets, of one customer or of many, and has 65,536 /64s. Together they may do what so many
/// of them may.
const NETWORKS_OF_A_SITE: NonZeroU32 = NonZeroU32::MIN.saturating_add(15);

/// Who shares an allowance: an address, or a customer's whole /64 of IPv6, and the whole /48 that it is in. Kept only as a
/// hash.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Network(Vec<u8>);

impl Network {
    fn of(address: IpAddr) -> Self {
        Self(fingerprint("address", address.to_string().as_bytes()).to_vec())
    }

    fn narrowest(address: IpAddr) -> Self {
        Self::of(customer(address))
    }

    /// The first bits of an address.
    fn within(address: Ipv6Addr, bits: u32) -> Self {
        let network = first_bits(address, bits);
        if bits == 64 {
            // As ever, so that what is used up stays so over an upgrade.
            Self::of(network.into())
        } else {
            Self(fingerprint("address", format!("{network}/{bits}").as_bytes()).to_vec())
        }
    }
}

/// Whoever comes from an address, without an account.
#[must_use]
pub fn party(address: IpAddr) -> Party {
    Party::of_address(&Network::narrowest(address).0)
}

/// An address, or of IPv6 the customer's whole /64.
#[must_use]
pub fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        v4 @ IpAddr::V4(_) => v4,
        IpAddr::V6(address) => first_bits(address, 64).into(),
    }
}

fn first_bits(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits)))
}

/// The networks that an address belongs to, the narrowest first, and what each may do in the period.
#[must_use]
pub fn of(address: IpAddr, per_period: NonZeroU32) -> Vec<(Network, NonZeroU32)> {
    match address.to_canonical() {
        v4 @ IpAddr::V4(_) => vec![(Network::of(v4), per_period)],
        IpAddr::V6(address) => vec![
            (Network::within(address, 64), per_period),
            (Network::within(address, 48), per_period.saturating_mul(NETWORKS_OF_A_SITE)),
        ],
    }
}

/// Takes one request out of each of these allowances, or says which of them is used up and how long to wait for it. What
/// was taken before that stays taken.
pub fn take_all(
    db: &mut Db,
    allowances: &[(Network, NonZeroU32)],
    now: Instant,
) -> Result<Option<(Network, Duration)>> {
    for (network, per_period) in allowances {
        if let Some(wait) = take(db, network, *per_period, now)? {
            return Ok(Some((network.clone(), wait)));
        }
    }
    Ok(None)
}

/// Takes one request out of a network's allowance, or says how long to wait for it. The generic cell rate algorithm:
/// each request takes its share of the period, and what is taken may lie one period ahead.
fn take(db: &mut Db, network: &Network, per_period: NonZeroU32, now: Instant) -> Result<Option<Duration>> {
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

    fn networks(address: &str) -> Vec<(Network, u32)> {
        let allowances = of(address.parse().unwrap(), NonZeroU32::new(60).unwrap());
        allowances.into_iter().map(|(network, count)| (network, count.get())).collect()
    }

    #[test]
    fn a_slash_64_is_one_network_and_those_of_a_slash_48_share_a_larger_allowance() {
        let [(first, 60), (site, 960)] = &networks("2001:db8:1:2:3:4:5:6")[..] else { panic!() };
        let within = |address: &str| networks(address).into_iter().map(|(network, _)| network).collect::<Vec<_>>();
        assert_eq!(within("2001:db8:1:2::"), [first.clone(), site.clone()]);
        let [other, same_site] = &within("2001:db8:1:3::")[..] else { panic!() };
        assert!(other != first && same_site == site && other != site);
        assert_ne!(within("2001:db8:2:2::")[1], *site);
        // The /64 that has the /48's own address is not the /48.
        assert_ne!(within("2001:db8:1::")[0], *site);
    }

    #[test]
    fn an_address_of_ipv4_is_a_network_by_itself_however_it_is_written() {
        assert_eq!(networks("::ffff:192.0.2.1"), networks("192.0.2.1"));
        assert_eq!(networks("192.0.2.1").len(), 1);
    }
}
