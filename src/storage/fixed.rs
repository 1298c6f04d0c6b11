//! Statements that read the same each time, and so are prepared once for each connection.

use std::{
    any::TypeId,
    collections::HashMap,
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

use diesel::{
    AsChangeset, QueryResult, QuerySource, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, InsertStatement, IntoUpdateTarget, QueryBuilder, QueryFragment, QueryId},
};

/// A statement that is known by its place in the code. Diesel writes the SQL of an INSERT anew each time to see whether it
/// is the same. With twenty columns that costs more than what the statement does.
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

/// An UPDATE that sets the same columns each time. Diesel's own is never kept prepared, since its columns might be others
/// than the last time.
#[derive(Debug, Clone, Copy)]
pub struct Update<Table, Where, Set> {
    table: Table,
    rows: Where,
    changes: Set,
}

/// An UPDATE of some rows, for `fixed!`.
pub fn update<Rows: IntoUpdateTarget, Changes: AsChangeset<Target = Rows::Table>>(
    rows: Rows,
    changes: Changes,
) -> Update<<Rows::Table as QuerySource>::FromClause, Rows::WhereClause, Changes::Changeset>
where
    Rows::Table: QuerySource,
{
    let target = rows.into_update_target();
    Update { table: target.table.from_clause(), rows: target.where_clause, changes: changes.as_changeset() }
}

impl<Table, Where: QueryId, Set> Reads for Update<Table, Where, Set> {
    const THE_SAME: bool = Where::HAS_STATIC_QUERY_ID;
}

impl<Table, Where, Set, DB> QueryFragment<DB> for Update<Table, Where, Set>
where
    Table: QueryFragment<DB>,
    Where: QueryFragment<DB>,
    Set: QueryFragment<DB>,
    DB: Backend,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql("UPDATE ");
        self.table.walk_ast(pass.reborrow())?;
        pass.push_sql(" SET ");
        self.changes.walk_ast(pass.reborrow())?;
        self.rows.walk_ast(pass)
    }
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
        if cfg!(debug_assertions) {
            let mut sql = DB::QueryBuilder::default();
            self.statement.to_sql(&mut sql, pass.backend())?;
            reads_as_before((TypeId::of::<Place>(), TypeId::of::<DB>()), &sql.finish());
        }
        self.statement.walk_ast(pass)
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
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::{Arc, Mutex};

    use diesel::{connection::InstrumentationEvent, prelude::*, sql_query};

    use super::{Reads, update};
    use crate::storage::schema::recovery_codes::{code_hash, table, user_id};

    fn reads_the_same<S: Reads>(_: S) -> bool {
        S::THE_SAME
    }

    #[test]
    fn a_statement_that_grows_with_its_values_is_told_from_one_that_does_not() {
        let hash = || code_hash.eq(vec![1_u8]);
        assert!(reads_the_same(diesel::insert_into(table).values((hash(), user_id.eq("kim")))));
        assert!(reads_the_same(update(table.find(vec![1_u8]), user_id.eq("kim"))));

        assert!(!reads_the_same(diesel::insert_into(table).values(vec![(hash(), user_id.eq("kim"))])));
        assert!(!reads_the_same(diesel::insert_into(table).values((hash(), Some(user_id.eq("kim"))))));
        assert!(!reads_the_same(update(table.filter(user_id.eq_any(["kim"])), user_id.eq("kim"))));
    }

    #[test]
    fn a_fixed_statement_is_prepared_once() {
        let prepared = Arc::new(Mutex::new(Vec::new()));
        let mut db = SqliteConnection::establish(":memory:").unwrap();
        sql_query("CREATE TABLE recovery_codes (code_hash BLOB PRIMARY KEY, user_id TEXT)").execute(&mut db).unwrap();
        db.set_instrumentation({
            let prepared = prepared.clone();
            move |event: InstrumentationEvent<'_>| {
                if let InstrumentationEvent::CacheQuery { sql, .. } = event {
                    prepared.lock().unwrap().push(sql.to_owned());
                }
            }
        });
        for hash in [1_u8, 2] {
            let row = (code_hash.eq(vec![hash]), user_id.eq("kim"));
            fixed!(diesel::insert_into(table).values(row)).execute(&mut db).unwrap();
            fixed!(update(table.find(vec![hash]), user_id.eq("sam"))).execute(&mut db).unwrap();
        }
        assert_eq!(table.filter(user_id.eq("sam")).count().get_result(&mut db), Ok(2));
        let prepared = prepared.lock().unwrap();
        assert!(prepared[0].starts_with("INSERT") && prepared[1].starts_with("UPDATE"), "{prepared:?}");
        assert_eq!(prepared.len(), 3, "{prepared:?}");
    }
}
