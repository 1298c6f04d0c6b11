//! Believable people to look at: a year of cramps, soreness, check-ins and a treatment half-way, from a fixed seed.

mod people;
mod year;

use std::fmt::Write;

use crate::{
    access::accounts::{
        model::{Email, NewPassword},
        store,
    },
    foundation::fields::FromJson,
    people::accounts::registration,
    service::Service,
    storage::refusal::Refusal,
};

/// Everybody's password: these accounts are for looking, not for keeping.
const PASSWORD: &str = "seven cramps before breakfast";

/// Adds the people who are not there yet, and says how to sign in as them.
///
/// # Errors
/// One line about what went wrong.
pub async fn fill(service: &Service) -> Result<String, String> {
    let now = service.clock.now();
    let mut text = format!("sign in with the password  {PASSWORD}\n\n");
    for person in people::all() {
        let email = Email::parse(person.email).ok_or("an e-mail of the demo is none")?;
        let password = NewPassword::from_json(&PASSWORD.into()).map_err(|_| "the demo's password is not accepted")?;
        let hash = service.passwords.hash(password.password().clone()).await.map_err(|error| error.to_string())?;
        let (address, about) = (person.email, person.about);
        let added = service
            .store
            .write(move |db| {
                if store::find_by_email(db, &email)?.is_some() {
                    return Ok(false);
                }
                let began = year::first_instant(now);
                let user = registration::open(db, person.account(email), hash, began)?;
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
