//! `$orderby`: which properties a list may be ordered by, and the order itself. Source: graph
//! reference §2.

use std::cmp::Ordering;

use serde_json::Value;

use super::filter;
use super::kind::Kind;
use super::unsupported;
use crate::sandbox::reply::Refusal;

/// The order of a list; by id where nothing else is said or two are equal.
#[derive(Debug, Default)]
pub(super) struct Order {
    terms: Vec<Term>,
}

#[derive(Debug)]
struct Term {
    path: Vec<String>,
    descending: bool,
}

impl Order {
    /// Reads an order of objects of a kind. What needs an advanced query is refused in others; the
    /// texts are this sandbox's.
    pub(super) fn read(text: &str, kind: &Kind, is_advanced: bool) -> Result<Self, Refusal> {
        let terms = text.split(',').map(|term| {
            let mut words = term.split_whitespace();
            let name = words.next().unwrap_or_default();
            let descending = match (words.next(), words.next()) {
                (None | Some("asc"), None) => false,
                (Some("desc"), None) => true,
                _ => return Err(Refusal::new(400, "BadRequest", "Invalid orderby clause")),
            };
            let (plain, advanced) = kind.order;
            let may = plain.contains(&name)
                || (advanced.contains(&name) && (is_advanced || !kind.directory));
            if !may {
                return Err(unsupported(format!(
                    "Unsupported sort property '{name}' for '{}'.",
                    kind.name
                )));
            }
            let path = name.split('/').map(str::to_owned).collect();
            Ok(Term { path, descending })
        });
        let terms = terms.collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    /// Tells whether the list stays as it is.
    pub(super) fn is_none(&self) -> bool {
        self.terms.is_empty()
    }

    /// Returns what an object is ordered by.
    pub(super) fn key(&self, row: &Value) -> Vec<Value> {
        let values = self.terms.iter();
        let values = values.map(|term| filter::at(row, &term.path).into_owned());
        values.chain([row["id"].clone()]).collect()
    }

    /// Compares the keys of two objects.
    pub(super) fn compare(&self, left: &[Value], right: &[Value]) -> Ordering {
        let terms = self.terms.iter().map(|term| term.descending).chain([false]);
        let pairs = left.iter().zip(right).zip(terms);
        let mut orders = pairs.map(|((left, right), descending)| {
            let order = filter::order(left, right);
            if descending { order.reverse() } else { order }
        });
        orders
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KIND: Kind = Kind {
        name: "User",
        order: (&["displayName"], &["createdDateTime"]),
        directory: true,
        ..Kind::PLAIN
    };

    #[test]
    fn an_order_sorts_by_each_term_and_then_by_id() {
        let order =
            Order::read("displayName desc, createdDateTime", &KIND, true).expect("an order");
        let row = |id: &str, name: Value, created: &str| {
            order.key(&json!({ "id": id, "displayName": name, "createdDateTime": created }))
        };
        let mut rows = [
            row("1", json!("ann"), "2026-03-01T00:00:00Z"),
            row("2", json!("Bob"), "2026-03-02T00:00:00.5Z"),
            row("4", json!("bob"), "2026-03-02T00:00:00Z"),
            row("3", json!("BOB"), "2026-03-02T00:00:00Z"),
            row("5", Value::Null, "2026-03-02T00:00:00Z"),
        ];
        rows.sort_by(|left, right| order.compare(left, right));
        let ids: Vec<_> = rows.iter().map(|row| row[2].clone()).collect();
        assert_eq!(ids, ["3", "4", "2", "1", "5"]);
    }

    #[test]
    fn an_order_is_refused_where_the_kind_does_not_take_it() {
        let may = |text: &str, advanced| Order::read(text, &KIND, advanced).is_ok();
        assert!(may("displayName asc", false));
        assert!(!may("createdDateTime", false) && may("createdDateTime", true));
        for text in ["mail", "displayName down", "", "displayName desc asc"] {
            assert!(!may(text, true), "{text}");
        }
    }
}
