//! Deleting much in small steps, so that none takes long and others get their turn between them.

/// Deletes the first `most` of some rows of a table and says how many they were. They are the first by a column that tells
/// them apart, and should lie in its order. Where a few rows share its value, they go together.
macro_rules! delete_first {
    ($db:expr, $most:expr, $table:ident by $key:ident: $type:ty, where $those:expr) => {
        $crate::storage::on_engine!($db, |db| {
            let first = $table::table.filter($those).order($table::$key).select($table::$key);
            let last: Option<$type> = first.offset($most - 1).first(db).optional()?;
            match last {
                Some(last) => diesel::delete($table::table.filter($those).filter($table::$key.le(last))).execute(db),
                None => diesel::delete($table::table.filter($those)).execute(db),
            }
        })
    };
}

pub(crate) use delete_first;
