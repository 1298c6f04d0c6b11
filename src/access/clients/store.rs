//! Registered apps in the database.

use diesel::prelude::*;

use super::model::{Client, RedirectUri};
use crate::{
    foundation::{clock::Instant, ids::Id, values::Name},
    storage::{Db, Error, Result, schema::clients, stored_json},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = clients, treat_none_as_default_value = false)]
struct Row {
    id: String,
    name: String,
    redirect_uris: String,
    secret_hash: Option<Vec<u8>>,
    created_at: Instant,
}

impl TryFrom<Row> for Client {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let redirect_uris: Vec<RedirectUri> = stored_json::read("addresses of an app", &row.redirect_uris)?;
        let secret_hash = row.secret_hash.map(|hash| <[u8; 32]>::try_from(hash.as_slice())).transpose();
        Ok(Self {
            id: Id::stored(row.id),
            name: Name::stored(row.name),
            redirect_uris,
            secret_hash: secret_hash.map_err(|_| Error::corrupt("secret of an app"))?,
            created_at: row.created_at,
        })
    }
}

/// Registers an app.
///
/// # Errors
/// When the database fails.
pub fn insert(db: &mut Db, client: &Client) -> Result<()> {
    let row = Row {
        id: client.id.to_string(),
        name: client.name.as_str().to_owned(),
        redirect_uris: stored_json::write(&client.redirect_uris)?,
        secret_hash: client.secret_hash.map(|hash| hash.to_vec()),
        created_at: client.created_at,
    };
    diesel::insert_into(clients::table).values(row).execute(db)?;
    Ok(())
}

/// An app by its id.
///
/// # Errors
/// When the database fails.
pub fn find(db: &mut Db, id: &Id) -> Result<Option<Client>> {
    let row: Option<Row> = clients::table.find(id.as_str()).select(Row::as_select()).first(db).optional()?;
    row.map(Client::try_from).transpose()
}

/// All of them, in the order in which they were registered. The operator has registered each by hand.
///
/// # Errors
/// When the database fails.
pub fn all(db: &mut Db) -> Result<Vec<Client>> {
    let rows: Vec<Row> = clients::table.order((clients::created_at, clients::id)).select(Row::as_select()).load(db)?;
    rows.into_iter().map(Client::try_from).collect()
}

/// Takes an app off, whose connections have ended; whoever lets it in at this moment does so for nothing.
///
/// # Errors
/// When the database fails.
pub fn remove(db: &mut Db, id: &Id) -> Result<()> {
    diesel::delete(clients::table.find(id.as_str())).execute(db)?;
    Ok(())
}
