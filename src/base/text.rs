//! Text: suggestions for misspelt names, shortening, telling ids from names.

/// Returns the candidate that `word` most likely meant, if one is near enough.
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    nearest(word, candidates).map(|(_, candidate)| candidate)
}

/// Returns the candidate that [`did_you_mean`] means, and how near it is: above 0.8, at most 1.
pub fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<(f64, &'a str)> {
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

/// Returns whether a text is a GUID as the services write it: 36 characters, with hyphens.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_has_hyphens_and_no_braces() {
        assert!(is_guid("fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b"));
        assert!(is_guid("FAB71CA0-5B2C-4F3D-8E1A-6C7D8E9F0A1B"));
        for text in [
            "",
            "fabrikam.onmicrosoft.com",
            "fab71ca05b2c4f3d8e1a6c7d8e9f0a1b",
            "{fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b}",
        ] {
            assert!(!is_guid(text), "{text}");
        }
    }

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
