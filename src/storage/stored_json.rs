//! Values that a column keeps as JSON.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{Error, Result};
use crate::foundation::ids::Id;

/// A value as it is stored.
///
/// # Errors
/// When it can't be written as JSON.
pub fn write(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Failed(error.to_string()))
}

/// A value as JSON that goes into other JSON as it is.
///
/// # Errors
/// When it can't be written as JSON.
pub fn raw(value: &impl Serialize) -> Result<Box<RawValue>> {
    serde_json::value::to_raw_value(value).map_err(|error| Error::Failed(error.to_string()))
}

/// A value that was stored; `what` it is stands in the error, never what it says.
///
/// # Errors
/// When the text is not of such a value.
pub fn read<T: DeserializeOwned>(what: &str, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|_| Error::corrupt(what))
}

/// Ids that were stored; `None` where the column has none.
///
/// # Errors
/// When the text is not of a list.
pub fn read_ids(what: &str, json: Option<&str>) -> Result<Option<Vec<Id>>> {
    let ids = json.map(|json| read::<Vec<String>>(what, json)).transpose()?;
    Ok(ids.map(|ids| ids.into_iter().map(Id::stored).collect()))
}
