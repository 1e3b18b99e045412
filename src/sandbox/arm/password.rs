//! How hard a password is to guess, as the providers count it.

/// Counts the classes of characters in a password: small, capital, digits, others.
pub(super) fn classes(password: &str) -> usize {
    let classes: [fn(char) -> bool; 4] = [
        char::is_lowercase,
        char::is_uppercase,
        char::is_numeric,
        |letter| !letter.is_alphanumeric(),
    ];
    let has = |class: &&fn(char) -> bool| password.chars().any(**class);
    classes.iter().filter(has).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_counted_once() {
        for (password, expected) in [
            ("", 0),
            ("abc", 1),
            ("abcABC", 2),
            ("a1A", 3),
            ("a1A-_", 4),
            ("--", 1),
        ] {
            assert_eq!(classes(password), expected, "{password}");
        }
    }
}
