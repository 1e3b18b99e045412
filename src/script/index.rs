//! Where the members of an item stand, found only as far as somebody has asked: most scripts read a
//! few properties of each item, and those are often among the first.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::scan::{self, Member, Members};

/// How many members an item is taken to have: keeping them in one piece is cheaper than growing.
const USUAL: usize = 16;

/// The members of one item, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Index(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    members: Vec<Member>,
    /// Where the search goes on; 0 before it has begun.
    place: usize,
}

impl Index {
    /// Returns where the value of the member of that name stands, in the object at `at`.
    pub(super) fn find(&self, text: &[u8], at: &Range<u32>, name: &str) -> Option<Range<u32>> {
        let mut known = self.lock();
        let plain = |member: &Member| member.raw(text) == name.as_bytes();
        if let Some(member) = known.members.iter().find(|member| plain(member)) {
            return Some(member.value.clone());
        }
        while let Some(member) = known.next(text, at) {
            if plain(&member) {
                return Some(member.value);
            }
        }
        let found = scan::find(text, known.members.iter().cloned(), name)?;
        Some(found.value)
    }

    /// Runs `f` over all members of the object at `at`.
    pub(super) fn with_all<T>(
        &self,
        text: &[u8],
        at: &Range<u32>,
        f: impl FnOnce(&[Member]) -> T,
    ) -> T {
        let mut known = self.lock();
        while known.next(text, at).is_some() {}
        f(&known.members)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Finds one more member and keeps it.
    fn next(&mut self, text: &[u8], at: &Range<u32>) -> Option<Member> {
        let mut rest = match self.place {
            0 => Members::of(text, at),
            place => Members::from(text, place),
        };
        let found = rest.next();
        self.place = rest.place();
        if self.members.is_empty() {
            self.members.reserve_exact(USUAL);
        }
        self.members.extend(found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_in_any_order_and_only_once() {
        let text = br#"{"a":1,"b":{"x":"}"},"a":3,"\u0063":4}"#;
        let at = scan::whole(text);
        let index = Index::default();
        let found = |name: &str| {
            let place = index.find(text, &at, name)?;
            std::str::from_utf8(&text[place.start as usize..place.end as usize]).ok()
        };
        assert_eq!(found("b"), Some(r#"{"x":"}"}"#));
        assert_eq!(found("a"), Some("1"));
        assert_eq!(found("c"), Some("4"));
        assert_eq!((found("d"), found("b")), (None, Some(r#"{"x":"}"}"#)));
        assert_eq!(index.with_all(text, &at, <[Member]>::len), 4);
    }

    #[test]
    fn an_empty_object_has_none() {
        let index = Index::default();
        assert_eq!(index.find(b"{}", &(0..2), "a"), None);
        assert_eq!(index.with_all(b"{}", &(0..2), <[Member]>::len), 0);
    }
}
