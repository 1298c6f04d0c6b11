//! What a column is: its name, where its value is in a row, how that is written, and what is said of it.

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde_json::{Map, Value, json};

/// No clock on earth was ever further from UTC.
const WIDEST_OFFSET_MINUTES: i64 = 16 * 60;

/// A column of a file. The header, the values, the codebook and the data package all come of it.
pub struct Column {
    /// What stands in the header.
    pub name: &'static str,
    /// Where its value is in a row as the API shows it, as a JSON pointer.
    pub at: &'static str,
    /// How its value is written.
    pub kind: Kind,
    /// What its numbers count; empty where they count nothing, or it has none.
    pub unit: &'static str,
    /// What it means, for people.
    pub meaning: &'static str,
    /// Whether it is never blank.
    pub is_required: bool,
}

/// How a value is written.
pub enum Kind {
    /// An id that an app or the service chose.
    Key,
    /// What a person typed.
    Text,
    /// What the service says itself.
    Said,
    /// The name of a time zone.
    Zone,
    /// One of a few words.
    Word(fn() -> Vec<&'static str>),
    /// Words of an app's own.
    Words,
    /// Words, each with a second one that may be missing: both are read from fields of these names.
    Pairs {
        /// The field of the first, and what it may be.
        first: (&'static str, fn() -> Vec<&'static str>),
        /// The field of the second, and what it may be: words, or a whole number where there are none.
        second: (&'static str, fn() -> Vec<&'static str>),
    },
    /// A whole number, from one to another, if there is a last one.
    Whole(i64, Option<i64>),
    /// A number with one decimal.
    Tenths,
    /// `true` or `false`.
    Flag,
    /// `yes` or `no`.
    YesNo,
    /// A calendar day.
    Date,
    /// A time of day, to the minute.
    Time,
    /// An instant, in UTC.
    Instant,
    /// How many minutes the clock on which an instant is written is ahead of UTC.
    Offset,
}

/// What a spreadsheet may take for the end of a cell, whatever quotes are around it: where lists have semicolons, a file with
/// commas is cut at those.
const ENDS: [char; 4] = [';', '\t', '\r', '\n'];
/// What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A text of which no spreadsheet makes a formula: an apostrophe stands before what begins one, at the beginning of the text
/// and of each cell that it may be cut into, and before a tab or a line break at the beginning, which may be stepped over.
/// Where apostrophes came before it, there is one more, so that whoever takes one away has what was typed.
fn guarded(text: &str) -> String {
    let mut guarded = String::with_capacity(text.len() + 1);
    if text.trim_start_matches('\'').starts_with(&ENDS[1..]) {
        guarded.push('\'');
    }
    for (at, cell) in text.split_inclusive(ENDS).enumerate() {
        // Behind a cut, what was a quote inside a text begins one, or ends it at once.
        let typed = cell.trim_start_matches(|c| c == ' ' || c == '"' && at > 0);
        if typed.trim_start_matches('\'').starts_with(FORMULA) {
            guarded.push_str(&cell[..cell.len() - typed.len()]);
            guarded.push('\'');
            guarded.push_str(typed);
        } else {
            guarded.push_str(cell);
        }
    }
    guarded
}

fn joined<'a>(items: &'a [Value], word: impl Fn(&'a Value) -> Option<String>) -> Option<String> {
    Some(items.iter().map(word).collect::<Option<Vec<_>>>()?.join(";"))
}

/// A word or a whole number.
fn plain(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|number| number.to_string()))
}

fn instant(value: &Value) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(value.as_str()?).ok()
}

impl Kind {
    /// A value as it stands in the file; `None` when it is of another kind.
    fn cell(&self, value: &Value) -> Option<String> {
        if value.is_null() {
            return Some(String::new());
        }
        match self {
            Self::Key | Self::Text | Self::Said => value.as_str().map(guarded),
            Self::Zone | Self::Word(_) | Self::Date | Self::Time => value.as_str().map(str::to_owned),
            Self::Words => joined(value.as_array()?, plain),
            Self::Pairs { first, second } => joined(value.as_array()?, |item| {
                let one = plain(&item[first.0])?;
                Some(plain(&item[second.0]).map_or(one.clone(), |other| format!("{one}:{other}")))
            }),
            Self::Whole(..) => value.as_i64().map(|number| number.to_string()),
            Self::Tenths => value.as_f64().map(|number| format!("{number:.1}")),
            Self::Flag => value.as_bool().map(|is| if is { "true" } else { "false" }.to_owned()),
            Self::YesNo => value.as_bool().map(|is| if is { "yes" } else { "no" }.to_owned()),
            Self::Instant => instant(value).map(|at| at.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Self::Offset => instant(value).map(|at| (at.offset().local_minus_utc() / 60).to_string()),
        }
    }

    /// The type of Table Schema.
    fn type_name(&self) -> &'static str {
        match self {
            Self::Key | Self::Text | Self::Said | Self::Zone | Self::Word(_) | Self::Words | Self::Pairs { .. } => {
                "string"
            }
            Self::Whole(..) | Self::Offset => "integer",
            Self::Tenths => "number",
            Self::Flag | Self::YesNo => "boolean",
            Self::Date => "date",
            Self::Time => "time",
            Self::Instant => "datetime",
        }
    }

    /// What may stand in it, for people.
    fn values(&self) -> String {
        match self {
            Self::Key => "an id; an apostrophe is put before one that begins with -".into(),
            Self::Text => {
                "text; an apostrophe is put before = + - @ at its beginning and after a ; a tab or a line break in it, spaces and quotes between them or not"
                    .into()
            }
            Self::Said => "text".into(),
            Self::Zone => "a name of the tz database, such as Europe/Berlin".into(),
            Self::Word(words) => words().join("; "),
            Self::Words => "words of a-z, 0-9 and _, with ; between them".into(),
            Self::Pairs { first, second } => {
                let (one, other) = (first.1(), second.1());
                let other = if other.is_empty() { "a whole number".into() } else { other.join(", ") };
                let (first, second) = (first.0, second.0);
                let one = one.join(", ");
                format!(
                    "{first} or {first}:{second}, with ; between them; {first} is one of {one}; {second} is {other}"
                )
            }
            Self::Whole(least, Some(most)) => format!("{least} to {most}"),
            Self::Whole(least, None) => format!("{least} or more"),
            Self::Tenths => "0.0 or more, with one decimal".into(),
            Self::Flag => "true; false".into(),
            Self::YesNo => "yes; no".into(),
            Self::Date => "YYYY-MM-DD".into(),
            Self::Time => "HH:MM, 00:00 to 23:59".into(),
            Self::Instant => "YYYY-MM-DDThh:mm:ssZ (RFC 3339), with a fraction of a second where there is one".into(),
            Self::Offset => format!("from -{WIDEST_OFFSET_MINUTES} to {WIDEST_OFFSET_MINUTES}"),
        }
    }

    /// What of it Table Schema can hold a value against.
    fn constraints(&self) -> Map<String, Value> {
        let list = |item: &str| json!({"pattern": format!("{item}(;{item})*")});
        let constraints = match self {
            Self::Word(words) => json!({"enum": words()}),
            Self::Words => list("[a-z0-9_]{1,32}"),
            Self::Pairs { first, second } => {
                let other = second.1();
                let other = if other.is_empty() { "[0-9]+".into() } else { other.join("|") };
                list(&format!("({})(:({other}))?", first.1().join("|")))
            }
            Self::Whole(least, Some(most)) => json!({"minimum": least, "maximum": most}),
            Self::Whole(least, None) => json!({"minimum": least}),
            Self::Tenths => json!({"minimum": 0}),
            Self::Offset => json!({"minimum": -WIDEST_OFFSET_MINUTES, "maximum": WIDEST_OFFSET_MINUTES}),
            _ => json!({}),
        };
        match constraints {
            Value::Object(constraints) => constraints,
            _ => Map::new(),
        }
    }
}

impl Column {
    /// One that may be blank.
    pub const fn new(name: &'static str, at: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self { name, at, kind, unit: "", meaning, is_required: false }
    }

    /// The same, but never blank.
    pub const fn always(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// The same, with what its numbers count.
    pub const fn of(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// Its value of a row, as it stands in the file; `None` when the row has none there, or of another kind.
    pub fn cell(&self, row: &Value) -> Option<String> {
        self.kind.cell(row.pointer(self.at)?)
    }

    /// Its row in the codebook.
    pub fn explained(&self, file: &str) -> Value {
        let unit = if self.unit.is_empty() { Value::Null } else { self.unit.into() };
        json!({
            "file": file,
            "field": self.name,
            "type": self.kind.type_name(),
            "unit": unit,
            "values": self.kind.values(),
            "meaning": self.meaning,
        })
    }

    /// Its field in a Table Schema.
    pub fn field(&self) -> Value {
        let mut constraints = self.kind.constraints();
        if self.is_required {
            constraints.insert("required".into(), true.into());
        }
        let mut field = json!({
            "name": self.name,
            "type": self.kind.type_name(),
            "description": self.meaning,
            "constraints": constraints,
        });
        match self.kind {
            Kind::Time => field["format"] = "%H:%M".into(),
            Kind::YesNo => (field["trueValues"], field["falseValues"]) = (json!(["yes"]), json!(["no"])),
            _ => {}
        }
        if !self.unit.is_empty() {
            field["unit"] = self.unit.into();
        }
        field
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn no_spreadsheet_works_out_what_a_person_typed() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tlate", "＝1", "'=1", "''-1"] {
            assert_eq!(Kind::Text.cell(&json!(text)).unwrap(), format!("'{text}"), "{text:?}");
        }
        for (text, guarded) in [
            (" =1", " '=1"),
            ("\t=1", "'\t'=1"),
            ("a;=1", "a;'=1"),
            ("a; '+1\n-2;b", "a; ''+1\n'-2;b"),
            ("a;\"=1;b", "a;\"'=1;b"),
            ("a; \"\" @1", "a; \"\" '@1"),
        ] {
            assert_eq!(Kind::Text.cell(&json!(text)).unwrap(), guarded, "{text:?}");
        }
        for text in ["", "a=1", "'n Krampf", "1-2", "a;b", "\"=1\""] {
            assert_eq!(Kind::Text.cell(&json!(text)).unwrap(), text, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_left_as_they_are() {
        assert_eq!(Kind::Offset.cell(&json!("2026-03-29T03:10:00-03:30")).unwrap(), "-210");
        assert_eq!(Kind::Instant.cell(&json!("2026-03-29T03:10:00.25+02:00")).unwrap(), "2026-03-29T01:10:00.250Z");
        assert_eq!(Kind::Tenths.cell(&json!(7.0)).unwrap(), "7.0");
    }

    #[test]
    fn what_is_of_another_kind_is_not_written_as_a_blank() {
        assert_eq!(Kind::Whole(0, None).cell(&json!("3")), None);
        assert_eq!(Kind::Flag.cell(&json!(1)), None);
        assert_eq!(Column::new("a", "/b", Kind::Flag, "").cell(&json!({"a": true})), None);
        assert_eq!(Kind::Flag.cell(&Value::Null), Some(String::new()));
    }
}
