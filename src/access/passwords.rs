//! Hashing passwords with argon2id, few at once: a storm of sign-ins waits in a short queue and is then refused, and
//! everybody else is answered as before. Those who sign in have threads of their own: they wait neither for passwords and
//! passcodes that others choose or confirm, nor for passwords that are slow to judge.

use std::time::Duration;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use subtle::ConstantTimeEq;

use super::accounts::model::{Email, NewPassword, Password};
use crate::foundation::{
    budget::Budget,
    clock::Instant,
    fair_queue::Room,
    faults::Faults,
    lane::{HashError, Lane, LaneError},
    party::{Asker, Party},
};

/// How long a sign-in may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many sign-ins of one address wait for each core; at some 30 ms each, the last one waits about a second.
const QUEUE_PER_CORE: usize = 32;
/// How many addresses may have so many waiting at once: the last one waits as long as anybody does.
const FULL_QUEUES: usize = 4;
/// How many other hashes wait, and of one account or address.
const ROOM_OF_OTHERS: Room = Room { all: 64, each: 8, at_once: 1 };
/// How many passwords wait to be judged, and of one account or address.
const ROOM_OF_JUDGES: Room = Room { all: 64, each: 8, at_once: 1 };
const HASH_BYTES: usize = 32;

/// What a hash costs whoever makes one, and whoever guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    kibibytes: u32,
    passes: u32,
}

impl Cost {
    /// OWASP's floor, and the crate's default: 19 MiB, two passes.
    pub const STANDARD: Self = Self { kibibytes: 19_456, passes: 2 };
    /// As little as argon2 allows, for tests of something else. No setting leads here.
    pub const LEAST: Self = Self { kibibytes: Params::MIN_M_COST, passes: Params::MIN_T_COST };

    fn params(self) -> Result<Params, HashError> {
        Params::new(self.kibibytes, self.passes, 1, Some(HASH_BYTES)).map_err(failed)
    }
}

/// The work buffer of one thread, 19 MiB, kept between hashes: the allocator would keep it anyway, in pieces.
type Memory = Vec<Block>;

/// Hashes and verifies passwords on threads of its own.
#[derive(Debug)]
pub struct PasswordHasher {
    sign_ins: Lane<Memory>,
    others: Lane<Memory>,
    judges: Lane<()>,
    /// What one account may have hashed.
    budget: Budget,
    cost: Cost,
    /// What an unknown e-mail is verified against, so that it costs the same.
    nobody: String,
}

/// How a verification ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password. The new hash is there when the stored one was made with other parameters.
    Right {
        /// To be stored in place of the old one.
        rehashed: Option<String>,
    },
    /// It is not.
    Wrong,
}

impl PasswordHasher {
    /// Starts a thread a core for those who sign in, one for all other hashes, and one that judges.
    ///
    /// # Errors
    /// When the system refuses threads or random numbers.
    pub fn start(cost: Cost, budget: Budget) -> Result<Self, HashError> {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let each = QUEUE_PER_CORE * cores;
        let room_of_sign_ins = Room { all: FULL_QUEUES * each, each, at_once: cores };
        let memories = |threads| std::iter::repeat_with(Memory::new).take(threads);
        Ok(Self {
            sign_ins: Lane::start("sign-in", memories(cores), room_of_sign_ins).map_err(failed)?,
            others: Lane::start_yielding("password", memories(1), ROOM_OF_OTHERS).map_err(failed)?,
            judges: Lane::start_yielding("judge", [()], ROOM_OF_JUDGES).map_err(failed)?,
            budget,
            cost,
            nobody: hash(&mut Memory::new(), cost, b"nobody has this password")?,
        })
    }

    /// What is wrong with a password that somebody wants to have.
    ///
    /// # Errors
    /// When there are too many at once.
    pub async fn judge(&self, asker: Asker, password: NewPassword, email: Email) -> Result<Faults, HashError> {
        let weakness = self.judges.run(asker.party, PATIENCE, move |()| password.weakness(&email)).await?;
        Ok(weakness.unwrap_or_default())
    }

    /// Hashes a password that was judged, or a passcode.
    ///
    /// # Errors
    /// When there are too many at once.
    pub async fn hash(&self, asker: Asker, password: Password) -> Result<String, HashError> {
        let cost = self.cost;
        self.spend(asker)?;
        let work = move |memory: &mut Memory| hash(memory, cost, password.expose().as_bytes());
        self.others.run(asker.party, PATIENCE, work).await?
    }

    /// Compares a password or a passcode with a stored hash.
    ///
    /// # Errors
    /// When there are too many at once.
    pub async fn verify(&self, asker: Asker, password: Password, stored: String) -> Result<Verdict, HashError> {
        let cost = self.cost;
        self.spend(asker)?;
        let work = move |memory: &mut Memory| verify_each(memory, cost, &password, &stored);
        self.others.run(asker.party, PATIENCE, work).await?
    }

    /// Compares the password of somebody who signs in with a stored hash. Without one it does the same work and finds the
    /// password wrong.
    ///
    /// # Errors
    /// When there are too many at once.
    pub async fn sign_in(
        &self,
        asker: Asker,
        password: Password,
        stored: Option<String>,
    ) -> Result<Verdict, HashError> {
        let (known, cost) = (stored.is_some(), self.cost);
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        let work = move |memory: &mut Memory| verify_each(memory, cost, &password, &stored);
        let verdict = self.sign_ins.run(asker.party, PATIENCE, work).await??;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    /// Forgets whose budget is whole again.
    pub fn forget(&self, now: Instant) {
        self.budget.forget(now);
    }

    /// Whoever is not signed in has an allowance at the door.
    fn spend(&self, asker: Asker) -> Result<(), LaneError> {
        if matches!(asker.party, Party::Account(_)) {
            self.budget.take(asker, 1)?;
        }
        Ok(())
    }
}

fn failed(error: impl std::fmt::Display) -> HashError {
    HashError::Failed(error.to_string())
}

fn digest(memory: &mut Memory, params: Params, password: &[u8], salt: &[u8], out: &mut [u8]) -> Result<(), HashError> {
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::default());
    }
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, out, memory.as_mut_slice())
        .map_err(failed)
}

fn hash(memory: &mut Memory, cost: Cost, password: &[u8]) -> Result<String, HashError> {
    let params = cost.params()?;
    let salt: [u8; 16] = crate::foundation::secrets::random();
    let mut out = [0; HASH_BYTES];
    digest(memory, params.clone(), password, &salt, &mut out)?;
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(failed)?,
        salt: Some(Salt::new(&salt).map_err(failed)?),
        hash: Some(Output::new(&out).map_err(failed)?),
    };
    Ok(phc.to_string())
}

/// Compares with each spelling that the stored hash may be of. One of another spelling than is hashed now is renewed.
fn verify_each(memory: &mut Memory, cost: Cost, password: &Password, stored: &str) -> Result<Verdict, HashError> {
    for spelling in password.expose_each() {
        match verify(memory, cost, spelling.as_bytes(), stored)? {
            Verdict::Right { .. } if spelling != password.expose() => {
                let rehashed = Some(hash(memory, cost, password.expose().as_bytes())?);
                return Ok(Verdict::Right { rehashed });
            }
            right @ Verdict::Right { .. } => return Ok(right),
            Verdict::Wrong => {}
        }
    }
    Ok(Verdict::Wrong)
}

fn verify(memory: &mut Memory, cost: Cost, password: &[u8], stored: &str) -> Result<Verdict, HashError> {
    let phc = PasswordHash::new(stored).map_err(failed)?;
    let stored_params = Params::try_from(&phc).map_err(failed)?;
    let (Some(salt), Some(expected)) = (phc.salt, phc.hash) else {
        return Err(HashError::Failed("a stored hash is not whole".into()));
    };
    if phc.algorithm != Algorithm::Argon2id.ident() {
        return Err(HashError::Failed("a stored hash is not argon2id".into()));
    }
    let mut out = vec![0; expected.as_bytes().len()];
    digest(memory, stored_params.clone(), password, &salt, &mut out)?;
    if !bool::from(out.ct_eq(expected.as_bytes())) {
        return Ok(Verdict::Wrong);
    }
    let current = cost.params()?;
    let same = (stored_params.m_cost(), stored_params.t_cost(), stored_params.p_cost())
        == (current.m_cost(), current.t_cost(), current.p_cost());
    Ok(Verdict::Right { rehashed: if same { None } else { Some(hash(memory, cost, password)?) } })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_hash_names_its_parameters_and_is_never_the_same_twice() {
        let memory = &mut Memory::new();
        let (one, two) =
            (hash(memory, Cost::STANDARD, b"secret").unwrap(), hash(memory, Cost::STANDARD, b"secret").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert_eq!(verify(memory, Cost::STANDARD, b"secret", &one).unwrap(), Verdict::Right { rehashed: None });
        assert_eq!(verify(memory, Cost::STANDARD, b"Secret", &one).unwrap(), Verdict::Wrong);
    }

    #[test]
    fn a_hash_of_another_implementation_is_read_and_replaced_when_weaker() {
        // Made with argon2-cffi 25.1 (the reference C library): m=8192, t=1, p=1, password "reference".
        let stored = include_str!("../../tests/reference/argon2id.txt").trim();
        let Verdict::Right { rehashed: Some(new) } =
            verify(&mut Memory::new(), Cost::STANDARD, b"reference", stored).unwrap()
        else {
            panic!("the reference hash was not accepted and renewed");
        };
        assert!(new.contains("m=19456,t=2,p=1"));
        assert_eq!(verify(&mut Memory::new(), Cost::STANDARD, b"Reference", stored).unwrap(), Verdict::Wrong);
    }
}
