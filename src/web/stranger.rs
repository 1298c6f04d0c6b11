//! Somebody who is not signed in, known by the address that they come from.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::{allowance, part::part, problem::Problem, throttle::AddressLimit};
use crate::{
    foundation::{
        clock::{Clock, Instant},
        party::{Asker, Party},
    },
    storage::Store,
};

/// Whoever asks without an account, or before it is known which one is theirs. What they have done waits in the line of
/// their address.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// The database.
    pub store: Store,
    /// They, now.
    pub asker: Asker,
}

impl Stranger {
    /// Whoever sent a request.
    ///
    /// # Errors
    /// When the application lacks a part: a defect.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let address = part::<AddressLimit>(request)?.address(request.peer_addr(), request.headers());
        // Whoever has no address, such as who comes through a socket of this machine, is one party.
        let party = address.map_or(Party::Address(0), allowance::party);
        let asker = Asker { party, now: part::<Clock>(request)?.now() };
        Ok(Self { store: part::<Store>(request)?.on_behalf_of(party), asker })
    }

    /// When the request came.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.asker.now
    }
}

impl FromRequest for Stranger {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}
