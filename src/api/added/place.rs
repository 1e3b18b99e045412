//! Where in a text of JSON a value stands, by its path: `$.paths['/v1/items'].get`. For messages
//! about a document that was read without remembering places.

/// A step of a path.
#[derive(Debug, PartialEq, Eq)]
enum Step<'a> {
    Member(&'a str),
    Element(usize),
}

/// A place in a text, from 1, and how many characters it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) length: usize,
}

/// Returns the place of the value at a path: of its name where it has one. `None` for a text that is
/// not JSON, or has no such value.
pub(super) fn locate(text: &str, path: &str) -> Option<Place> {
    let mut at = skip_space(text.as_bytes(), 0);
    let mut shown = at;
    for step in steps(path)? {
        (shown, at) = enter(text, at, &step)?;
    }
    let before = text.get(..shown)?;
    let length = if shown == at {
        1
    } else {
        let end = skip_value(text.as_bytes(), shown)?;
        text.get(shown..end)?.chars().count()
    };
    Some(Place {
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next()?.chars().count() + 1,
        length,
    })
}

fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut rest = path.strip_prefix('$')?;
    let mut all = Vec::new();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("['") {
            let (name, after) = quoted.split_once("']")?;
            all.push(Step::Member(name));
            rest = after;
        } else if let Some(number) = rest.strip_prefix('[') {
            let (number, after) = number.split_once(']')?;
            all.push(Step::Element(number.parse().ok()?));
            rest = after;
        } else {
            let name = rest.strip_prefix('.')?;
            let end = name.find(['.', '[']).unwrap_or(name.len());
            all.push(Step::Member(&name[..end]));
            rest = &name[end..];
        }
    }
    Some(all)
}

/// Returns where a member or element is shown, and where its value begins.
fn enter(text: &str, at: usize, step: &Step<'_>) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let open = *bytes.get(at)?;
    let mut at = skip_space(bytes, at + 1);
    let mut number = 0;
    while !matches!(bytes.get(at)?, b'}' | b']') {
        let value = match (open, step) {
            (b'{', Step::Member(wanted)) => {
                let end = skip_value(bytes, at)?;
                let value = skip_space(bytes, skip_space(bytes, end) + 1);
                let name: String = serde_json::from_str(text.get(at..end)?).ok()?;
                if name == *wanted {
                    return Some((at, value));
                }
                value
            }
            (b'[', Step::Element(wanted)) if number == *wanted => return Some((at, at)),
            (b'[', Step::Element(_)) => at,
            _ => return None,
        };
        at = skip_space(bytes, skip_value(bytes, value)?);
        if bytes.get(at) == Some(&b',') {
            at = skip_space(bytes, at + 1);
        }
        number += 1;
    }
    None
}

fn skip_space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

/// Returns where the value that begins here ends.
fn skip_value(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = at;
    loop {
        match bytes.get(at)? {
            b'"' => at = skip_text(bytes, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            _ => at += 1,
        }
        let ends = matches!(bytes.get(at), None | Some(b',' | b'}' | b']' | b':'));
        if depth == 0 && (ends || bytes[at - 1] == b'"') {
            return Some(at);
        }
    }
}

fn skip_text(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    while *bytes.get(at)? != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    Some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::locate;

    #[test]
    fn a_value_is_found_by_its_path() {
        let text = "{\n  \"a\": { \"x\\\"}\": 1 },\n  \"paths\": {\n    \"/v1/{id}\": [ 12, true,\n      { \"get\": null } ]\n  }\n}";
        let check = |path: &str, expected: Option<(usize, usize, usize)>| {
            let found = locate(text, path);
            let found = found.map(|at| (at.line, at.column, at.length));
            assert_eq!(found, expected, "{path}");
        };
        check("$", Some((1, 1, 1)));
        check("$.a", Some((2, 3, 3)));
        check("$.paths['/v1/{id}']", Some((4, 5, 10)));
        check("$.paths['/v1/{id}'][1]", Some((4, 23, 1)));
        check("$.paths['/v1/{id}'][2].get", Some((5, 9, 5)));
        check("$.b", None);
        check("$.a.b", None);
        check("$.paths['/v1/{id}'][3]", None);
        assert_eq!(locate("a: 1", "$.a"), None);
    }
}
