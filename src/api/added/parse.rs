//! From the text of a document to its values: JSON or YAML.

use serde_json::Value;

use super::place::Place;

/// Why a text is neither.
#[derive(Debug)]
pub(super) struct Unreadable {
    /// What is wrong: a fragment.
    pub(super) what: String,
    /// Where, if that is known.
    pub(super) at: Option<Place>,
}

/// How many values a YAML document may hold: the largest documents of Microsoft have about a
/// million. The reader's own limit is a quarter of that.
const NODES: usize = 8_000_000;

/// Reads a text. What begins like JSON is read as JSON, a hundred times faster than as YAML.
pub(super) fn parse(text: &str) -> Result<Value, Unreadable> {
    if text.trim().is_empty() {
        return Err(Unreadable {
            what: "it is empty".to_owned(),
            at: None,
        });
    }
    if text.trim_start().starts_with(['{', '[']) {
        json(text).or_else(|error| flow_style(text).ok_or(error))
    } else {
        yaml(text)
    }
}

fn json(text: &str) -> Result<Value, Unreadable> {
    serde_json::from_str(text).map_err(|error| {
        let whole = error.to_string();
        let what = whole.split(" at line ").next().unwrap_or_default();
        Unreadable {
            what: format!("it is not JSON: {what}"),
            at: Some(point(error.line(), error.column())),
        }
    })
}

/// YAML may begin like JSON, too.
fn flow_style(text: &str) -> Option<Value> {
    let unquoted_key = text.trim_start().trim_start_matches('{').trim_start();
    let begins = unquoted_key.starts_with(|letter: char| letter.is_alphabetic());
    begins.then(|| yaml(text).ok()).flatten()
}

fn yaml(text: &str) -> Result<Value, Unreadable> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: NODES,
            max_events: 4 * NODES,
            max_total_scalar_bytes: 1 << 30,
        },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let whole = error.without_snippet().to_string();
        let what = whole.lines().next().unwrap_or_default();
        // What it goes on with is for programmers, and the place is known.
        let what = what
            .split(", set DuplicateKeyPolicy")
            .next()
            .unwrap_or(what);
        let what = what.split(" at line ").next().unwrap_or(what);
        let number = |number: u64| usize::try_from(number).unwrap_or(1);
        Unreadable {
            what: format!("it is not YAML: {what}"),
            at: error
                .location()
                .map(|at| point(number(at.line()), number(at.column()))),
        }
    })
}

fn point(line: usize, column: usize) -> Place {
    Place {
        line,
        column: column.max(1),
        length: 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn json_and_yaml_are_told_apart() {
        let check = |text: &str, expected| {
            assert_eq!(parse(text).expect("it is read"), expected, "{text}");
        };
        check(" {\"a\": 1}", json!({ "a": 1 }));
        check("a: 1\nb: [x]\n", json!({ "a": 1, "b": ["x"] }));
        check("{ a: 1 }", json!({ "a": 1 }));
        check(
            "paths:\n  /a: { 200: ok }\n",
            json!({ "paths": { "/a": { "200": "ok" } } }),
        );
    }

    #[test]
    fn what_is_neither_is_refused_with_its_place() {
        let check = |text: &str, what: &str, line: Option<usize>| {
            let error = parse(text).expect_err("refused");
            assert!(error.what.contains(what), "{}", error.what);
            assert_eq!(error.at.map(|at| at.line), line, "{text}");
        };
        check(" \n", "it is empty", None);
        check("{\n  \"a\": 1,\n}", "it is not JSON", Some(3));
        check("a: 1\na: 2\n", "it is not YAML: ", Some(2));
        check("a: [1", "it is not YAML", Some(1));
    }
}
