//! Believable people to look at: three patients with a year of cramps, soreness, check-ins and a treatment half-way, from a
//! fixed seed, and the clinician with whom they share it.

use std::fmt::Write;

use super::{
    account::{self, PASSWORD},
    clinic::{self, Lived},
    people, year,
};
use crate::{service::Service, storage::refusal::Refusal};

const BEFORE: &str = "  (was there before)";

/// Adds the people who are not there yet, and says how to sign in as them. Who is there already is left alone, and shares
/// nothing.
///
/// # Errors
/// One line about what went wrong.
pub async fn fill(service: &Service) -> Result<String, String> {
    let now = service.clock.now();
    let hash = account::password_hash(service).await?;
    let mut lived = Vec::new();
    let mut text = format!("sign in with the password  {PASSWORD}\n\n");
    let mut line = |email, about, state| {
        // Writing to a String can't fail.
        let _ = writeln!(text, "  {email:<22} {about}{state}");
    };
    for person in people::patients() {
        let (email, about) = (person.email, person.about);
        let (new, hash) = (person.account()?, hash.clone());
        let added = service
            .store
            .write(move |db| {
                let Some(user) = account::open(db, new, hash, year::first_instant(now))? else { return Ok(None) };
                let revisions = year::live(db, &person, &user.id, now)?;
                Ok::<_, Refusal>(user.diary_id.map(|diary| Lived { email, diary, revisions }))
            })
            .await
            .map_err(|error| error.to_string())?;
        line(email, about, if added.is_some() { "" } else { BEFORE });
        lived.extend(added);
    }
    let (new, began) = clinic::account(now)?;
    let added = service.store.write(move |db| account::open(db, new, hash, began)).await;
    let added = added.map_err(|error| error.to_string())?.is_some();
    let state = match added {
        false => BEFORE,
        true if lived.len() < people::patients().len() => "  (but those who were there before share nothing)",
        true => "",
    };
    line(clinic::EMAIL, clinic::ABOUT, state);
    if added {
        clinic::look_after(service, &lived, now).await.map_err(|error| error.to_string())?;
    }
    Ok(text)
}
