//! The zip, written from its first byte to its last: nothing of it is gone back to, so it may become as long as it likes.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};
use serde_json::Value;
use zip::{
    ZipWriter,
    result::ZipError,
    write::{SimpleFileOptions, StreamWriter},
};

use super::tables::Table;
use crate::{
    exchange::exports::spool,
    storage::{Error, refusal::Refusal},
};

/// Excel takes a file without it for one of its old code pages, and shows umlauts as two signs each.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// All that a file is said to be is the same every time: 1 January 1980, the first day of a zip. Whatever a diary may have
/// stays below the 4 GiB above which a zip needs numbers that not everybody reads.
const OPTIONS: SimpleFileOptions = SimpleFileOptions::DEFAULT.compression_level(Some(1)).unix_permissions(0o644);

/// A zip that is being written.
pub struct Archive<W: Write> {
    zip: ZipWriter<StreamWriter<UntilItFails<W>>>,
}

/// A file of rows in it.
pub struct Sheet<'a, W: Write> {
    table: &'static Table,
    csv: csv::Writer<&'a mut ZipWriter<StreamWriter<UntilItFails<W>>>>,
}

/// Takes everything and writes nothing once that has failed: a zip that is given up writes its end nevertheless, and tells
/// stderr when it can't.
pub struct UntilItFails<W> {
    to: W,
    has_failed: bool,
}

impl<W: Write> Write for UntilItFails<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.has_failed {
            return Ok(bytes.len());
        }
        self.to.write(bytes).inspect_err(|error| self.has_failed = error.kind() != io::ErrorKind::Interrupted)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.has_failed { Ok(()) } else { self.to.flush() }
    }
}

fn of_zip(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => spool::failed(&error),
        other => Error::Failed(other.to_string()),
    }
}

fn of_csv(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => spool::failed(&error),
        other => Error::Failed(format!("{other:?}")),
    }
}

impl<W: Write> Archive<W> {
    /// Begins one.
    pub fn begin(to: W) -> Self {
        Self { zip: ZipWriter::new_stream(UntilItFails { to, has_failed: false }) }
    }

    /// A file of text.
    ///
    /// # Errors
    /// When what is written to fails.
    pub fn text(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.zip.start_file(name, OPTIONS).map_err(of_zip)?;
        self.zip.write_all(text.as_bytes()).map_err(|error| spool::failed(&error))
    }

    /// A file of rows, with its header.
    ///
    /// # Errors
    /// Those of the closure, or when what is written to fails.
    pub fn table(
        &mut self,
        table: &'static Table,
        rows: impl FnOnce(&mut Sheet<'_, W>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.zip.start_file(table.file(), OPTIONS).map_err(of_zip)?;
        self.zip.write_all(BYTE_ORDER_MARK).map_err(|error| spool::failed(&error))?;
        let csv = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut self.zip);
        let mut sheet = Sheet { table, csv };
        sheet.csv.write_record(table.columns.iter().map(|column| column.name)).map_err(of_csv)?;
        rows(&mut sheet)?;
        Ok(sheet.csv.flush().map_err(|error| spool::failed(&error))?)
    }

    /// Ends it.
    ///
    /// # Errors
    /// When what is written to fails.
    pub fn end(self) -> Result<(), Error> {
        self.zip.finish().map(drop).map_err(of_zip)
    }
}

impl<W: Write> Sheet<'_, W> {
    /// A row, as the API shows it.
    ///
    /// # Errors
    /// When a column has no value in it, or what is written to fails.
    pub fn row(&mut self, row: &Value) -> Result<(), Error> {
        let cells = self.table.columns.iter().map(|column| {
            // A blank would say that it is not known.
            let cell = column.cell(row);
            cell.ok_or_else(|| Error::Failed(format!("a row has no {} for {}", column.at, self.table.name)))
        });
        let cells = cells.collect::<Result<Vec<_>, Error>>()?;
        self.csv.write_record(cells).map_err(of_csv)
    }
}
