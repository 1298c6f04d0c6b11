//! What of a diary is asked for.

use chrono::NaiveDate;

use crate::{
    analytics::period::{self, DateRange},
    diary::episodes::store::{Filter, Position},
    foundation::{faults::Faults, fields::Fields, language::Language, paging::PageRequest, values::Rating},
    pages::span::Span,
    web::query,
};

/// What of a diary is asked for.
#[derive(Debug, Clone)]
pub struct DiaryAsked {
    path: String,
    /// Which cramps the log shows.
    pub filter: Filter,
    page: PageRequest<Position>,
    span: Option<Span>,
    /// The language of the page.
    pub language: Language,
    /// No diary has such a period: another one is shown, and that is said.
    pub dates_are_wrong: bool,
}

impl DiaryAsked {
    /// Reads a query.
    ///
    /// # Errors
    /// What no form of these pages can send. Wrong dates are no error: somebody has typed them.
    pub fn from_query(mut query: Fields, language: Language) -> Result<Self, Faults> {
        let (from, to) = query::range(&mut query);
        // Somebody has typed what there is not: the usual one is shown.
        let span = query.optional::<String>("span").and_then(|word| Span::parse(&word));
        let period = query.optional("period");
        let min_intensity = query.optional("min_intensity");
        let filter = Filter { from, to, period, min_intensity, ..Filter::default() };
        let page = PageRequest::filtered(&mut query, &filter);
        let asked = Self { path: query.path().to_owned(), filter, page, span, language, dates_are_wrong: false };
        let faults = query.close();
        match (faults.is_empty(), faults.concern("from") || faults.concern("to")) {
            (true, _) => Ok(asked),
            (false, true) => Ok(asked.for_the_usual_period()),
            (false, false) => Err(faults),
        }
    }

    fn for_the_usual_period(mut self) -> Self {
        (self.filter.from, self.filter.to, self.dates_are_wrong) = (None, None, true);
        self
    }

    /// The same with dates of its own, where a span was asked for, or none that a diary can have.
    #[must_use]
    pub fn on(mut self, today: NaiveDate) -> Self {
        if let (Some(span), None, None) = (self.span, self.filter.from, self.filter.to) {
            let DateRange { from, to } = span.to(today);
            (self.filter.from, self.filter.to) = (Some(from), Some(to));
        }
        let is_wrong = !self.dates_are_wrong && self.period().in_diary(today).is_err();
        if is_wrong { self.for_the_usual_period() } else { self }
    }

    /// What the figures are about.
    #[must_use]
    pub fn period(&self) -> period::Asked {
        period::Asked { from: self.filter.from, to: self.filter.to, language: self.language }
    }

    /// Which cramps of a period the log shows, and which page of them: the way to the next page names the period, whether it was
    /// asked for or not.
    #[must_use]
    pub fn log(&self, period: DateRange) -> (Filter, PageRequest<Position>) {
        let filter = Filter { from: Some(period.from), to: Some(period.to), ..self.filter.clone() };
        let page = self.page.clone().refined(&self.path, &filter);
        (filter, page)
    }

    /// The filter as the beginning of a query.
    #[must_use]
    pub fn query(&self, period: DateRange) -> String {
        let least = self.filter.min_intensity.map(Rating::get).map(|least| format!("min_intensity={least}&"));
        let part = self.filter.period.map(|part| format!("period={}&", part.as_str()));
        let dates = format!("from={}&to={}&", period.from, period.to);
        [Some(dates), part, least].into_iter().flatten().collect()
    }
}
