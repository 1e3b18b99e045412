//! What stands left of the cursor: the chain of names, calls and indexes that the word being typed
//! belongs to. It looks at characters only and evaluates nothing.

/// What is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Where the last, unfinished name begins (byte offset).
    pub(super) start: usize,
    /// That name, up to the cursor; may be empty.
    pub(super) partial: String,
    /// What stands before it.
    pub(super) before: Before,
}

/// What stands before the name being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing that belongs to it.
    Nothing,
    /// `module::`
    Module(String),
    /// `a.b(…)[…].`
    Chain(Vec<Link>),
    /// The line begins with `:`.
    Command,
    /// A text or a comment: nothing to complete.
    Text,
}

/// One link of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// `partner` in `partner::customers()`.
    pub(super) module: Option<String>,
    /// Its name; empty for a literal or a parenthesis.
    pub(super) name: String,
    /// Whether it is called.
    pub(super) called: bool,
    /// How often it is indexed.
    pub(super) indexed: usize,
}

/// Returns the word that ends at `cursor`.
pub(super) fn at(line: &str, cursor: usize) -> Word {
    let left = &line[..cursor.min(line.len())];
    let start = name_start(left);
    let partial = left[start..].to_owned();
    let before = if left.trim_start().starts_with(':') && !left.trim_start().starts_with("::") {
        Before::Command
    } else if in_text(left) {
        Before::Text
    } else {
        before(&left[..start])
    };
    Word {
        start,
        partial,
        before,
    }
}

fn before(left: &str) -> Before {
    if let Some(rest) = left.strip_suffix("::") {
        return Before::Module(rest[name_start(rest)..].to_owned());
    }
    let Some(rest) = left.strip_suffix('.') else {
        return Before::Nothing;
    };
    let mut rest = rest.strip_suffix('?').unwrap_or(rest);
    if rest.ends_with('.') {
        return Before::Nothing; // a range, `1..n`
    }
    let mut links = Vec::new();
    loop {
        let Some((link, start)) = link(rest) else {
            return Before::Nothing;
        };
        links.push(link);
        rest = &rest[..start];
        let Some(shorter) = rest.strip_suffix('.') else {
            links.reverse();
            return Before::Chain(links);
        };
        rest = shorter.strip_suffix('?').unwrap_or(shorter);
    }
}

/// Returns the link that ends `text`, and where it begins.
fn link(text: &str) -> Option<(Link, usize)> {
    let mut end = text.trim_end().len();
    let mut indexed = 0;
    while text[..end].ends_with(']') {
        let open = opening(&text[..end])?;
        if name_start(&text[..open]) == open && !text[..open].ends_with([')', ']']) {
            break; // an array literal
        }
        indexed += 1;
        end = open;
    }
    let mut called = false;
    if text[..end].ends_with(')') {
        let open = opening(&text[..end])?;
        called = name_start(&text[..open]) < open;
        end = open;
    } else if text[..end].ends_with(['"', '`', ']', '}']) {
        end = opening(&text[..end])?;
    }
    let start = name_start(&text[..end]);
    let name = text[start..end].to_owned();
    let outer = text[..start]
        .strip_suffix("::")
        .map(|rest| (rest[name_start(rest)..].to_owned(), name_start(rest)));
    let (module, start) = match outer {
        Some((module, start)) => (Some(module), start),
        None => (None, start),
    };
    Some((
        Link {
            module,
            name,
            called,
            indexed,
        },
        start,
    ))
}

/// Returns where the name that ends `text` begins.
fn name_start(text: &str) -> usize {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    text.trim_end_matches(is_name).len()
}

/// Returns where the bracket or text that ends `text` was opened, jumping over texts in between.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut chars = text.char_indices().rev();
    while let Some((at, c)) = chars.next() {
        match c {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' => depth = depth.checked_sub(1)?,
            '"' | '`' => loop {
                let (start, found) = chars.next()?;
                let escaped = text[..start].ends_with('\\');
                if found == c && !escaped {
                    if depth == 0 {
                        return Some(start);
                    }
                    break;
                }
            },
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Returns whether `left` ends within a text or a line comment.
fn in_text(left: &str) -> bool {
    let mut open = None;
    let mut chars = left.chars().peekable();
    while let Some(c) = chars.next() {
        match (open, c) {
            (Some('"'), '\\') => {
                chars.next();
            }
            (Some('/'), '\n') => open = None,
            (Some(quote), c) if quote == c && quote != '/' => open = None,
            (None, '"' | '`') => open = Some(c),
            (None, '/') if chars.peek() == Some(&'/') => open = Some('/'),
            _ => {}
        }
    }
    open.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(links: &[&str]) -> Before {
        let link = |text: &&str| {
            let (text, indexed) = match text.strip_suffix("[]") {
                Some(text) => (text, 1),
                None => (*text, 0),
            };
            let (text, called) = match text.strip_suffix("()") {
                Some(text) => (text, true),
                None => (text, false),
            };
            let (module, name) = match text.split_once("::") {
                Some((module, name)) => (Some(module.to_owned()), name),
                None => (None, text),
            };
            Link {
                module,
                name: name.to_owned(),
                called,
                indexed,
            }
        };
        Before::Chain(links.iter().map(link).collect())
    }

    #[test]
    fn the_word_is_found_with_what_it_belongs_to() {
        let check = |line: &str, partial: &str, before: Before| {
            let word = at(line, line.len());
            assert_eq!(word.partial, partial, "{line}");
            assert_eq!(word.before, before, "{line}");
            assert_eq!(word.start, line.len() - partial.len(), "{line}");
        };
        let module = |name: &str| Before::Module(name.to_owned());
        check("", "", Before::Nothing);
        check("let x = par", "par", Before::Nothing);
        check("partner::", "", module("partner"));
        check("1 + partner::cust", "cust", module("partner"));
        check("customer.", "", chain(&["customer"]));
        check("f(customer.comp", "comp", chain(&["customer"]));
        check("a.b?.c", "c", chain(&["a", "b"]));
        check("a[0].b[\"x.]\"].", "", chain(&["a[]", "b[]"]));
        check(
            "partner::customers(#{ size: 1 }).first().na",
            "na",
            chain(&["partner::customers()", "first()"]),
        );
        check("[1, 2].", "", chain(&[""]));
        check("\"a.b\".le", "le", chain(&[""]));
        check("(a + b).", "", chain(&[""]));
        check("0..n", "n", Before::Nothing);
        check(":he", "he", Before::Command);
        check("let x = \"par", "par", Before::Text);
        check("// par", "par", Before::Text);
        check("\"a\\\"\" + par", "par", Before::Nothing);
    }
}
