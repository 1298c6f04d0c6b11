//! What was said of each setting and where, before it is understood.

use std::collections::BTreeMap;

use super::settings::{ConfigError, FILE, SETTINGS};

/// What was said of a setting.
#[derive(Debug)]
pub struct Given {
    /// As it was written.
    pub value: String,
    /// Where.
    pub source: String,
}

/// What was said where, by setting.
#[derive(Debug)]
pub struct Layers(pub BTreeMap<&'static str, Given>);

impl Layers {
    /// The text of a setting, or its default.
    pub fn text(&self, name: &str) -> String {
        let default =
            || SETTINGS.iter().find(|setting| setting.name == name).map_or("", |setting| setting.default).to_owned();
        self.0.get(name).map_or_else(default, |given| given.value.trim().to_owned())
    }

    /// Where it was said.
    pub fn source(&self, name: &str) -> String {
        self.0.get(name).map_or_else(|| name.to_owned(), |given| given.source.clone())
    }

    /// That it must be something else.
    pub fn wrong(&self, name: &str, expected: &str) -> ConfigError {
        ConfigError(format!("{}: must be {expected}, not {:?}", self.source(name), self.text(name)))
    }

    /// The value of a setting.
    ///
    /// # Errors
    /// What it must be.
    pub fn parse<T: std::str::FromStr>(&self, name: &str, expected: &str) -> Result<T, ConfigError> {
        self.text(name).parse().map_err(|_| self.wrong(name, expected))
    }

    /// A count of at least one.
    ///
    /// # Errors
    /// What it must be.
    pub fn count(&self, name: &str, most: usize) -> Result<usize, ConfigError> {
        let expected = format!("a whole number from 1 to {most}");
        let count: usize = self.parse(name, &expected)?;
        if (1..=most).contains(&count) { Ok(count) } else { Err(self.wrong(name, &expected)) }
    }

    /// What is on or off.
    ///
    /// # Errors
    /// What it must be.
    pub fn switch(&self, name: &str) -> Result<bool, ConfigError> {
        match self.text(name).as_str() {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(self.wrong(name, "on or off")),
        }
    }

    /// A list with commas.
    pub fn list(&self, name: &str) -> Vec<String> {
        self.text(name).split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
    }
}

/// The setting of a name.
///
/// # Errors
/// That there is none.
pub fn known(name: &str, source: &str) -> Result<&'static str, ConfigError> {
    SETTINGS
        .iter()
        .map(|setting| setting.name)
        .find(|known| *known == name)
        .ok_or_else(|| ConfigError(format!("{source}: there is no such setting; --help lists them all")))
}

/// What a file says.
///
/// # Errors
/// The first line that can't be used.
pub fn from_file(text: &str) -> Result<BTreeMap<&'static str, Given>, ConfigError> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
        ConfigError(format!("{FILE}, line {line}: {}", error.message()))
    })?;
    table
        .into_iter()
        .map(|(name, value)| {
            let source = format!("{FILE}: {name}");
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Array(items) if items.iter().all(toml::Value::is_str) => {
                    items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(",")
                }
                _ => return Err(ConfigError(format!("{source}: must be text, a whole number or a list of texts"))),
            };
            Ok((known(&name.to_ascii_uppercase(), &source)?, Given { value, source }))
        })
        .collect()
}
