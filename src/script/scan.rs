//! Where things stand in JSON text that is known to be valid. Nothing is parsed into a tree: the
//! result is ranges of bytes, so a value is read only when somebody asks for it.

use std::ops::Range;

use memchr::memchr;

/// Where a member of an object stands: its name without quotes, and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: Range<u32>,
    pub(super) value: Range<u32>,
}

impl Member {
    /// Returns its name as it stands in the text, with escapes.
    pub(super) fn raw<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        let part = text.get(self.name.start as usize..self.name.end as usize);
        part.unwrap_or_default()
    }
}

/// Returns the members of the object at `at`.
pub(super) fn members(text: &[u8], at: &Range<u32>) -> Vec<Member> {
    let mut found = Vec::with_capacity(16);
    found.extend(Members::of(text, at));
    found
}

/// The members of an object, found one by one.
#[derive(Debug, Clone)]
pub(super) struct Members<'a> {
    text: &'a [u8],
    place: usize,
}

impl<'a> Members<'a> {
    /// Begins with the first member of the object at `at`.
    pub(super) fn of(text: &'a [u8], at: &Range<u32>) -> Self {
        let place = space(text, at.start as usize + 1);
        Self { text, place }
    }

    /// Goes on where another search has come to.
    pub(super) fn from(text: &'a [u8], place: usize) -> Self {
        Self { text, place }
    }

    /// Returns how far the search has come.
    pub(super) fn place(&self) -> usize {
        self.place
    }
}

impl Iterator for Members<'_> {
    type Item = Member;

    fn next(&mut self) -> Option<Member> {
        let (text, place) = (self.text, self.place);
        if text.get(place) != Some(&b'"') {
            return None;
        }
        let name = place + 1;
        let name_end = string_end(text, place) - 1;
        let value = space(text, space(text, name_end + 1) + 1); // over the colon
        let end = value_end(text, value);
        self.place = space(text, end);
        if text.get(self.place) == Some(&b',') {
            self.place = space(text, self.place + 1);
        }
        Some(Member {
            name: range(name, name_end),
            value: range(value, end),
        })
    }
}

/// Returns where the elements of the array at `at` stand.
pub(super) fn elements(text: &[u8], at: &Range<u32>) -> Vec<Range<u32>> {
    let mut found = Vec::new();
    let mut place = space(text, at.start as usize + 1);
    while text.get(place).is_some_and(|byte| *byte != b']') {
        let end = value_end(text, place);
        found.push(range(place, end));
        place = space(text, end);
        if text.get(place) == Some(&b',') {
            place = space(text, place + 1);
        }
    }
    found
}

/// Returns the range of the only value of a text.
pub(super) fn whole(text: &[u8]) -> Range<u32> {
    let start = space(text, 0);
    range(start, value_end(text, start))
}

/// Returns the text of a JSON string, given with its quotes.
pub(super) fn string(text: &[u8]) -> String {
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or(text);
    if inner.contains(&b'\\') {
        return serde_json::from_slice(text)
            .unwrap_or_else(|_| String::from_utf8_lossy(inner).into_owned());
    }
    String::from_utf8_lossy(inner).into_owned()
}

/// Returns the member of that name, whether or not it stands in the text with escapes.
pub(super) fn find(
    text: &[u8],
    mut members: impl Iterator<Item = Member> + Clone,
    name: &str,
) -> Option<Member> {
    let plain = |member: &Member| member.raw(text) == name.as_bytes();
    let escaped = |member: &Member| {
        let raw = member.raw(text);
        raw.contains(&b'\\') && named(raw) == name
    };
    let found = members.clone().find(plain);
    found.or_else(|| members.find(escaped))
}

/// Returns a member's name with its escapes resolved.
pub(super) fn named(raw: &[u8]) -> String {
    let quoted: Vec<u8> = [b"\"", raw, b"\""].concat();
    string(&quoted)
}

fn space(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
        at += 1;
    }
    at
}

/// Returns the place behind the closing quote of the string that begins at `at`. Most strings are
/// short: eight bytes at a time are faster than a search that has to be set up.
fn string_end(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(next) = text.get(at..) {
        let found = match next.first_chunk() {
            Some(bytes) => quote_or_escape(*bytes),
            None => next.iter().position(|byte| matches!(byte, b'"' | b'\\')),
        };
        match found {
            Some(far) if next[far] == b'"' => return at + far + 1,
            Some(far) => at += far + 2, // over the escape
            None => at += 8,
        }
    }
    text.len()
}

/// Returns where the first quote or backslash stands among eight bytes.
fn quote_or_escape(bytes: [u8; 8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let word = u64::from_le_bytes(bytes);
    // Sets the highest bit of the first byte that is `byte`, and none before it.
    let equal = |byte: u8| {
        let differs = word ^ (ONES * u64::from(byte));
        differs.wrapping_sub(ONES) & !differs & (ONES << 7)
    };
    let found = equal(b'"') | equal(b'\\');
    (found != 0).then(|| (found.trailing_zeros() / 8) as usize)
}

/// Returns whether a member's name anywhere in the text is written with escapes.
pub(super) fn has_escaped_name(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        // The rest of the string that the escape stands in.
        at = string_end(text, at + next + 1);
        if text.get(space(text, at)) == Some(&b':') {
            return true;
        }
    }
    false
}

fn value_end(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        Some(b'"') => string_end(text, at),
        Some(b'{' | b'[') => {
            let (mut at, mut depth) = (at, 0usize);
            while let Some(byte) = text.get(at) {
                match byte {
                    b'"' => {
                        at = string_end(text, at);
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    break;
                }
            }
            at
        }
        _ => {
            let rest = text.get(at..).unwrap_or_default();
            let length = rest
                .iter()
                .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'));
            at + length.unwrap_or(rest.len())
        }
    }
}

/// Texts are pages of an answer, far below 4 GiB; the client refuses longer ones.
fn range(start: usize, end: usize) -> Range<u32> {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    place(start)..place(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, at: &Range<u32>) -> String {
        text[at.start as usize..at.end as usize].to_owned()
    }

    #[test]
    fn members_are_found_whatever_stands_between() {
        let text = r#" { "a" : 1 ,"b\"{":{"x":"}"}, "c":[1,"]",{}] , "d":null}"#;
        let found: Vec<_> = members(text.as_bytes(), &whole(text.as_bytes()))
            .into_iter()
            .map(|member| (cut(text, &member.name), cut(text, &member.value)))
            .collect();
        let expected = [
            ("a", "1"),
            ("b\\\"{", r#"{"x":"}"}"#),
            ("c", r#"[1,"]",{}]"#),
            ("d", "null"),
        ];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(members(b"{ }", &(0..3)).is_empty());
    }

    #[test]
    fn strings_of_all_lengths_end_at_their_quotes() {
        for length in 0..40 {
            let text = format!(
                r#"["{}","\\\"{}\\",1]"#,
                "é".repeat(length),
                "x".repeat(length)
            );
            let ends = elements(text.as_bytes(), &whole(text.as_bytes()));
            assert_eq!(ends.len(), 3, "{text}");
            assert_eq!(cut(&text, &ends[2]), "1");
        }
    }

    #[test]
    fn elements_are_found() {
        let text = r#"[ 1.50, "a,b" , {"x":[2]},[ ] ]"#;
        let found: Vec<_> = elements(text.as_bytes(), &whole(text.as_bytes()))
            .iter()
            .map(|at| cut(text, at))
            .collect();
        assert_eq!(found, ["1.50", "\"a,b\"", r#"{"x":[2]}"#, "[ ]"]);
        assert!(elements(b"[]", &(0..2)).is_empty());
    }

    #[test]
    fn names_with_escapes_are_recognised() {
        let text = br#"{"a\u0062":1}"#;
        let all = members(text, &whole(text));
        assert!(find(text, all.iter().cloned(), "ab").is_some());
        assert!(find(text, all.iter().cloned(), "ac").is_none());
        assert_eq!(string(br#""a\nb""#), "a\nb");
        assert!(has_escaped_name(br#"{"x":"\u00e9\"","p\u0061ss" : 1}"#));
        assert!(!has_escaped_name(br#"{"x":"\u00e9\":\\","y":["\n"]}"#));
    }
}
