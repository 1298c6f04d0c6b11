//! The same text for the same number everywhere.

/// Rounds to six decimals: finer than any diary can tell.
#[must_use]
pub fn six_decimals(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// Rounds to six significant digits, for numbers that may be very small or very large.
#[must_use]
pub fn six_digits(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    // Through decimal text: scaling by a power of ten would round twice.
    format!("{number:.5e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_keep_their_digits() {
        let close = |ours: f64, theirs: f64, tolerance: f64| (ours - theirs).abs() <= tolerance;
        assert!(close(six_digits(1.335_312_345e-8), 1.335_31e-8, 1e-20));
        assert!(close(six_decimals(0.624_969_032), 0.624_969, 1e-15));
        assert!(close(six_digits(0.0), 0.0, 0.0));
    }
}
