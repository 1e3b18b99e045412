//! Text for people: suggestions for misspelt names, shortening.

/// Returns the candidate that `word` most likely meant, if one is near enough.
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| {
            (
                strsim::jaro_winkler(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Returns `text` cut to at most `length` characters, with an ellipsis where something is missing.
pub fn shorten(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        None => text.to_owned(),
        Some(_) => text
            .chars()
            .take(length.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_near_or_absent() {
        let names = ["customer", "customers", "create_customer"];
        assert_eq!(did_you_mean("custmers", names), Some("customers"));
        assert_eq!(did_you_mean("xyz", names), None);
    }

    #[test]
    fn shortening_counts_characters() {
        assert_eq!(shorten("häuser", 4), "häu…");
        assert_eq!(shorten("haus", 4), "haus");
    }
}
