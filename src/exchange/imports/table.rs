//! A table of cramps from another diary: CSV, and what is said of its columns.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{NaiveDate, NaiveTime};
use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value, json};

use super::merge::{self, MOST_ROWS, Source};
use crate::{
    access::WritableDiary,
    diary::{
        episodes::model::{Context, Part},
        table::Table,
    },
    exchange::change_log::push::{Base, Doing, Outcome, Pushed},
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
        ids::Id,
        parsing,
        timestamps::parse_time,
        values::Side,
        zones::Zone,
    },
    vocabulary,
    web::body::Raw,
};

/// So many characters has the name of a column, or a word of the table, at most.
const LONGEST: usize = 200;
/// So many words may be said the meaning of.
const MOST_WORDS: usize = 200;
/// So many fields are looked at. There are not so many.
const MOST_PARTS: usize = 64;
/// Of so many columns the names are told, when one is not there.
const TOLD: usize = 20;

vocabulary! {
    /// What a column says of a cramp.
    enum Says {
        Id = "id",
        StartedAt = "started_at",
        Date = "date",
        Time = "time",
        Duration = "duration",
        Intensity = "intensity",
        SleepDisturbance = "sleep_disturbance",
        InterruptedSleep = "interrupted_sleep",
        Context = "context",
        Part = "part",
        Side = "side",
        Note = "note",
    }
}

vocabulary! {
    /// In which order dates are written.
    enum DateOrder {
        YearMonthDay = "ymd",
        DayMonthYear = "dmy",
        MonthDayYear = "mdy",
    }
}

vocabulary! {
    /// What lengths of time are counted in.
    enum Unit {
        Minutes = "minutes",
        Seconds = "seconds",
    }
}

/// What is said of the table.
#[derive(Debug)]
struct Order {
    /// Which column says what.
    columns: BTreeMap<&'static str, usize>,
    zone: Option<Zone>,
    dates: DateOrder,
    durations: Unit,
    /// What its words mean, by the words in small letters.
    words: HashMap<String, String>,
}

/// A line of the table.
#[derive(Debug)]
pub struct Line {
    /// Where it begins in the file; the first is 1.
    number: usize,
    cells: StringRecord,
    /// What its id is made of, where it has none that can be kept.
    seed: String,
    order: Arc<Order>,
}

/// Names of columns, or words, by what they mean.
struct Texts(BTreeMap<String, String>);

impl FromJson for Texts {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let Value::Object(object) = value else { return Err(fields::wrong_type("an object", value)) };
        if object.len() > MOST_WORDS {
            return Err(Faults::here(FaultCode::TooMany, format!("has more than {MOST_WORDS} words")));
        }
        let (mut texts, mut faults) = (BTreeMap::new(), Faults::none());
        for (name, text) in object.iter().filter(|(_, text)| !text.is_null()) {
            match fields::text(text, 1..=LONGEST) {
                Ok(text) => drop(texts.insert(name.clone(), text)),
                Err(more) => faults.add(more.under(name)),
            }
        }
        if faults.is_empty() { Ok(Self(texts)) } else { Err(faults) }
    }
}

/// Reads a table into batches of lines, of which there is one batch at least.
///
/// # Errors
/// Everything that is wrong with what is said of the table; not what is wrong with its lines.
pub fn read(body: &Raw) -> Result<Vec<Arc<[Line]>>, Faults> {
    let mut parts = Map::new();
    let object = body.object()?;
    if object.len() > MOST_PARTS {
        return Err(Faults::here(FaultCode::TooMany, format!("has more than {MOST_PARTS} fields")));
    }
    for (name, raw) in object {
        let value = parsing::parse(raw.get().as_bytes())
            .map_err(|_| Faults::at(name, FaultCode::Malformed, "is not JSON that can be kept"))?;
        parts.insert(name.clone(), value);
    }
    let mut fields = Fields::open(Value::Object(parts))?;
    let csv = fields.required::<Csv>("csv");
    let columns = fields.required::<Texts>("columns");
    let zone = fields.optional("time_zone");
    let dates = fields.optional("date_order").unwrap_or(DateOrder::YearMonthDay);
    let durations = fields.optional("duration_unit").unwrap_or(Unit::Minutes);
    let words = fields.optional::<Texts>("words").map_or_else(BTreeMap::new, |texts| texts.0);
    let words = words.into_iter().map(|(word, meaning)| (word.to_lowercase(), meaning)).collect();
    let mut faults = fields.close();
    let columns = match (&csv, columns) {
        (Some(csv), Some(columns)) => csv.columns(columns, &mut faults),
        _ => BTreeMap::new(),
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    let order = Arc::new(Order { columns, zone, dates, durations, words });
    let lines = csv.map_or_else(Vec::new, |csv| csv.lines(&order));
    if lines.len() > MOST_ROWS {
        let detail = format!("has more than {MOST_ROWS} lines; send it in parts");
        return Err(Faults::at("csv", FaultCode::TooMany, detail));
    }
    Ok(merge::in_batches(lines.into_iter().map(|line| vec![line])))
}

/// A table, and its first line, which names the columns.
struct Csv {
    text: String,
    separator: u8,
    header: StringRecord,
}

impl FromJson for Csv {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let text = fields::string(value)?.trim_start_matches('\u{feff}').to_owned();
        let first = text.lines().next().unwrap_or_default();
        let count = |separator: &u8| first.bytes().filter(|byte| byte == separator).count();
        let separator = b",;\t".iter().copied().max_by_key(count).unwrap_or(b',');
        let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
        match reader.headers() {
            Ok(header) if header.iter().any(|name| !name.trim().is_empty()) => {
                let header = header.clone();
                Ok(Self { text, separator, header })
            }
            _ => Err(Faults::here(FaultCode::Required, "has no first line that names its columns")),
        }
    }
}

impl Csv {
    /// Which column says what.
    fn columns(&self, named: Texts, faults: &mut Faults) -> BTreeMap<&'static str, usize> {
        let mut columns = BTreeMap::new();
        let mut fault = |name: &str, code, detail: String| faults.add(Faults::at(name, code, detail).under("columns"));
        for (says, column) in named.0 {
            let at = self.header.iter().position(|name| name.trim() == column.trim());
            match (Says::parse(&says), at) {
                (None, _) => fault(&says, FaultCode::UnknownField, "is nothing that a column may say".to_owned()),
                (Some(says), Some(at)) => drop(columns.insert(says.as_str(), at)),
                (Some(says), None) => {
                    let there: Vec<_> = self.header.iter().take(TOLD).map(str::trim).collect();
                    let detail = format!("the table has no such column; it has: {}", there.join(", "));
                    fault(says.as_str(), FaultCode::NotOneOf, detail);
                }
            }
        }
        let has = |says: Says| columns.contains_key(says.as_str());
        let when = match (has(Says::StartedAt), has(Says::Date), has(Says::Time)) {
            (true, false, false) | (false, true, true) => None,
            (false, false, false) => Some((Says::StartedAt, FaultCode::Required, "says when a cramp began")),
            (true, ..) => Some((Says::StartedAt, FaultCode::Contradiction, "stands alone, without date and time")),
            (_, _, false) => Some((Says::Time, FaultCode::Required, "goes with date")),
            (_, false, _) => Some((Says::Date, FaultCode::Required, "goes with time")),
        };
        if let Some((says, code, detail)) = when {
            fault(says.as_str(), code, detail.to_owned());
        }
        columns
    }

    /// The lines that say anything.
    fn lines(&self, order: &Arc<Order>) -> Vec<Line> {
        let mut reader =
            ReaderBuilder::new().delimiter(self.separator).flexible(true).from_reader(self.text.as_bytes());
        let mut began: HashMap<String, usize> = HashMap::new();
        let mut lines = Vec::new();
        let (mut number, mut counted) = (1, 0);
        // The text is UTF-8, and lines may be of any length: nothing can be wrong with it.
        for cells in reader.records().flatten() {
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            // The reader counts a line end of two characters as begun, and blank lines as read.
            let read = cells.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
            let begins = read + self.text[read..].bytes().take_while(|byte| b"\r\n".contains(byte)).count();
            number += self.text[counted..begins].bytes().filter(|byte| *byte == b'\n').count();
            counted = begins;
            let cell = |says| order.cell(&cells, says).unwrap_or_default();
            let onset = [Says::StartedAt, Says::Date, Says::Time].map(cell).join("\0");
            let seed = match cell(Says::Id) {
                // Two cramps that began alike are two cramps.
                "" => {
                    let before = began.entry(onset.clone()).or_default();
                    *before += 1;
                    format!("{onset}\0{before}")
                }
                id => id.to_owned(),
            };
            lines.push(Line { number, seed, cells, order: order.clone() });
            if lines.len() > MOST_ROWS {
                break;
            }
        }
        lines
    }
}

impl Order {
    /// What a line says in some column, if anything.
    fn cell<'a>(&self, cells: &'a StringRecord, says: Says) -> Option<&'a str> {
        let at = self.columns.get(says.as_str())?;
        cells.get(*at).map(str::trim).filter(|cell| !cell.is_empty())
    }

    /// What a word of the table means.
    fn meaning(&self, word: &str) -> String {
        let word = word.to_lowercase();
        self.words.get(&word).cloned().unwrap_or(word)
    }

    fn date(&self, text: &str) -> Option<NaiveDate> {
        let pieces: Vec<&str> = text.split(['-', '/', '.']).map(str::trim).collect();
        let [first, second, third] = pieces.as_slice() else { return None };
        let (year, month, day) = match self.dates {
            // Whatever is said, this is a year.
            _ if first.len() == 4 => (first, second, third),
            DateOrder::YearMonthDay => return None,
            DateOrder::DayMonthYear => (third, second, first),
            DateOrder::MonthDayYear => (third, first, second),
        };
        let year = (year.len() == 4).then(|| whole(year))??;
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, whole(month)?, whole(day)?)
    }

    /// A length of time in seconds, as `2`, `2.5`, `2,5` or `2:30`.
    fn seconds(&self, text: &str) -> Option<i64> {
        let seconds = if text.contains(':') {
            let pieces = text.split(':').map(|piece| whole(piece.trim())).collect::<Option<Vec<_>>>()?;
            match pieces.as_slice() {
                [minutes, seconds] => f64::from(*minutes) * 60.0 + f64::from(*seconds),
                [hours, minutes, seconds] => {
                    f64::from(*hours) * 3600.0 + f64::from(*minutes) * 60.0 + f64::from(*seconds)
                }
                _ => return None,
            }
        } else {
            let number: f64 = text.replace(',', ".").parse().ok()?;
            match self.durations {
                Unit::Minutes => number * 60.0,
                Unit::Seconds => number,
            }
        };
        #[expect(clippy::cast_possible_truncation, reason = "a day has few seconds")]
        (0.0..=1e9).contains(&seconds).then(|| seconds.round() as i64)
    }
}

/// A number without a sign.
fn whole(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A time of day, as `3:10`, `03:10:22`, `3.10` or `3:10 pm`.
fn time_of_day(text: &str) -> Option<NaiveTime> {
    let text = text.to_ascii_lowercase();
    let half = ["am", "pm", "a.m.", "p.m."].into_iter().find(|half| text.ends_with(half));
    let clock = half.map_or(text.as_str(), |half| text.trim_end_matches(half).trim());
    let (_, rest) = clock.split_once([':', '.'])?;
    // A fraction of hours or of a day that looks like one digit of minutes is none.
    if rest.split([':', '.']).any(|piece| piece.len() != 2) {
        return None;
    }
    let pieces = clock.split([':', '.']).map(whole).collect::<Option<Vec<_>>>()?;
    let (hour, minute, second) = match pieces.as_slice() {
        [hour, minute] => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + if half.starts_with('p') { 12 } else { 0 },
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

impl Line {
    fn cell(&self, says: Says) -> Option<&str> {
        self.order.cell(&self.cells, says)
    }

    fn id(&self) -> Id {
        let given = self.cell(Says::Id).and_then(Id::parse);
        given.unwrap_or_else(|| Id::made_of("line of a table", &[self.seed.as_bytes()]))
    }

    /// The cramp as a client would write it.
    fn read(&self, zone: Zone) -> Result<Value, Faults> {
        let (mut row, mut faults) = (Map::new(), Faults::none());
        let zone = self.order.zone.unwrap_or(zone);
        match self.onset(zone) {
            Ok(onset) => drop(row.insert("started_at".to_owned(), json!(onset))),
            Err(more) => faults.add(more),
        }
        row.insert("time_zone".to_owned(), json!(zone.name()));
        let mut say = |says: Says, name: &str, read: &dyn Fn(&str) -> Result<Value, Faults>| {
            let Some(cell) = self.cell(says) else { return };
            match read(cell) {
                Ok(value) => drop(row.insert(name.to_owned(), value)),
                Err(more) => faults.add(more.under(says.as_str())),
            }
        };
        let number = |cell: &str| match whole(cell) {
            Some(number) => Ok(json!(number)),
            None => Err(Faults::here(FaultCode::WrongType, "is no whole number")),
        };
        say(Says::Intensity, "intensity", &number);
        say(Says::SleepDisturbance, "sleep_disturbance", &number);
        say(Says::Duration, "duration_seconds", &|cell| match self.order.seconds(cell) {
            Some(seconds) => Ok(json!(seconds)),
            None => Err(Faults::here(FaultCode::WrongType, "is no length of time, as 2.5 or 2:30")),
        });
        say(Says::InterruptedSleep, "interrupted_sleep", &|cell| match self.order.meaning(cell).as_str() {
            "true" | "yes" | "1" => Ok(json!(true)),
            "false" | "no" | "0" => Ok(json!(false)),
            _ => Err(Faults::here(FaultCode::NotOneOf, "is neither true nor false; say in words what it means")),
        });
        say(Says::Context, "context", &|cell| Ok(json!(self.word::<Context>(cell)?)));
        say(Says::Note, "note", &|cell| Ok(json!(cell)));
        let (part, side) = (self.choice::<Part>(Says::Part), self.choice::<Side>(Says::Side));
        match (part, side) {
            (Ok(None), Ok(None)) => {}
            // A leg is named, and nothing of where in it.
            (Ok(part), Ok(side)) => {
                let part = part.unwrap_or(Part::Other);
                row.insert("sites".to_owned(), json!([{"part": part, "side": side}]));
            }
            (part, side) => part.err().into_iter().chain(side.err()).for_each(|more| faults.add(more)),
        }
        if faults.is_empty() { Ok(Value::Object(row)) } else { Err(faults) }
    }

    /// When it began, as RFC 3339.
    fn onset(&self, zone: Zone) -> Result<String, Faults> {
        let date = |says: Says, text: &str| {
            let detail = "is no date in the order that date_order says";
            self.order.date(text).ok_or_else(|| Faults::at(says.as_str(), FaultCode::Malformed, detail))
        };
        let time = |says: Says, text: &str| {
            time_of_day(text).ok_or_else(|| Faults::at(says.as_str(), FaultCode::Malformed, "is no time of day"))
        };
        let clock = if let Some(text) = self.cell(Says::StartedAt) {
            if parse_time(text).is_some() {
                return Ok(text.to_owned());
            }
            let (day, clock) = text.split_once([' ', 'T', ',']).unwrap_or((text, ""));
            date(Says::StartedAt, day)?.and_time(time(Says::StartedAt, clock.trim())?)
        } else {
            let missing = |says: Says| Faults::at(says.as_str(), FaultCode::Required, "the line does not say it");
            match (self.cell(Says::Date), self.cell(Says::Time)) {
                (Some(day), Some(clock)) => date(Says::Date, day)?.and_time(time(Says::Time, clock)?),
                (None, Some(_)) => return Err(missing(Says::Date)),
                (Some(_), None) => return Err(missing(Says::Time)),
                (None, None) => {
                    let has_two = self.order.columns.contains_key(Says::Date.as_str());
                    return Err(missing(if has_two { Says::Date } else { Says::StartedAt }));
                }
            }
        };
        let onset = zone.instant_of(clock);
        onset.map(Instant::rfc3339).ok_or_else(|| Faults::at("date", FaultCode::OutOfRange, "no calendar goes so far"))
    }

    fn choice<T: FromJson>(&self, says: Says) -> Result<Option<T>, Faults> {
        self.cell(says).map(|cell| self.word(cell).map_err(|faults| faults.under(says.as_str()))).transpose()
    }

    fn word<T: FromJson>(&self, cell: &str) -> Result<T, Faults> {
        T::from_json(&Value::String(self.order.meaning(cell)))
    }
}

impl Source for Line {
    fn number(&self) -> usize {
        self.number
    }

    fn table(&self) -> Table {
        Table::Episodes
    }

    fn change(&self, diary: &WritableDiary) -> (Option<String>, Result<Pushed, Faults>) {
        let id = self.id().to_string();
        let change = self.read(diary.diary().time_zone).map(|row| Pushed {
            table: Table::Episodes,
            id: id.clone(),
            doing: Doing::Put(row),
            // Whatever the diary says of this cramp was told after the table.
            base: Some(Base::Told(None)),
        });
        (Some(id), change)
    }

    fn placed(&self, outcome: Outcome) -> Outcome {
        outcome.under("columns")
    }
}
