//! Pages of lists: how many, from where, and the opaque cursor that says where the next one begins.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::foundation::{
    faults::{FaultCode, Faults},
    fields::{self, Fields, FromJson},
    secrets::fingerprint,
};

/// How many rows a page has at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(i32);

impl Limit {
    const DEFAULT: Self = Self(50);
    const MOST: Self = Self(200);

    /// One row more than the page holds, so that it shows whether another page follows.
    #[must_use]
    pub fn and_one(self) -> i64 {
        i64::from(self.0) + 1
    }

    /// How many that is.
    #[must_use]
    pub fn rows(self) -> usize {
        usize::try_from(self.0).unwrap_or_default()
    }
}

impl FromJson for Limit {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        fields::integer(value, 1..=200).map(Self)
    }
}

/// A list by a short hash of the path that it is at, and of the filters and the order that it is asked for with. Elsewhere its
/// cursors lead nowhere: keys of another list may look alike, and would skip rows in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ListMark([u8; 6]);

impl ListMark {
    /// A list that nobody asks for by a path.
    const NONE: Self = Self([0; 6]);

    fn of(path: &str, filters: &impl Serialize) -> Self {
        let filters = serde_json::to_vec(filters).unwrap_or_default();
        let hash = fingerprint("list", &[path.as_bytes(), b"?", &filters].concat());
        let mut mark = Self::NONE;
        mark.0.copy_from_slice(&hash[..6]);
        mark
    }
}

/// Which page of which list is asked for. `K` is what rows are sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// How many rows.
    pub limit: Limit,
    /// The key of the last row of the page before.
    pub after: Option<K>,
    list: ListMark,
}

impl<K: DeserializeOwned> PageRequest<K> {
    /// The first page of a list, with as many rows as there may be.
    #[must_use]
    pub const fn longest() -> Self {
        Self { limit: Limit::MOST, after: None, list: ListMark::NONE }
    }

    /// The first page of a list, with so many rows.
    #[must_use]
    pub fn of_rows(rows: usize) -> Self {
        Self { limit: Limit(i32::try_from(rows).unwrap_or(i32::MAX)), after: None, list: ListMark::NONE }
    }

    /// The first page of a list, with as many rows as are usual.
    #[must_use]
    pub const fn first() -> Self {
        Self { limit: Limit::DEFAULT, after: None, list: ListMark::NONE }
    }

    /// A page as long as this one, from where a cursor says; `None` when it is a cursor of another list.
    #[must_use]
    pub fn following(&self, cursor: &Cursor) -> Option<Self> {
        cursor.key(self.list).map(|key| Self { after: Some(key), ..*self })
    }

    /// The same page, with as many rows as there may be.
    #[must_use]
    pub fn lengthened(self) -> Self {
        Self { limit: Limit::MOST, ..self }
    }

    /// The same page, for whoever filters by more than was asked for and has the next page asked for by all of it.
    #[must_use]
    pub fn refined(self, path: &str, filters: &impl Serialize) -> Self {
        Self { list: ListMark::of(path, filters), ..self }
    }

    /// Takes `limit` and `cursor` out of a query for a list that has no filters.
    pub fn unfiltered(query: &mut Fields) -> Self {
        Self::filtered(query, &())
    }

    /// Takes `limit` and `cursor` out of a query for a list with filters and an order, which are all that decides which rows
    /// it has and which comes first.
    pub fn filtered(query: &mut Fields, filters: &impl Serialize) -> Self {
        let limit = query.optional("limit").unwrap_or(Limit::DEFAULT);
        let list = ListMark::of(query.path(), filters);
        let after = query.optional::<Cursor>("cursor").and_then(|cursor| {
            let key = cursor.key(list);
            if key.is_none() {
                let detail = "is not a cursor of this list: another path, other filters and another order have cursors of their own";
                query.fault("cursor", FaultCode::Malformed, detail);
            }
            key
        });
        Self { limit, after, list }
    }
}

/// Where a page ends of a list that is in the order of instants: that of its last row, in microseconds, and its id.
pub type Timed = (i64, String);

/// Where the next page begins; opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// Tells a cursor from what somebody made up.
    const MARK: &str = "c_";

    fn after(list: ListMark, key: &impl Serialize) -> Option<Self> {
        let key = serde_json::to_vec(key).ok()?;
        Some(Self(format!("{}{}", Self::MARK, URL_SAFE_NO_PAD.encode([&list.0[..], &key].concat()))))
    }

    fn key<K: DeserializeOwned>(&self, list: ListMark) -> Option<K> {
        let marked = URL_SAFE_NO_PAD.decode(self.0.strip_prefix(Self::MARK)?).ok()?;
        let key: Value = serde_json::from_slice(marked.strip_prefix(&list.0)?).ok()?;
        if can_be_compared(&key) { serde_json::from_value(key).ok() } else { None }
    }

    /// The text that goes into a URL as it is.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a key that somebody may have made up can be compared with stored ones: no database takes a text with NUL, and
/// engines disagree about years of more or less than four digits.
fn can_be_compared(key: &Value) -> bool {
    match key {
        Value::Array(parts) => parts.iter().all(can_be_compared),
        Value::String(text) => {
            let date: Option<chrono::NaiveDate> = text.parse().ok();
            !text.contains('\0') && date.is_none_or(|date| (0..=9999).contains(&chrono::Datelike::year(&date)))
        }
        _ => true,
    }
}

impl FromJson for Cursor {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        fields::text(value, 1..=1024).map(Self)
    }
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes the page that was asked for of what was found when asking for one row more than fits.
    #[must_use]
    pub fn cut<K: Serialize>(mut found: Vec<T>, asked: &PageRequest<K>, key: impl Fn(&T) -> K) -> Self {
        let rows = asked.limit.rows();
        let more = found.len() > rows;
        found.truncate(rows);
        let next_cursor = if more { found.last().and_then(|last| Cursor::after(asked.list, &key(last))) } else { None };
        Self { items: found, next_cursor }
    }

    /// Makes the page that was asked for of what was found in looking through rows, up to a key if more are behind it:
    /// the next page begins there where no more were found than fit.
    #[must_use]
    pub fn found_until<K: Serialize>(
        found: Vec<T>,
        asked: &PageRequest<K>,
        until: Option<K>,
        key: impl Fn(&T) -> K,
    ) -> Self {
        let page = Self::cut(found, asked, key);
        let next_cursor = page.next_cursor.or_else(|| Cursor::after(asked.list, &until?));
        Self { next_cursor, ..page }
    }

    /// The same page with its rows shown in another way, unless one of them can't be.
    ///
    /// # Errors
    /// The first that comes of a row.
    pub fn try_map<U, E>(self, show: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let items = self.items.into_iter().map(show).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor: self.next_cursor })
    }

    /// The same page with its rows shown in another way, without those that are not there, unless one can't be shown.
    ///
    /// # Errors
    /// The first that comes of a row.
    pub fn try_filter_map<U, E>(self, show: impl FnMut(T) -> Result<Option<U>, E>) -> Result<Page<U>, E> {
        let items = self.items.into_iter().map(show).filter_map(Result::transpose).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor: self.next_cursor })
    }

    /// The same page with its rows shown in another way.
    #[must_use]
    pub fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(show).collect(), next_cursor: self.next_cursor }
    }
}
