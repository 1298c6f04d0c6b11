//! What people do in drills alone: move between servers, and find all that they wrote.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use reqwest::ClientBuilder;
use serde_json::{Value, json};

use super::process::Server;
use crate::client::{Answer, Caller, DiaryPath, PASSWORD, Request, Row, http};

/// It waits a minute: the service is to give up before its clients do.
fn client() -> ClientBuilder {
    http(Duration::from_mins(1))
}

/// What drills ask of every answer: an error is a problem, and JSON can be read. The contract is for the API's tests.
fn can_be_read(_: &Request, answer: &Answer) -> Result<(), String> {
    let media_type = answer.header("content-type").unwrap_or_default();
    if answer.status >= 400 && media_type != "application/problem+json" {
        return Err(format!("this error is {media_type:?}"));
    }
    if media_type.ends_with("json") {
        serde_json::from_slice::<Value>(&answer.body).map_err(|error| error.to_string())?;
    }
    Ok(())
}

impl Server {
    /// Somebody without an account, with connections of their own. Their diary goes by the name of `me`.
    pub fn nobody(&self) -> Caller {
        Caller::new(client().build().unwrap(), self.address, can_be_read).keeps(DiaryPath::of("me"))
    }

    /// Somebody without an account at another address of this machine, whatever they are told.
    pub fn nobody_from(&self, last: u8) -> Caller {
        let client = client().local_address(IpAddr::from([127, 0, 0, last])).build().unwrap();
        Caller::new(client, self.address, |_, _| Ok(()))
    }

    /// A patient who just registered.
    pub async fn patient(&self, email: &str) -> Caller {
        self.nobody().opens_an_account(credentials(email)).await
    }
}

/// The body of a sign-in.
pub fn credentials(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

impl Caller {
    /// The same person, with the same token, at another server.
    pub fn at(&self, server: &Server) -> Self {
        self.over(client().build().unwrap(), server.address)
    }

    /// The same person, who opens a connection for each request.
    pub fn one_shot(&self) -> Self {
        self.over(client().pool_max_idle_per_host(0).build().unwrap(), self.address())
    }

    /// Sends a cramp, whatever comes of it.
    pub fn sends(&self, cramp: &Value) -> Request {
        self.post(self.diary().episodes(), cramp.clone())
    }

    /// Every cramp of the diary, over all pages.
    pub async fn cramps(&self) -> Vec<Row> {
        self.lists_all(self.diary().episodes()).await
    }

    /// How many cramps the kept sums know of.
    pub async fn counted_cramps(&self) -> usize {
        let share = self.learns(self.diary().night_share_of("1970-01-01", "2100-01-01")).await;
        share["episodes"].as_u64().unwrap().try_into().unwrap()
    }

    /// Makes sure that the diary has these cramps and may have those, each once and whole, and that its sums agree.
    pub async fn has_exactly(&self, these: &[Value], perhaps: &[Value]) {
        let listed = self.cramps().await;
        let mut found = BTreeMap::new();
        for row in &listed {
            assert!(found.insert(row.id(), row).is_none(), "{} is listed twice", row.id());
        }
        for cramp in these {
            let id = cramp["id"].as_str().unwrap();
            let row = found.remove(id).unwrap_or_else(|| panic!("{id} was acknowledged and is lost"));
            is_as_written(row, cramp);
        }
        for cramp in perhaps {
            if let Some(row) = found.remove(cramp["id"].as_str().unwrap()) {
                is_as_written(row, cramp);
            }
        }
        assert!(found.is_empty(), "nobody wrote {found:?}");
        assert_eq!(self.counted_cramps().await, listed.len(), "the night share counts other cramps than the list has");
    }
}

fn is_as_written(row: &Row, cramp: &Value) {
    for (name, value) in cramp.as_object().unwrap() {
        assert_eq!(&row[name.as_str()], value, "{name} of {row:?}");
    }
}

/// A cramp, as a client writes it and as it is read back.
pub fn cramp(id: &str, number: u32) -> Value {
    let minute = number % 60;
    let hour = number / 60 % 24;
    let day = number / (60 * 24) % 28 + 1;
    json!({
        "id": id,
        "started_at": format!("2024-02-{day:02}T{hour:02}:{minute:02}:00+00:00"),
        "intensity": number % 11,
        "note": format!("the cramp {id}"),
    })
}
