//! What a search asks for, and whether a resource is it.

use std::{num::NonZeroU32, time::Duration};

use actix_web::HttpRequest;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::rows::{Shown, When};
use crate::{
    access::{Caller, Visit},
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
        paging::PageRequest,
        timestamps::parse_date,
        zones::Zone,
    },
    web::problem::{Code, Problem},
};

/// A search of resources about one person.
#[derive(Debug, Clone)]
pub struct Search {
    /// What narrows it.
    pub narrow: Narrow,
    /// Which page: the place in the table of a number, by revision and id.
    pub page: PageRequest<(usize, i64, String)>,
    /// Whether it goes on with a page before.
    pub goes_on: bool,
}

/// What narrows a search: all of it must hold.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Narrow {
    category: Tokens,
    code: Tokens,
    value: Tokens,
    code_and_value: Pairs,
    date: Bounds,
    last_updated: Bounds,
}

/// Reads the query of a search: about whom, and what is asked; what is wrong with that is for who may look.
///
/// # Errors
/// When it can't be read, or does not say about whom.
pub fn read(
    caller: Caller,
    request: &HttpRequest,
    ask: impl FnOnce(&mut Fields) -> Narrow,
) -> Result<(Visit, Result<Search, Faults>), Problem> {
    let mut query = opened(request)?;
    let patient = patient(&mut query)?;
    Ok((Visit::named(caller, &patient)?, searched(query, &patient, ask)))
}

/// Reads the query of a list that nothing narrows.
///
/// # Errors
/// When it can't be read, or does not say about whom.
pub fn read_list<K: DeserializeOwned>(
    caller: Caller,
    request: &HttpRequest,
) -> Result<(Visit, Result<PageRequest<K>, Faults>), Problem> {
    let mut query = opened(request)?;
    let patient = patient(&mut query)?;
    let visit = Visit::named(caller, &patient)?;
    Ok((visit, query.asked(|query| PageRequest::filtered(query, &patient))))
}

/// What `$everything` asks for: since when, and which page.
///
/// # Errors
/// When the query can't be read.
pub fn read_everything(request: &HttpRequest) -> Result<Result<Search, Faults>, Problem> {
    let since = |query: &mut Fields| {
        let since = query.optional::<Since>("_since").map(|Since(instant)| Bound::from(instant));
        Narrow { last_updated: Bounds(since.into_iter().collect()), ..Narrow::default() }
    };
    Ok(searched(opened(request)?, "", since))
}

/// Looks at the query of a read, which says nothing but how it is to look.
///
/// # Errors
/// When it can't be read.
pub fn read_one(request: &HttpRequest) -> Result<Result<(), Faults>, Problem> {
    Ok(opened(request)?.finish())
}

fn searched(query: Fields, patient: &str, ask: impl FnOnce(&mut Fields) -> Narrow) -> Result<Search, Faults> {
    let goes_on = query.text_of("cursor").is_some();
    query.asked(|query| {
        let narrow = ask(query);
        let page = PageRequest::filtered(query, &(patient, &narrow));
        Search { narrow, page, goes_on }
    })
}

/// Whose resources are asked for: `Patient/{id}`, `{id}`, or an address that ends in the first.
fn patient(query: &mut Fields) -> Result<String, Faults> {
    const NAMES: [&str; 2] = ["patient", "subject"];
    let named: Vec<_> = NAMES.iter().filter_map(|name| query.text_of(name).map(str::to_owned)).collect();
    query.ignore(&NAMES);
    match named.as_slice() {
        [] => Err(Faults::at("patient", FaultCode::Required, "says whose: Patient/ and the id of a diary")),
        [one] => Ok(one.rsplit_once("Patient/").map_or(one.as_str(), |(_, id)| id).to_owned()),
        _ => Err(Faults::at("subject", FaultCode::Duplicate, "says the same as patient: give one of the two")),
    }
}

/// The parameters of a query. Those that may be given more than once become a list.
fn opened(request: &HttpRequest) -> Result<Fields, Problem> {
    const TWICE: [&str; 3] = ["date", "effective", "_lastUpdated"];
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map_err(|_| Problem::detailed(Code::MalformedRequest, "the query string can't be read"))?;
    let mut parameters = Map::new();
    let mut repeated = Vec::new();
    for (name, text) in pairs.into_inner() {
        if TWICE.contains(&name.as_str()) {
            if let Value::Array(texts) = parameters.entry(&name).or_insert_with(|| json!([])) {
                texts.push(text.into());
            }
        } else if parameters.insert(name.clone(), text.into()).is_some() {
            repeated.push(name);
        }
    }
    // It is what `_count` becomes.
    let limit = parameters.remove("limit");
    // How it is to look: there is one way.
    let format = parameters.remove("_format");
    parameters.remove("_pretty");
    let count =
        parameters.remove("_count").map(|count| count.as_str().and_then(|text| text.parse::<NonZeroU32>().ok()));
    if let Some(Some(count)) = count {
        // A client's wish, of which no more is met than a page may have.
        parameters.insert("limit".into(), count.get().min(200).into());
    }
    let mut fields = Fields::open(Value::Object(parameters)).map_err(Problem::from)?.about(request.path());
    if count == Some(None) {
        fields.fault("_count", FaultCode::WrongType, "is not a whole number from 1 on");
    }
    if limit.is_some() {
        fields.fault("limit", FaultCode::UnknownField, "is not known here: say _count");
    }
    // A plus that nobody escaped arrives as a blank.
    if let Some(Value::String(format)) = format
        && !["json", "application/json", "application/fhir+json"].contains(&format.replace(' ', "+").as_str())
    {
        fields.fault("_format", FaultCode::NotOneOf, "is written as application/fhir+json alone");
    }
    for name in repeated {
        fields.fault(&name, FaultCode::Duplicate, "is given more than once");
    }
    Ok(fields)
}

impl Narrow {
    /// By what observations are searched.
    pub fn of_observations(query: &mut Fields) -> Self {
        Self {
            category: query.optional("category").unwrap_or_default(),
            code: query.optional("code").unwrap_or_default(),
            value: query.optional("value-concept").unwrap_or_default(),
            code_and_value: query.optional("code-value-concept").unwrap_or_default(),
            ..Self::of_dates("date")(query)
        }
    }

    /// By when it was, and when it was last changed.
    pub fn of_dates(name: &'static str) -> impl FnOnce(&mut Fields) -> Self {
        move |query| Self {
            date: query.optional(name).unwrap_or_default(),
            last_updated: query.optional("_lastUpdated").unwrap_or_default(),
            ..Self::default()
        }
    }

    /// By nothing.
    pub fn of_nothing(_: &mut Fields) -> Self {
        Self::default()
    }

    /// Whether it lets something through. Dates are those of the diary's zone, where the person's clock did not say them.
    #[must_use]
    pub fn takes(&self, shown: &Shown, zone: Zone) -> bool {
        let resource = &shown.resource;
        let concepts = |name: &str| match &resource[name] {
            Value::Array(concepts) => concepts.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        let value = concepts("valueCodeableConcept");
        self.category.take(&concepts("category"))
            && self.code.take(&concepts("code"))
            && self.value.take(&value)
            && self.code_and_value.take(&concepts("code"), &value)
            && self.date.0.iter().all(|bound| bound.takes(shown.when, zone))
            && self.changed(&shown.resource, zone)
    }

    /// Whether a resource was last changed when it is asked for.
    #[must_use]
    pub fn changed(&self, resource: &Value, zone: Zone) -> bool {
        let Ok(at) = Instant::from_json(&resource["meta"]["lastUpdated"]) else { return true };
        let date = zone.date_at(at);
        self.last_updated.0.iter().all(|bound| bound.takes(When::Instants((at, at), (date, date)), zone))
    }
}

/// An instant with its offset, of which a plus that nobody escaped arrived as a blank.
struct Since(Instant);

impl FromJson for Since {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        match value {
            Value::String(text) => Instant::from_json(&text.replace(' ', "+").into()),
            other => Instant::from_json(other),
        }
        .map(Self)
    }
}

/// A code, and whose it is: `code`, `system|code`, `|code` or `system|`.
#[derive(Debug, Clone, Serialize)]
struct Token {
    system: Option<String>,
    code: Option<String>,
}

impl Token {
    /// `None` when it names nothing: that would be everything.
    fn read(text: &str) -> Option<Self> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match text.split_once('|') {
            Some(("", "")) => None,
            Some((system, code)) => Some(Self { system: Some(system.to_owned()), code: given(code) }),
            None => Some(Self { system: None, code: Some(given(text)?) }),
        }
    }

    fn is_in(&self, concepts: &[Value]) -> bool {
        let codings = concepts.iter().filter_map(|concept| concept["coding"].as_array()).flatten();
        codings.into_iter().any(|coding| {
            let system = coding["system"].as_str().unwrap_or_default();
            self.system.as_deref().is_none_or(|asked| asked == system)
                && self.code.as_deref().is_none_or(|asked| coding["code"] == asked)
        })
    }
}

/// One of several codes; with none, anything.
#[derive(Debug, Clone, Default, Serialize)]
struct Tokens(Vec<Token>);

impl Tokens {
    fn take(&self, concepts: &[Value]) -> bool {
        self.0.is_empty() || self.0.iter().any(|token| token.is_in(concepts))
    }
}

impl FromJson for Tokens {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let tokens: Option<_> = fields::text(value, 1..=1024)?.split(',').map(Token::read).collect();
        Ok(Self(tokens.ok_or_else(|| Faults::here(FaultCode::Malformed, "has a code that is empty"))?))
    }
}

/// One of several codes with a value, as `code$value`.
#[derive(Debug, Clone, Default, Serialize)]
struct Pairs(Vec<(Token, Token)>);

impl Pairs {
    fn take(&self, codes: &[Value], values: &[Value]) -> bool {
        self.0.is_empty() || self.0.iter().any(|(code, value)| code.is_in(codes) && value.is_in(values))
    }
}

impl FromJson for Pairs {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let text = fields::text(value, 1..=1024)?;
        let pair =
            |text: &str| text.split_once('$').and_then(|(code, value)| Token::read(code).zip(Token::read(value)));
        let pairs: Option<Vec<_>> = text.split(',').map(pair).collect();
        Ok(Self(pairs.ok_or_else(|| Faults::here(FaultCode::Malformed, "is not a code, a $ and a value"))?))
    }
}

/// How a time lies to another, as FHIR's prefixes have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum How {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
}

/// A date, a month, a year or an instant, that something is compared with.
#[derive(Debug, Clone, Serialize)]
struct Bound {
    how: How,
    time: Time,
}

#[derive(Debug, Clone, Copy, Serialize)]
enum Time {
    /// Local dates, the last of them included.
    Dates(NaiveDate, NaiveDate),
    /// From an instant up to another, which is out.
    Instants(Instant, Instant),
}

/// Several of them, all of which must hold.
#[derive(Debug, Clone, Default, Serialize)]
struct Bounds(Vec<Bound>);

impl FromJson for Bounds {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let Value::Array(texts) = value else { return Ok(Self::default()) };
        let bound = |text: &Value| {
            Bound::read(text.as_str().unwrap_or_default()).ok_or_else(|| {
                let detail = "is not a date, a month, a year or a time with its offset, with one of \
                              eq, ne, gt, lt, ge, le, sa and eb before it or none";
                Faults::here(FaultCode::Malformed, detail)
            })
        };
        Ok(Self(texts.iter().map(bound).collect::<Result<_, _>>()?))
    }
}

impl Bound {
    /// At an instant or later.
    const fn from(instant: Instant) -> Self {
        Self { how: How::Ge, time: Time::Instants(instant, instant) }
    }

    fn read(text: &str) -> Option<Self> {
        let (how, text) = match text.get(..2) {
            Some("eq") => (How::Eq, &text[2..]),
            Some("ne") => (How::Ne, &text[2..]),
            Some("gt") => (How::Gt, &text[2..]),
            Some("lt") => (How::Lt, &text[2..]),
            Some("ge") => (How::Ge, &text[2..]),
            Some("le") => (How::Le, &text[2..]),
            Some("sa") => (How::Sa, &text[2..]),
            Some("eb") => (How::Eb, &text[2..]),
            _ => (How::Eq, text),
        };
        Some(Self { how, time: Time::read(text)? })
    }

    fn takes(&self, when: When, zone: Zone) -> bool {
        match (self.time, when) {
            (Time::Instants(from, end), When::Instants((start, stop), _)) => {
                let stop = stop.micros().max(start.micros() + 1);
                self.how.holds((start.micros(), stop), (from.micros(), end.micros()))
            }
            (Time::Instants(from, end), When::Dates(first, last)) => {
                let after = last.and_then(|last| last.succ_opt()).map_or(i64::MAX, |next| zone.begins(next).micros());
                self.how.holds((zone.begins(first).micros(), after), (from.micros(), end.micros()))
            }
            (Time::Dates(from, to), When::Instants(_, (first, last))) => {
                self.how.holds(days(first, Some(last)), days(from, Some(to)))
            }
            (Time::Dates(from, to), When::Dates(first, last)) => {
                self.how.holds(days(first, last), days(from, Some(to)))
            }
        }
    }
}

fn days(first: NaiveDate, last: Option<NaiveDate>) -> (i64, i64) {
    let after = last.map_or(i64::MAX, |last| i64::from(last.num_days_from_ce()) + 1);
    (i64::from(first.num_days_from_ce()), after)
}

impl How {
    /// Of two half-open stretches, that of the resource and that which was asked for
    /// (<https://hl7.org/fhir/R4/search.html#prefix>).
    fn holds(self, (start, stop): (i64, i64), (from, end): (i64, i64)) -> bool {
        let within = from <= start && stop <= end;
        match self {
            Self::Eq => within,
            Self::Ne => !within,
            Self::Gt => stop > end,
            Self::Lt => start < from,
            Self::Ge => stop > end || within,
            Self::Le => start < from || within,
            Self::Sa => start >= end,
            Self::Eb => stop <= from,
        }
    }
}

impl Time {
    fn read(text: &str) -> Option<Self> {
        let first = |text: &str| parse_date(text);
        let through = |first: NaiveDate, months: u32| {
            Some(Self::Dates(first, first.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))?))
        };
        match text.len() {
            4 => through(first(&format!("{text}-01-01"))?, 12),
            7 => through(first(&format!("{text}-01"))?, 1),
            10 => first(text).map(|date| Self::Dates(date, date)),
            _ => Self::instants(&text.replace(' ', "+")),
        }
    }

    /// A time with its offset, to the minute, the second or a part of it.
    fn instants(text: &str) -> Option<Self> {
        const MINUTE: usize = "2013-01-14T10:00".len();
        let (clock, offset) = (text.get(..MINUTE)?, text.get(MINUTE..)?);
        let is_to_the_minute = !offset.starts_with(':');
        let whole = if is_to_the_minute { format!("{clock}:00{offset}") } else { text.to_owned() };
        let from = Instant::named(DateTime::parse_from_rfc3339(&whole).ok()?.to_utc())?;
        let digits = text.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
        let span = match digits {
            _ if is_to_the_minute => Duration::from_mins(1),
            0 => Duration::from_secs(1),
            digits => Duration::from_micros(10_u64.pow(6_u32.saturating_sub(u32::try_from(digits).unwrap_or(6)))),
        };
        Some(Self::Instants(from, from.plus(span)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn takes(bound: &str, first: &str, last: &str) -> bool {
        let date = |text| parse_date(text).unwrap();
        let utc = Zone::named("UTC").unwrap();
        let last = (last != "9999-12-31").then(|| date(last));
        Bound::read(bound).unwrap().takes(When::Dates(date(first), last), utc)
    }

    // The cases of https://hl7.org/fhir/R4/search.html#prefix, by whole days.
    #[test]
    fn prefixes_hold_as_fhir_says() {
        for (bound, first, last, held) in [
            ("2013-01-14", "2013-01-14", "2013-01-14", true),
            ("2013-01-14", "2013-01-15", "2013-01-15", false),
            ("2013-01", "2013-01-15", "2013-01-15", true),
            ("ne2013-01-14", "2013-01-15", "2013-01-15", true),
            ("ne2013-01-14", "2013-01-14", "2013-01-14", false),
            ("lt2013-01-14", "2013-01-13", "2013-01-13", true),
            ("lt2013-01-14", "2013-01-14", "2013-01-14", false),
            ("gt2013-01-14", "2013-01-15", "2013-01-15", true),
            ("gt2013-01-14", "2013-01-14", "2013-01-14", false),
            ("ge2013-03-14", "2013-03-21", "9999-12-31", true),
            ("ge2013-03-14", "2013-03-14", "2013-03-14", true),
            ("ge2013-03-14", "2013-03-13", "2013-03-13", false),
            ("le2013-03-14", "2013-03-14", "2013-03-14", true),
            ("le2013-03-14", "2013-03-21", "9999-12-31", false),
            ("sa2013-03-14", "2013-03-15", "9999-12-31", true),
            ("sa2013-03-14", "2013-03-14", "9999-12-31", false),
            ("eb2013-03-14", "2013-03-13", "2013-03-13", true),
            ("eb2013-03-14", "2013-03-13", "2013-03-14", false),
            ("2013", "2012-12-31", "2013-01-01", false),
            // A whole day does not lie within a second, and is partly after it.
            ("2013-03-14T23:30:00-01:00", "2013-03-15", "2013-03-15", false),
            ("gt2013-03-15T12:00Z", "2013-03-15", "2013-03-15", true),
            ("gt2013-03-15T12:00Z", "2013-03-14", "2013-03-14", false),
            ("lt2013-03-15T12:00Z", "2013-03-15", "2013-03-15", true),
            ("ge2013-03-14T23:00:00-01:00", "2013-03-15", "2013-03-15", true),
        ] {
            assert_eq!(takes(bound, first, last), held, "{bound} {first} {last}");
        }
        for wrong in [
            "",
            "ge",
            "2013-13",
            "13-01-14",
            "ap2013-01-14",
            "2013-01-14T10:00",
            "2013-01-14T1",
            "é",
            "20é",
            "2013-01-14,2013-01-15",
        ] {
            assert!(Bound::read(wrong).is_none(), "{wrong}");
        }
    }
}
