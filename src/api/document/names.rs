//! Which names a script can write, and how a service's name becomes one.

/// Words that Rhai keeps for itself: they cannot be names, nor stand after a dot.
/// Source: The Rhai Book, "Keywords".
const RESERVED: &[&str] = &[
    "Fn",
    "as",
    "async",
    "await",
    "break",
    "call",
    "case",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "default",
    "do",
    "else",
    "eval",
    "exit",
    "export",
    "false",
    "fn",
    "for",
    "go",
    "goto",
    "if",
    "import",
    "in",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "let",
    "loop",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "return",
    "shared",
    "spawn",
    "static",
    "super",
    "switch",
    "sync",
    "this",
    "thread",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Returns whether the script language keeps this word for itself.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.binary_search(&name).is_ok()
}

/// Returns whether this can be the name of a function, method or parameter: lower-case letters,
/// digits and underscores, beginning with a letter, and no reserved word.
pub fn is_legal(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !is_reserved(name)
}

/// Returns a service's name as scripts write it: `agreementType` and `AgreementType` become
/// `agreement_type`, `$top` becomes `top`, `api-version` becomes `api_version`.
pub fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            continue;
        }
        let after_lower = index > 0 && !letters[index - 1].is_ascii_uppercase();
        let before_lower = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let starts_word = letter.is_ascii_uppercase() && (after_lower || before_lower);
        if starts_word && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
        assert!(is_reserved("default") && is_reserved("yield") && !is_reserved("status"));
    }

    #[test]
    fn legal_names_are_plain_and_not_reserved() {
        for name in ["customers", "create_user2"] {
            assert!(is_legal(name), "{name}");
        }
        for name in ["", "Customers", "2nd", "a-b", "default", "_x"] {
            assert!(!is_legal(name), "{name}");
        }
    }

    #[test]
    fn service_names_become_script_names() {
        let cases = [
            ("agreementType", "agreement_type"),
            ("Features_Register", "features_register"),
            ("$top", "top"),
            ("api-version", "api_version"),
            ("order_id", "order_id"),
            ("tenantID", "tenant_id"),
            ("HTTPStatus", "http_status"),
        ];
        for (input, expected) in cases {
            assert_eq!(snake_case(input), expected);
        }
    }
}
