//! Names that the entry itself binds before the cursor: `for c in …`, `let c = …;`, and the
//! parameter of a closure that gets the items of a list. It looks at characters only.

/// Where the value of a bound name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound<'a> {
    /// It is the value of this expression.
    Value(&'a str),
    /// It is an item of the value of this expression.
    Item(&'a str),
}

/// Returns what `name` is bound to before the end of `left`: the binding nearest to it.
pub(super) fn find<'a>(left: &'a str, name: &str) -> Option<Bound<'a>> {
    let found = [
        of_let(left, name),
        of_for(left, name),
        of_closure(left, name),
    ];
    let nearest = found.into_iter().flatten().max_by_key(|(at, _)| *at);
    nearest.map(|(_, bound)| bound)
}

fn of_let<'a>(left: &'a str, name: &str) -> Option<(usize, Bound<'a>)> {
    let (at, rest) = last(left, &format!("let {name} ="))?;
    let (expression, _) = rest.split_once(';')?;
    Some((at, Bound::Value(expression)))
}

fn of_for<'a>(left: &'a str, name: &str) -> Option<(usize, Bound<'a>)> {
    let (at, rest) = last(left, &format!("for {name} in "))?;
    let (expression, _) = rest.split_once('{')?;
    Some((at, Bound::Item(expression)))
}

/// The items come from the receiver (`list.filter(|c| …`) or the first argument (`parallel(list, |c| …`).
fn of_closure<'a>(left: &'a str, name: &str) -> Option<(usize, Bound<'a>)> {
    let (at, _) = [format!("|{name}|"), format!("|{name},")]
        .iter()
        .filter_map(|pattern| last(left, pattern))
        .max_by_key(|(at, _)| *at)?;
    let before = left[..at].trim_end();
    if let Some(arguments) = before.strip_suffix(',') {
        return Some((at, Bound::Item(arguments)));
    }
    let method = before.strip_suffix('(')?;
    let name = method.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
    Some((at, Bound::Item(name.strip_suffix('.')?)))
}

fn last<'a>(text: &'a str, pattern: &str) -> Option<(usize, &'a str)> {
    let at = text.rfind(pattern)?;
    Some((at, &text[at + pattern.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_binding_is_found() {
        let check = |left: &str, expected: Option<Bound<'_>>| {
            assert_eq!(find(left, "c"), expected, "{left}");
        };
        check("c.", None);
        check("let c = a; c.", Some(Bound::Value(" a")));
        check("for c in a.b() { c.", Some(Bound::Item("a.b() ")));
        check("a.filter(|c| c.", Some(Bound::Item("a")));
        check("parallel(a, |c| c.", Some(Bound::Item("parallel(a")));
        check("let c = a; b.map(|c| c.", Some(Bound::Item("let c = a; b")));
    }
}
