//! Statements that read the same each time, and so are prepared once for each connection.

use std::{
    any::TypeId,
    collections::HashMap,
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, QueryBuilder, QueryFragment, QueryId},
};

/// A statement that is known by its place in the code. Diesel writes the SQL of INSERT and UPDATE anew each time, and has
/// an UPDATE parsed anew as well, since its columns might be others than the last time. With twenty columns that costs
/// more than what the statement does.
#[derive(Debug, Clone, Copy)]
pub struct Fixed<Place, Statement> {
    statement: Statement,
    place: PhantomData<Place>,
}

impl<Place, Statement> Fixed<Place, Statement> {
    /// What is at one place must have the same SQL whatever its values are: no column that is left out, no list of
    /// varying length. Tests panic where it has not.
    pub fn at(_: Place, statement: Statement) -> Self {
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
