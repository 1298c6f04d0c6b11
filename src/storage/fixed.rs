//! Statements that read the same each time, and so are prepared once for each connection.

use std::{
    any::TypeId,
    collections::HashMap,
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

use diesel::{
    QueryResult, QuerySource, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, InsertStatement, QueryBuilder, QueryFragment, QueryId, UpdateStatement},
};

/// A statement that is known by its place in the code. Diesel writes the SQL of INSERT and UPDATE anew each time, and has
/// an UPDATE parsed anew as well, since its columns might be others than the last time. With twenty columns that costs
/// more than what the statement does.
#[derive(Debug, Clone, Copy)]
pub struct Fixed<Place, Statement> {
    statement: Statement,
    place: PhantomData<Place>,
}

/// A statement of which Diesel's types tell whether it reads the same whatever its values are.
pub trait Reads {
    /// Whether it does: no column of an INSERT is left out, and no list has a length of its own. What an UPDATE sets is in
    /// no such type; rows that are set as a whole leave nothing out, as tests/architecture.rs sees to.
    const THE_SAME: bool;
}

impl<Table: QuerySource, Values: QueryId, Op: QueryId, Ret: QueryId> Reads for InsertStatement<Table, Values, Op, Ret> {
    const THE_SAME: bool = Values::HAS_STATIC_QUERY_ID && Op::HAS_STATIC_QUERY_ID && Ret::HAS_STATIC_QUERY_ID;
}

impl<Table: QuerySource, Where: QueryId, Set, Ret: QueryId> Reads for UpdateStatement<Table, Where, Set, Ret> {
    const THE_SAME: bool = Where::HAS_STATIC_QUERY_ID && Ret::HAS_STATIC_QUERY_ID;
}

impl<Place, Statement: Reads> Fixed<Place, Statement> {
    /// What is at one place must have the same SQL whatever its values are. A statement that may read differently does not
    /// compile, and one whose UPDATE does panics in tests.
    pub fn at(_: Place, statement: Statement) -> Self {
        const { assert!(Statement::THE_SAME, "this statement may read differently from time to time") };
        Self { statement, place: PhantomData }
    }
}

/// Names the place of a statement. For what every request does.
macro_rules! fixed {
    ($statement:expr) => {{
        struct Here;
        $crate::storage::Fixed::at(Here, $statement)
    }};
}

pub(crate) use fixed;

impl<Place: 'static, Statement> QueryId for Fixed<Place, Statement> {
    type QueryId = Place;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Place, Statement, DB> QueryFragment<DB> for Fixed<Place, Statement>
where
    Place: 'static,
    Statement: QueryFragment<DB>,
    DB: Backend<QueryBuilder: Default> + 'static,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, backend: &DB) -> QueryResult<bool> {
        if cfg!(debug_assertions) {
            let mut sql = DB::QueryBuilder::default();
            self.statement.to_sql(&mut sql, backend)?;
            reads_as_before((TypeId::of::<Place>(), TypeId::of::<DB>()), &sql.finish());
        }
        Ok(true)
    }
}

impl<Place, Statement, Connection> RunQueryDsl<Connection> for Fixed<Place, Statement> {}

fn reads_as_before(key: (TypeId, TypeId), sql: &str) {
    static SEEN: Mutex<Option<HashMap<(TypeId, TypeId), String>>> = Mutex::new(None);
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let first = seen.get_or_insert_default().entry(key).or_insert_with(|| sql.to_owned());
    assert_eq!(*first, sql, "a fixed statement has changed");
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::Reads;
    use crate::storage::schema::recovery_codes::{code_hash, table, user_id};

    fn reads_the_same<S: Reads>(_: S) -> bool {
        S::THE_SAME
    }

    #[test]
    fn a_statement_that_grows_with_its_values_is_told_from_one_that_does_not() {
        let hash = || code_hash.eq(vec![1_u8]);
        assert!(reads_the_same(diesel::insert_into(table).values((hash(), user_id.eq("kim")))));
        assert!(reads_the_same(diesel::update(table.find(vec![1_u8])).set(user_id.eq("kim"))));

        assert!(!reads_the_same(diesel::insert_into(table).values(vec![(hash(), user_id.eq("kim"))])));
        assert!(!reads_the_same(diesel::insert_into(table).values((hash(), Some(user_id.eq("kim"))))));
        assert!(!reads_the_same(diesel::update(table.filter(user_id.eq_any(["kim"]))).set(user_id.eq("kim"))));
        assert!(!reads_the_same(diesel::update(table).set(user_id.eq("kim")).into_boxed::<diesel::sqlite::Sqlite>()));
    }
}
