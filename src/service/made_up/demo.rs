//! Believable people to look at: a year of cramps, soreness, check-ins and a treatment half-way, from a fixed seed.

use std::fmt::Write;

use super::{
    account::{self, PASSWORD},
    people, year,
};
use crate::{service::Service, storage::refusal::Refusal};

/// Adds the people who are not there yet, and says how to sign in as them.
///
/// # Errors
/// One line about what went wrong.
pub async fn fill(service: &Service) -> Result<String, String> {
    let now = service.clock.now();
    let hash = account::password_hash(service).await?;
    let mut text = format!("sign in with the password  {PASSWORD}\n\n");
    for person in people::all() {
        let (address, about) = (person.email, person.about);
        let (new, hash) = (person.account()?, hash.clone());
        let added = service
            .store
            .write(move |db| {
                let Some(user) = account::open(db, new, hash, year::first_instant(now))? else { return Ok(false) };
                year::live(db, &person, &user.id, now)?;
                Ok::<_, Refusal>(true)
            })
            .await
            .map_err(|error| error.to_string())?;
        let state = if added { "" } else { "  (was there before)" };
        // Writing to a String can't fail.
        let _ = writeln!(text, "  {address:<22} {about}{state}");
    }
    Ok(text)
}
