//! What is rendered says what was meant: read back by an evaluator of its own, it holds for the same
//! rows.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::api::model::List;

fn is(field: &str, op: FilterOp, value: FilterValue) -> Filter {
    Filter::Compare {
        field: field.to_owned(),
        op,
        value,
    }
}

fn text(text: &str) -> FilterValue {
    FilterValue::Text(text.to_owned())
}

#[test]
fn filters_are_written_as_odata() {
    let name = is("displayName", FilterOp::StartsWith, text("O'Neil"));
    let on = is("accountEnabled", FilterOp::Eq, FilterValue::Bool(true));
    let when = is(
        "signIn.date",
        FilterOp::Ge,
        FilterValue::Date("2026-01-02T00:00:00Z".parse().expect("a date")),
    );
    let one = is(
        "id",
        FilterOp::OneOf,
        FilterValue::List(vec![text("a"), text("b")]),
    );
    let check =
        |given: &Filter, expected: &str| assert_eq!(render(given, &[]).as_deref(), Ok(expected));
    check(&name, "startswith(displayName,'O''Neil')");
    check(&on, "accountEnabled eq true");
    check(&when, "signIn/date ge 2026-01-02T00:00:00Z");
    check(&one, "id in ('a','b')");
    check(
        &is("mail", FilterOp::EndsWith, text("@x")),
        "endswith(mail,'@x')",
    );
    check(
        &is("groupTypes", FilterOp::Any, text("Unified")),
        "groupTypes/any(x:x eq 'Unified')",
    );
    check(
        &is("assignedLicenses.skuId", FilterOp::Any, text("a")),
        "assignedLicenses/any(x:x/skuId eq 'a')",
    );
    check(
        &Filter::Not(Box::new(on.clone())),
        "not (accountEnabled eq true)",
    );
    let both = Filter::And(
        Box::new(on),
        Box::new(Filter::Or(Box::new(one), Box::new(name))),
    );
    check(
        &both,
        "accountEnabled eq true and (id in ('a','b') or startswith(displayName,'O''Neil'))",
    );
    for wrong in [
        is("id", FilterOp::OneOf, FilterValue::List(vec![])),
        is("id", FilterOp::Eq, FilterValue::List(vec![])),
        is("", FilterOp::Eq, text("")),
        is("a eq 1 or b", FilterOp::Eq, text("")),
    ] {
        assert!(render(&wrong, &[]).is_err(), "{wrong:?}");
    }
}

#[test]
fn what_a_list_is_not_said_to_compare_is_refused() {
    const USERS: &[FilterField] = &[
        FilterField {
            name: "displayName",
            ops: List(&["eq", "starts_with", "not"]),
        },
        FilterField {
            name: "customer.tenantId",
            ops: List(&["eq"]),
        },
    ];
    let check = |filter: &Filter, expected: Result<&str, &str>| {
        let found = render(filter, USERS);
        assert_eq!(found.as_deref().map_err(String::as_str), expected);
    };
    let eq = |field: &str| is(field, FilterOp::Eq, text("a"));
    check(&eq("DisplayName"), Ok("displayName eq 'a'"));
    check(&eq("customer/tenantid"), Ok("customer/tenantId eq 'a'"));
    check(
        &eq("dispalyName"),
        Err(
            "this list cannot be filtered by `dispalyName`; did you mean `displayName`? it can compare displayName (eq, starts_with), customer.tenantId (eq)",
        ),
    );
    check(
        &is("displayName", FilterOp::Ne, text("a")),
        Err(
            "this list cannot compare `displayName` with `ne`; it can compare displayName (eq, starts_with)",
        ),
    );
    let not = |filter: Filter| Filter::Not(Box::new(filter));
    check(&not(eq("displayName")), Ok("not (displayName eq 'a')"));
    check(
        &not(Filter::Or(
            Box::new(eq("displayName")),
            Box::new(eq("customer.tenantId")),
        )),
        Err(
            "this list cannot compare `customer.tenantId` with `not`; it can compare customer.tenantId (eq)",
        ),
    );
}

/// A row to filter.
#[derive(Debug, Clone)]
struct Row {
    texts: BTreeMap<&'static str, String>,
    size: i64,
    on: bool,
    tags: Vec<String>,
}

const TEXTS: [&str; 2] = ["name", "site.city"];

/// Returns whether a filter holds, by its meaning.
fn holds(filter: &Filter, row: &Row) -> bool {
    match filter {
        Filter::And(a, b) => holds(a, row) && holds(b, row),
        Filter::Or(a, b) => holds(a, row) || holds(b, row),
        Filter::Not(inner) => !holds(inner, row),
        Filter::Compare { field, op, value } => match (field.as_str(), value) {
            ("size", FilterValue::Int(value)) => order(*op, row.size.cmp(value)),
            ("on", FilterValue::Bool(value)) => order(*op, row.on.cmp(value)),
            ("tags" | "licenses.skuId", FilterValue::Text(value)) => row.tags.contains(value),
            (field, FilterValue::List(values)) => values
                .iter()
                .any(|value| value.to_string() == row.texts[field]),
            (field, value) => {
                let (own, value) = (&row.texts[field], value.to_string());
                match op {
                    FilterOp::StartsWith => own.starts_with(&value),
                    FilterOp::EndsWith => own.ends_with(&value),
                    FilterOp::Contains => own.contains(&value),
                    op => order(*op, own.as_str().cmp(&value)),
                }
            }
        },
    }
}

fn order(op: FilterOp, found: std::cmp::Ordering) -> bool {
    match op {
        FilterOp::Eq => found.is_eq(),
        FilterOp::Ne => found.is_ne(),
        FilterOp::Lt => found.is_lt(),
        FilterOp::Le => found.is_le(),
        FilterOp::Gt => found.is_gt(),
        _ => found.is_ge(),
    }
}

/// Reads `OData` text and tells at once whether it holds for a row.
struct Reader<'a> {
    rest: &'a str,
    row: &'a Row,
}

impl Reader<'_> {
    fn eat(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn must(&mut self, word: &str) {
        assert!(self.eat(word), "{word:?} is expected at {:?}", self.rest);
    }

    fn either(&mut self) -> bool {
        let mut found = self.both();
        while self.eat(" or ") {
            let right = self.both();
            found |= right;
        }
        found
    }

    fn both(&mut self) -> bool {
        let mut found = self.single();
        while self.eat(" and ") {
            let right = self.single();
            found &= right;
        }
        found
    }

    fn single(&mut self) -> bool {
        if self.eat("not ") {
            return !self.single();
        }
        if self.eat("(") {
            let found = self.either();
            self.must(")");
            return found;
        }
        for (word, op) in [
            ("startswith(", FilterOp::StartsWith),
            ("endswith(", FilterOp::EndsWith),
            ("contains(", FilterOp::Contains),
        ] {
            if self.eat(word) {
                let field = self.name();
                self.must(",");
                let value = self.literal();
                self.must(")");
                return holds(&is(&field, op, text(&value)), self.row);
            }
        }
        self.comparison()
    }

    fn comparison(&mut self) -> bool {
        let field = self.name();
        if let Some(list) = field.strip_suffix(".any") {
            self.must("(x:x");
            let list = match (list, self.eat("/")) {
                (list, true) => format!("{list}.{}", self.name()),
                (list, false) => list.to_owned(),
            };
            self.must(" eq ");
            let value = self.literal();
            self.must(")");
            return holds(&is(&list, FilterOp::Any, text(&value)), self.row);
        }
        if self.eat(" in (") {
            let mut values = vec![text(&self.literal())];
            while self.eat(",") {
                values.push(text(&self.literal()));
            }
            self.must(")");
            let value = FilterValue::List(values);
            return holds(&is(&field, FilterOp::OneOf, value), self.row);
        }
        let ops = [
            (" eq ", FilterOp::Eq),
            (" ne ", FilterOp::Ne),
            (" lt ", FilterOp::Lt),
            (" le ", FilterOp::Le),
            (" gt ", FilterOp::Gt),
            (" ge ", FilterOp::Ge),
        ];
        let op = ops.into_iter().find(|(word, _)| self.eat(word));
        let (_, op) = op.unwrap_or_else(|| panic!("a comparison is expected at {:?}", self.rest));
        let quoted = self.rest.starts_with('\'');
        let value = self.literal();
        let value = match value.as_str() {
            _ if quoted => text(&value),
            "true" => FilterValue::Bool(true),
            "false" => FilterValue::Bool(false),
            digits => FilterValue::Int(digits.parse().expect("a number")),
        };
        holds(&is(&field, op, value), self.row)
    }

    fn name(&mut self) -> String {
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '/';
        let end = self.rest.find(|c| !letter(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name.replace('/', ".")
    }

    fn literal(&mut self) -> String {
        if !self.eat("'") {
            let end = self.rest.find([' ', ')', ',']).unwrap_or(self.rest.len());
            let (found, rest) = self.rest.split_at(end);
            self.rest = rest;
            return found.to_owned();
        }
        let mut found = String::new();
        loop {
            if self.eat("''") {
                found.push('\'');
            } else if self.eat("'") {
                return found;
            } else {
                let letter = self.rest.chars().next().expect("the text ends");
                found.push(letter);
                self.rest = &self.rest[letter.len_utf8()..];
            }
        }
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab'() ,]{0,3}",
        Just("' or name ne '".to_owned()),
        Just("a) and (size eq 1".to_owned()),
    ]
}

fn comparison() -> impl Strategy<Value = Filter> {
    let ordered = prop::sample::select(vec![
        FilterOp::Eq,
        FilterOp::Ne,
        FilterOp::Lt,
        FilterOp::Le,
        FilterOp::Gt,
        FilterOp::Ge,
    ]);
    let of_text = prop::sample::select(vec![
        FilterOp::Eq,
        FilterOp::Ne,
        FilterOp::StartsWith,
        FilterOp::EndsWith,
        FilterOp::Contains,
    ]);
    let name = || prop::sample::select(TEXTS.to_vec());
    prop_oneof![
        (ordered, -2i64..3).prop_map(|(op, value)| is("size", op, FilterValue::Int(value))),
        any::<bool>().prop_map(|value| is("on", FilterOp::Eq, FilterValue::Bool(value))),
        (name(), of_text, word()).prop_map(|(name, op, value)| is(name, op, text(&value))),
        (name(), prop::collection::vec(word(), 1..3)).prop_map(|(name, values)| {
            let values = values.iter().map(|value| text(value)).collect();
            is(name, FilterOp::OneOf, FilterValue::List(values))
        }),
        (prop::sample::select(vec!["tags", "licenses.skuId"]), word())
            .prop_map(|(name, value)| is(name, FilterOp::Any, text(&value))),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    comparison().prop_recursive(4, 24, 2, |inner| {
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            pair().prop_map(|(a, b)| Filter::And(Box::new(a), Box::new(b))),
            pair().prop_map(|(a, b)| Filter::Or(Box::new(a), Box::new(b))),
            inner.clone().prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

fn row() -> impl Strategy<Value = Row> {
    let texts = prop::collection::vec(word(), 2..=2);
    (
        texts,
        -2i64..3,
        any::<bool>(),
        prop::collection::vec(word(), 0..3),
    )
        .prop_map(|(texts, size, on, tags)| Row {
            texts: TEXTS.into_iter().zip(texts).collect(),
            size,
            on,
            tags,
        })
}

proptest! {
    /// No clause is lost, moved or taken for another.
    #[test]
    fn what_is_written_means_what_was_built(filter in filter(), rows in prop::collection::vec(row(), 1..6)) {
        let written = render(&filter, &[]).expect("it can be written");
        for row in &rows {
            let mut reader = Reader { rest: &written, row };
            let found = reader.either();
            prop_assert_eq!(reader.rest, "", "{}", written);
            prop_assert_eq!(found, holds(&filter, row), "{}", written);
        }
    }
}
