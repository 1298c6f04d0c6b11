//! What a query finds, as Diesel reads it.

use std::{num::NonZeroU32, sync::Arc};

use diesel::{
    QueryResult,
    pg::{Pg, PgValue},
    row::{Field, PartialRow, Row, RowIndex, RowSealed},
};
use tokio_postgres::types::{FromSql, Type};

/// The numbers of types.
#[must_use]
pub fn oids<'a>(types: impl Iterator<Item = &'a Type>) -> Arc<[NonZeroU32]> {
    // A type without a number does not exist; 1 is a boolean, which then can't be read as what was expected.
    types.map(|of| NonZeroU32::new(of.oid()).unwrap_or(NonZeroU32::MIN)).collect()
}

/// What a query found.
pub struct Rows {
    rows: std::vec::IntoIter<tokio_postgres::Row>,
    types: Arc<[NonZeroU32]>,
}

impl Rows {
    /// Rows whose columns are of these types.
    #[must_use]
    pub fn new(rows: Vec<tokio_postgres::Row>, types: Arc<[NonZeroU32]>) -> Self {
        Self { rows: rows.into_iter(), types }
    }
}

impl Iterator for Rows {
    type Item = QueryResult<PgRow>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rows.next().map(|row| Ok(PgRow { row, types: self.types.clone() }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

/// One row.
pub struct PgRow {
    row: tokio_postgres::Row,
    types: Arc<[NonZeroU32]>,
}

impl RowSealed for PgRow {}

impl<'a> Row<'a, Pg> for PgRow {
    type Field<'f>
        = PgField<'f>
    where
        'a: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        self.row.len()
    }

    fn get<'b, I>(&'b self, index: I) -> Option<PgField<'b>>
    where
        'a: 'b,
        Self: RowIndex<I>,
    {
        self.idx(index).map(|index| PgField { row: self, index })
    }

    fn partial_row(&self, range: std::ops::Range<usize>) -> PartialRow<'_, Self> {
        PartialRow::new(self, range)
    }
}

impl RowIndex<usize> for PgRow {
    fn idx(&self, index: usize) -> Option<usize> {
        (index < self.row.len()).then_some(index)
    }
}

impl<'a> RowIndex<&'a str> for PgRow {
    fn idx(&self, name: &'a str) -> Option<usize> {
        self.row.columns().iter().position(|column| column.name() == name)
    }
}

/// One value of a row.
pub struct PgField<'a> {
    row: &'a PgRow,
    index: usize,
}

impl<'a> Field<'a, Pg> for PgField<'a> {
    fn field_name(&self) -> Option<&str> {
        self.row.row.columns().get(self.index).map(tokio_postgres::Column::name)
    }

    fn value(&self) -> Option<PgValue<'_>> {
        let Raw(bytes) = self.row.row.try_get::<_, Option<Raw<'_>>>(self.index).ok()??;
        self.row.types.get(self.index).map(|of| PgValue::new(bytes, of))
    }
}

/// The bytes of a value, whatever its type.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
