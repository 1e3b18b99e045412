//! Which parts travel together: what others depend on goes first, otherwise the order of the script;
//! at most twenty at once, for one token and one version of the service.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{MOST, Member, Part, wire};
use crate::error::{Code, Error};
use crate::http::tokens::Ask;

/// Returns the places of the parts so that none comes before one that it depends on.
pub(super) fn by_dependency(parts: &[Part]) -> Result<Vec<usize>, Error> {
    let mut open: Vec<usize> = Vec::with_capacity(parts.len());
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); parts.len()];
    for (at, part) in parts.iter().enumerate() {
        let mut after = part.after.clone();
        after.sort_unstable();
        after.dedup();
        for &other in &after {
            let of_it = dependents.get_mut(other);
            of_it.ok_or_else(|| unknown(part))?.push(at);
        }
        open.push(after.len());
    }
    let free = open.iter().enumerate().filter(|(_, open)| **open == 0);
    let mut ready: BinaryHeap<Reverse<usize>> = free.map(|(at, _)| Reverse(at)).collect();
    let mut order = Vec::with_capacity(parts.len());
    while let Some(Reverse(at)) = ready.pop() {
        order.push(at);
        for &other in &dependents[at] {
            open[other] -= 1;
            if open[other] == 0 {
                ready.push(Reverse(other));
            }
        }
    }
    match open.iter().position(|open| *open > 0) {
        Some(at) => Err(circle(&parts[at])),
        None => Ok(order),
    }
}

fn unknown(part: &Part) -> Error {
    let message = format!("`{}` depends on a request that is not there", part.name);
    Error::new(Code::ScriptArgument, message)
}

fn circle(part: &Part) -> Error {
    let message = format!("the dependencies of `{}` lead in a circle", part.name);
    Error::new(Code::ScriptArgument, message).help("nothing was sent")
}

/// What parts that travel together share.
type Way<'a> = (Option<&'a Ask>, &'a str);

/// Hands out the parts group by group.
pub(super) struct Groups<'a> {
    members: &'a [Member<'a>],
    order: Vec<usize>,
    /// Everything before this place of the order is handed out.
    from: usize,
    given: Vec<bool>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(members: &'a [Member<'a>], order: Vec<usize>) -> Self {
        Self {
            members,
            order,
            from: 0,
            given: vec![false; members.len()],
        }
    }

    fn way(&self, at: usize) -> Way<'a> {
        let member = &self.members[at];
        let (version, _) = wire::split(&member.part.call.target);
        (member.request.ask.as_ref(), version)
    }
}

impl Iterator for Groups<'_> {
    type Item = Vec<usize>;

    /// Returns the next parts: those that they depend on are among them, or were handed out before.
    fn next(&mut self) -> Option<Vec<usize>> {
        let is_open = |at: &&usize| !self.given[**at];
        let first = *self.order[self.from..].iter().find(is_open)?;
        let way = self.way(first);
        let mut group = Vec::with_capacity(MOST);
        for place in self.from..self.order.len() {
            let at = self.order[place];
            let after = &self.members[at].part.after;
            let possible = !self.given[at] && after.iter().all(|other| self.given[*other]);
            if possible && self.way(at) == way {
                self.given[at] = true;
                group.push(at);
                if group.len() == MOST {
                    break;
                }
            }
        }
        let done = self.order[self.from..].iter();
        self.from += done.take_while(|at| self.given[**at]).count();
        Some(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing;

    #[test]
    fn what_others_depend_on_goes_first() {
        let check = |after: &[&[usize]], expected: Option<&[usize]>| {
            let part = |(at, after): (usize, &&[usize])| Part {
                name: at.to_string(),
                call: testing::get("/v1.0/users"),
                after: after.to_vec(),
            };
            let parts: Vec<Part> = after.iter().enumerate().map(part).collect();
            let found = by_dependency(&parts).ok();
            assert_eq!(found.as_deref(), expected, "{after:?}");
        };
        check(&[&[], &[], &[]], Some(&[0, 1, 2]));
        check(&[&[2], &[], &[]], Some(&[1, 2, 0]));
        check(&[&[1, 1], &[2], &[]], Some(&[2, 1, 0]));
        check(&[&[1], &[0], &[]], None);
        check(&[&[0]], None);
        check(&[&[7]], None);
    }
}
