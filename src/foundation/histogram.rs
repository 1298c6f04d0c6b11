//! How often each whole number came: what remains of many values when their order does not matter.

use std::collections::BTreeMap;

/// Whole numbers with their counts, in the order of the numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram(Vec<(u32, u32)>);

impl FromIterator<(u32, u32)> for Histogram {
    /// The same number may come several times, in any order.
    fn from_iter<I: IntoIterator<Item = (u32, u32)>>(counted: I) -> Self {
        let mut counts = BTreeMap::new();
        for (number, count) in counted {
            *counts.entry(number).or_default() += count;
        }
        Self(counts.into_iter().filter(|(_, count)| *count > 0).collect())
    }
}

impl Extend<(u32, u32)> for Histogram {
    /// The same number may come several times, in any order.
    fn extend<I: IntoIterator<Item = (u32, u32)>>(&mut self, counted: I) {
        for (number, count) in counted {
            match self.0.binary_search_by_key(&number, |(number, _)| *number) {
                Ok(at) => self.0[at].1 += count,
                Err(at) => self.0.insert(at, (number, count)),
            }
        }
    }
}

impl Histogram {
    /// Counts a number once more.
    pub fn add(&mut self, number: u32) {
        self.extend([(number, 1)]);
    }

    /// Takes back what was counted.
    pub fn subtract(&mut self, other: &Self) {
        for (number, count) in &other.0 {
            if let Ok(at) = self.0.binary_search_by_key(number, |(number, _)| *number) {
                self.0[at].1 = self.0[at].1.saturating_sub(*count);
            }
        }
        self.0.retain(|(_, count)| *count > 0);
    }

    /// Numbers with their counts, the smallest number first.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u32, u32)> + '_ {
        self.0.iter().copied()
    }

    /// How often a number came.
    #[must_use]
    pub fn of(&self, number: u32) -> u32 {
        self.0.binary_search_by_key(&number, |(number, _)| *number).map_or(0, |at| self.0[at].1)
    }

    /// How many numbers there are, each as often as it came.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_is_gone() {
        let mut counted = Histogram::default();
        for number in [7, 3, 7] {
            counted.add(number);
        }
        assert_eq!(counted.iter().collect::<Vec<_>>(), [(3, 1), (7, 2)]);
        counted.subtract(&[(7, 1), (3, 1)].into_iter().collect());
        assert_eq!((counted.total(), counted.of(7), counted.of(3)), (1, 1, 0));
    }
}
