//! Diesel's connection over `tokio-postgres`: one at a time, for threads that may block. Diesel's own needs libpq; this
//! one needs nothing from the system, tells errors by their SQLSTATE, and never waits for an answer without end.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use bytes::BytesMut;
use diesel::{
    ConnectionError, ConnectionResult, QueryResult,
    connection::{
        AnsiTransactionManager, CacheSize, Connection, ConnectionSealed, DynInstrumentation, Instrumentation,
        InstrumentationEvent, LoadConnection, SimpleConnection, StrQueryHelper,
    },
    expression::QueryMetadata,
    internal::derives::multiconnection::MultiConnectionHelper,
    migration::{CREATE_MIGRATIONS_TABLE, MigrationConnection},
    pg::{Pg, PgMetadataLookup, PgQueryBuilder, PgTypeMetadata},
    query_builder::{Query, QueryBuilder, QueryFragment, QueryId, bind_collector::RawBytesBindCollector},
    result::Error,
};
use futures_util::{
    TryStreamExt,
    future::{join, join_all, join3},
};
use tokio::{runtime::Runtime, time::timeout};
use tokio_postgres::{
    Client, Statement,
    types::{IsNull, ToSql, Type},
};

use super::{
    report::{self, diesel_error},
    row::{PgRow, Rows, oids},
};

/// Statements beyond this many are forgotten: lists with filters come in many forms.
const MOST_STATEMENTS: usize = 400;

/// A connection to a server, with the runtime that drives it. It must not be used on a thread of another runtime.
pub struct PgConnection {
    client: Client,
    runtime: Runtime,
    patience: Duration,
    transaction: AnsiTransactionManager,
    instrumentation: DynInstrumentation,
    statements: Statements,
    /// SQL without an answer worth waiting for: it goes out ahead of the next statement, in the same packet.
    ahead: Option<String>,
    holds_back: bool,
    /// What will be asked for: it goes out with the next statement, and its rows wait here.
    foreseen: Vec<Foreseen>,
    /// What is written without waiting: it goes out ahead of the next statement, which fails if it does.
    unsent: Vec<Ready>,
    end: End,
    has_failed: bool,
    gave_up: bool,
}

/// How the transaction at hand ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// When the server says that it has.
    Waited,
    /// Once it is sent: what only reads has nothing to lose.
    LetGo,
}

/// Whether statements are prepared once for each connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preparation {
    /// Yes: the server parses each once.
    Kept,
    /// No: a pooler may give each transaction another server, which does not know them.
    EachTime,
}

enum Statements {
    Kept(HashMap<StatementKey, Prepared>),
    EachTime,
}

#[derive(PartialEq, Eq, Hash)]
enum StatementKey {
    OfType(TypeId),
    OfText(String),
}

#[derive(Clone)]
struct Prepared {
    statement: Statement,
    types: Arc<[NonZeroU32]>,
}

/// A statement with its values, ready to go.
struct Ready {
    sql: Sql,
    binds: Vec<(Bind, Type)>,
}

enum Sql {
    Known(Prepared),
    Text(String),
}

/// A known statement that was sent before somebody asked for its rows, or is about to be.
struct Foreseen {
    statement: Prepared,
    binds: Vec<Bind>,
    rows: Option<Vec<tokio_postgres::Row>>,
}

impl Foreseen {
    fn is(&self, statement: &Prepared, binds: &[(Bind, Type)]) -> bool {
        // Each statement has types of its own.
        Arc::ptr_eq(&self.statement.types, &statement.types) && self.binds.iter().eq(binds.iter().map(|(bind, _)| bind))
    }
}

impl PgConnection {
    /// Takes over a connection that `runtime` drives. An answer that takes longer than `patience` ends it.
    #[must_use]
    pub fn new(client: Client, runtime: Runtime, patience: Duration, preparation: Preparation) -> Self {
        Self {
            client,
            runtime,
            patience,
            transaction: AnsiTransactionManager::default(),
            instrumentation: DynInstrumentation::default_instrumentation(),
            statements: match preparation {
                Preparation::Kept => Statements::Kept(HashMap::new()),
                Preparation::EachTime => Statements::EachTime,
            },
            ahead: None,
            holds_back: false,
            foreseen: Vec::new(),
            unsent: Vec::new(),
            end: End::Waited,
            has_failed: false,
            gave_up: false,
        }
    }

    /// Begins a transaction with these words, without waiting for the server: the first statement takes them along.
    ///
    /// # Errors
    /// When a transaction is open that can't be gone on with.
    pub fn begin(&mut self, sql: &str) -> QueryResult<()> {
        self.holds_back = true;
        self.has_failed = false;
        self.end = End::Waited;
        self.foreseen.clear();
        self.unsent.clear();
        let begun = AnsiTransactionManager::begin_transaction_sql(self, sql);
        self.holds_back = false;
        begun
    }

    /// The same for a transaction that only reads, which ends without waiting as well.
    ///
    /// # Errors
    /// When a transaction is open that can't be gone on with.
    pub fn begin_read(&mut self, sql: &str) -> QueryResult<()> {
        self.begin(sql)?;
        self.end = End::LetGo;
        Ok(())
    }

    /// Sends a query along with the next one, since whoever comes next will ask for it: then its rows are there already. What
    /// is written meanwhile makes them be asked for anew.
    ///
    /// # Errors
    /// When it can't be prepared.
    pub fn foresee<T: QueryFragment<Pg> + QueryId>(&mut self, query: &T) -> QueryResult<()> {
        let Ready { sql: Sql::Known(statement), binds } = self.ready(query)? else { return Ok(()) };
        let binds = binds.into_iter().map(|(bind, _)| bind).collect();
        self.foreseen.push(Foreseen { statement, binds, rows: None });
        Ok(())
    }

    /// Writes without waiting: the next statement takes it along, at the latest the end of the transaction, and fails if it
    /// does. Nobody learns how many rows it changed.
    ///
    /// # Errors
    /// When it can't be prepared.
    pub fn write_unwaited<T: QueryFragment<Pg> + QueryId>(&mut self, statement: &T) -> QueryResult<()> {
        let ready = self.ready(statement)?;
        self.foreseen.clear();
        self.unsent.push(ready);
        Ok(())
    }

    /// Whether a statement has failed since the transaction began, so that it can only be rolled back.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Whether there is no use in this connection any more.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.gave_up || self.client.is_closed()
    }

    fn wait<T>(&mut self, work: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>) -> QueryResult<T> {
        if self.gave_up {
            return Err(report::lost("the server had fallen silent"));
        }
        let (client, ahead, unsent) = (&self.client, self.ahead.take(), std::mem::take(&mut self.unsent));
        let answered = self.runtime.block_on(async {
            let opening = async {
                match ahead {
                    None => Ok(()),
                    Some(sql) => client.batch_execute(&sql).await,
                }
            };
            let write = join_all(unsent.into_iter().map(|ready| execute(client, ready)));
            timeout(self.patience, async {
                // Polled in this order, and so sent.
                let (begun, written, done) = join3(opening, write, work(client)).await;
                begun?;
                written.into_iter().collect::<Result<Vec<_>, _>>()?;
                done
            })
            .await
        });
        self.has_failed |= !matches!(answered, Ok(Ok(_)));
        if let Ok(outcome) = answered {
            return outcome.map_err(|error| diesel_error(&error));
        }
        self.gave_up = true;
        Err(report::lost("the server did not answer in time"))
    }

    /// Sends what ends a transaction that only read. The answer is read with that of the next statement.
    fn let_go(&mut self, query: &str) {
        if self.ahead.take().is_some() {
            // It was never begun.
            return;
        }
        let client = &self.client;
        self.runtime.block_on(async {
            let mut sent = std::pin::pin!(client.batch_execute(query));
            drop(futures_util::poll!(sent.as_mut()));
            // What drives the connection has its turn, and writes.
            tokio::task::yield_now().await;
        });
    }

    fn ready<T: QueryFragment<Pg> + QueryId>(&mut self, source: &T) -> QueryResult<Ready> {
        self.instrumentation.on_connection_event(InstrumentationEvent::start_query(&diesel::debug_query(source)));
        let mut collector = RawBytesBindCollector::<Pg>::new();
        source.collect_binds(&mut collector, &mut BuiltInTypes, &Pg)?;
        let keep = matches!(self.statements, Statements::Kept(_)) && source.is_safe_to_cache_prepared(&Pg)?;
        self.ready_with(collector, keep, T::query_id(), &|| text(source))
    }

    /// The rest of [`ready`](Self::ready), which does not depend on the query's type. Whatever does is compiled once for
    /// each query of the service, and waiting draws half a runtime in: so all that follows is kept free of it as well.
    fn ready_with(
        &mut self,
        collector: RawBytesBindCollector<Pg>,
        keep: bool,
        id: Option<TypeId>,
        text: &dyn Fn() -> QueryResult<String>,
    ) -> QueryResult<Ready> {
        let types = collector.metadata.iter().map(sql_type).collect::<QueryResult<Vec<_>>>()?;
        let sql = match (keep, id) {
            (false, _) => Sql::Text(text()?),
            (true, Some(id)) => Sql::Known(self.prepared(StatementKey::OfType(id), text, &types)?),
            (true, None) => {
                let text = text()?;
                Sql::Known(self.prepared(StatementKey::OfText(text.clone()), &|| Ok(text.clone()), &types)?)
            }
        };
        Ok(Ready { sql, binds: collector.binds.into_iter().map(Bind).zip(types).collect() })
    }

    fn prepared(
        &mut self,
        key: StatementKey,
        sql: &dyn Fn() -> QueryResult<String>,
        types: &[Type],
    ) -> QueryResult<Prepared> {
        if let Statements::Kept(kept) = &self.statements
            && let Some(prepared) = kept.get(&key)
        {
            return Ok(prepared.clone());
        }
        let sql = sql()?;
        let statement = self.wait(async |client| client.prepare_typed(&sql, types).await)?;
        let prepared =
            Prepared { types: oids(statement.columns().iter().map(tokio_postgres::Column::type_)), statement };
        if let Statements::Kept(kept) = &mut self.statements {
            if kept.len() >= MOST_STATEMENTS {
                kept.clear();
            }
            kept.insert(key, prepared.clone());
        }
        Ok(prepared)
    }

    fn execute(&mut self, ready: Ready) -> QueryResult<usize> {
        self.foreseen.clear();
        let count = self.wait(async |client| execute(client, ready).await)?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn fetch(&mut self, ready: Ready) -> QueryResult<Rows> {
        if let Sql::Known(statement) = &ready.sql
            && let Some(at) = self.foreseen.iter().position(|foreseen| foreseen.is(statement, &ready.binds))
            && let Some(rows) = self.foreseen[at].rows.take()
        {
            let foreseen = self.foreseen.swap_remove(at);
            return Ok(Rows::new(rows, foreseen.statement.types));
        }
        let mut foreseen = std::mem::take(&mut self.foreseen);
        let (fetched, answered) = self.wait(async |client| {
            let ahead = join_all(foreseen.iter().filter(|one| one.rows.is_none()).map(|one| rows_of(client, one)));
            let (fetched, answered) = join(fetch(client, ready), ahead).await;
            Ok((fetched?, answered.into_iter().collect::<Result<Vec<_>, _>>()?))
        })?;
        let waiting = foreseen.iter_mut().filter(|one| one.rows.is_none());
        waiting.zip(answered).for_each(|(one, rows)| one.rows = Some(rows));
        self.foreseen = foreseen;
        let (rows, types) = fetched;
        Ok(Rows::new(rows, types))
    }
}

async fn execute(client: &Client, Ready { sql, binds }: Ready) -> Result<u64, tokio_postgres::Error> {
    match sql {
        Sql::Known(known) => client.execute_raw(&known.statement, binds.iter().map(|(bind, _)| bind)).await,
        Sql::Text(sql) => {
            let binds = binds.iter().map(|(bind, of)| (bind as &(dyn ToSql + Sync), of.clone())).collect::<Vec<_>>();
            client.execute_typed(&sql, &binds).await
        }
    }
}

async fn rows_of(client: &Client, foreseen: &Foreseen) -> Result<Vec<tokio_postgres::Row>, tokio_postgres::Error> {
    client.query_raw(&foreseen.statement.statement, foreseen.binds.iter()).await?.try_collect().await
}

type Fetched = (Vec<tokio_postgres::Row>, Arc<[NonZeroU32]>);

async fn fetch(client: &Client, Ready { sql, binds }: Ready) -> Result<Fetched, tokio_postgres::Error> {
    match sql {
        Sql::Known(Prepared { statement, types }) => {
            let rows = client.query_raw(&statement, binds.iter().map(|(bind, _)| bind)).await?;
            Ok((rows.try_collect::<Vec<_>>().await?, types))
        }
        Sql::Text(sql) => {
            let rows = client.query_typed_raw(&sql, binds).await?.try_collect::<Vec<_>>().await?;
            let columns = rows.first().map_or(&[][..], tokio_postgres::Row::columns);
            let types = oids(columns.iter().map(tokio_postgres::Column::type_));
            Ok((rows, types))
        }
    }
}

fn text<T: QueryFragment<Pg>>(source: &T) -> QueryResult<String> {
    let mut builder = PgQueryBuilder::default();
    source.to_sql(&mut builder, &Pg)?;
    Ok(builder.finish())
}

fn sql_type(metadata: &PgTypeMetadata) -> QueryResult<Type> {
    let oid = metadata.oid().map_err(|error| Error::SerializationError(Box::new(error)))?;
    Type::from_oid(oid).ok_or_else(|| Error::SerializationError(format!("there is no type {oid}").into()))
}

impl SimpleConnection for PgConnection {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.instrumentation.on_connection_event(InstrumentationEvent::start_query(&StrQueryHelper::new(query)));
        if self.holds_back {
            self.ahead = Some(query.to_owned());
            return Ok(());
        }
        if query.starts_with("ROLLBACK") {
            // To be undone, it need not be done.
            self.unsent.clear();
        }
        if self.end == End::LetGo && self.unsent.is_empty() && query == "COMMIT" {
            self.let_go(query);
            return Ok(());
        }
        self.wait(async |client| client.batch_execute(query).await)
    }
}

impl ConnectionSealed for PgConnection {}

impl Connection for PgConnection {
    type Backend = Pg;
    type TransactionManager = AnsiTransactionManager;

    /// Always refuses: a connection is made of an address with all it says about hosts, time limits and TLS.
    fn establish(_: &str) -> ConnectionResult<Self> {
        Err(ConnectionError::BadConnection("a connection is made by the address of the database".into()))
    }

    fn execute_returning_count<T: QueryFragment<Pg> + QueryId>(&mut self, source: &T) -> QueryResult<usize> {
        let ready = self.ready(source)?;
        self.execute(ready)
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        &mut self.transaction
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        &mut *self.instrumentation
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.instrumentation = instrumentation.into();
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.statements = match size {
            CacheSize::Disabled => Statements::EachTime,
            _ => Statements::Kept(HashMap::new()),
        };
    }
}

impl LoadConnection for PgConnection {
    type Cursor<'conn, 'query> = Rows;
    type Row<'conn, 'query> = PgRow;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Rows>
    where
        T: Query + QueryFragment<Pg> + QueryId + 'query,
        Pg: QueryMetadata<T::SqlType>,
    {
        let ready = self.ready(&source)?;
        self.fetch(ready)
    }
}

impl MigrationConnection for PgConnection {
    fn setup(&mut self) -> QueryResult<usize> {
        self.batch_execute(CREATE_MIGRATIONS_TABLE).map(|()| 0)
    }
}

impl MultiConnectionHelper for PgConnection {
    fn to_any<'a>(lookup: &mut Lookup) -> &mut (dyn Any + 'a) {
        lookup.as_any()
    }

    fn from_any(lookup: &mut dyn Any) -> Option<&mut Lookup> {
        lookup.downcast_mut::<BuiltInTypes>().map(|lookup| lookup as &mut Lookup)
    }
}

type Lookup = dyn PgMetadataLookup;

/// The tables use no types of their own, so that none need to be looked up.
struct BuiltInTypes;

impl PgMetadataLookup for BuiltInTypes {
    fn lookup_type(&mut self, _: &str, _: Option<&str>) -> PgTypeMetadata {
        PgTypeMetadata::new(0, 0)
    }

    fn as_any<'a>(&mut self) -> &mut (dyn Any + 'a)
    where
        Self: 'a,
    {
        self
    }
}

/// A value in the server's binary form.
#[derive(Debug, PartialEq, Eq)]
struct Bind(Option<Vec<u8>>);

impl ToSql for Bind {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match &self.0 {
            Some(bytes) => {
                out.extend_from_slice(bytes);
                IsNull::No
            }
            None => IsNull::Yes,
        })
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}
