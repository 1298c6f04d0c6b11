//! The paths of a diary.

/// A diary as paths name it.
#[derive(Debug, Clone)]
pub struct DiaryPath {
    id: String,
    path: String,
}

impl DiaryPath {
    pub fn of(id: &str) -> Self {
        Self { id: id.to_owned(), path: format!("/v1/diaries/{id}") }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn episodes(&self) -> String {
        format!("{}/episodes", self.path)
    }

    pub fn episodes_where(&self, query: &str) -> String {
        format!("{}/episodes?{query}", self.path)
    }

    pub fn episode(&self, id: &str) -> String {
        format!("{}/episodes/{id}", self.path)
    }

    pub fn soreness(&self, episode: &str) -> String {
        format!("{}/episodes/{episode}/soreness", self.path)
    }

    pub fn soreness_on(&self, episode: &str, date: &str) -> String {
        format!("{}/episodes/{episode}/soreness/{date}", self.path)
    }

    pub fn history(&self, id: &str) -> String {
        format!("{}/episodes/{id}/history", self.path)
    }

    pub fn changes(&self) -> String {
        format!("{}/changes", self.path)
    }

    pub fn changes_since(&self, cursor: &str) -> String {
        format!("{}/changes?since={cursor}", self.path)
    }

    pub fn events(&self) -> String {
        format!("{}/events", self.path)
    }

    pub fn watermelon(&self) -> String {
        format!("{}/sync/watermelon", self.path)
    }

    pub fn rxdb(&self, table: &str, what: &str) -> String {
        format!("{}/sync/rxdb/{table}/{what}", self.path)
    }

    pub fn check_ins(&self) -> String {
        format!("{}/check-ins", self.path)
    }

    pub fn check_in(&self, date: &str) -> String {
        format!("{}/check-ins/{date}", self.path)
    }

    pub fn treatments(&self) -> String {
        format!("{}/treatments", self.path)
    }

    pub fn treatment(&self, id: &str) -> String {
        format!("{}/treatments/{id}", self.path)
    }

    pub fn prompts(&self) -> String {
        format!("{}/prompts", self.path)
    }

    pub fn prompts_on(&self, date: &str) -> String {
        format!("{}/prompts?on={date}", self.path)
    }

    pub fn night_share(&self) -> String {
        self.analysis("night-share")
    }

    pub fn night_share_of(&self, from: &str, to: &str) -> String {
        self.analysis_of("night-share", from, to)
    }

    pub fn analysis(&self, name: &str) -> String {
        format!("{}/analytics/{name}", self.path)
    }

    pub fn analysis_of(&self, name: &str, from: &str, to: &str) -> String {
        format!("{}/analytics/{name}?from={from}&to={to}", self.path)
    }

    pub fn report(&self, query: &str) -> String {
        format!("{}/report?{query}", self.path)
    }

    pub fn report_pdf(&self, query: &str) -> String {
        format!("{}/report.pdf?{query}", self.path)
    }

    pub fn import(&self) -> String {
        format!("{}/import", self.path)
    }

    pub fn import_csv(&self) -> String {
        format!("{}/import/csv", self.path)
    }

    pub fn export(&self) -> String {
        format!("{}/export", self.path)
    }

    pub fn export_csv(&self) -> String {
        format!("{}/export.zip", self.path)
    }

    pub fn export_fhir(&self) -> String {
        format!("{}/export.fhir.json", self.path())
    }

    pub fn invitations(&self) -> String {
        format!("{}/invitations", self.path)
    }

    pub fn invitation(&self, id: &str) -> String {
        format!("{}/invitations/{id}", self.path)
    }

    pub fn grants(&self) -> String {
        format!("{}/grants", self.path)
    }

    pub fn grant(&self, id: &str) -> String {
        format!("{}/grants/{id}", self.path)
    }

    pub fn report_links(&self) -> String {
        format!("{}/report-links", self.path)
    }

    pub fn report_link(&self, id: &str) -> String {
        format!("{}/report-links/{id}", self.path)
    }

    pub fn consents(&self) -> String {
        format!("{}/consents", self.path)
    }

    pub fn reviews(&self) -> String {
        format!("{}/reviews", self.path)
    }

    pub fn access_log(&self) -> String {
        format!("{}/access-log", self.path)
    }

    /// Every look, one by one.
    pub fn looks(&self) -> String {
        format!("{}/access-log?each=true", self.path)
    }

    /// The cramps before and after a treatment.
    pub fn before_after(&self, treatment: &str) -> String {
        format!("{}/analytics/treatments/{treatment}", self.path)
    }
}
