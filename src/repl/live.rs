//! What is known of the session's own names: read from the values that its variables hold, without
//! calling anything.

use super::lines::Names;
use super::shape::Shape;
use crate::api::model::Service;
use crate::script::{Known, Repl};

/// Maps are looked into this deep.
const DEPTH: usize = 3;

/// Returns the session's variables and functions.
pub(super) fn names(repl: &Repl, services: &[&'static Service]) -> Names {
    let live = Live { repl, services };
    let variables = repl.variables();
    Names {
        variables: variables
            .into_iter()
            .map(|name| {
                let shape = live.shape(&name, 0);
                (name, shape)
            })
            .collect(),
        functions: repl.functions(),
    }
}

struct Live<'a> {
    repl: &'a Repl,
    services: &'a [&'static Service],
}

impl Live<'_> {
    /// Returns the shape of the value at a path; what is in a map is looked up by a longer path.
    fn shape(&self, path: &str, depth: usize) -> Shape {
        match self.repl.known(path) {
            None => Shape::Unknown,
            Some(Known::Map(_)) if depth >= DEPTH => Shape::Unknown,
            Some(Known::Map(keys)) => {
                let value = |key: &str| self.shape(&format!("{path}.{key}"), depth + 1);
                Shape::Map(
                    keys.into_iter()
                        .map(|key| (key.clone(), value(&key)))
                        .collect(),
                )
            }
            Some(known) => self.of(known),
        }
    }

    fn of(&self, known: Known) -> Shape {
        let item =
            |item: Option<Box<Known>>| Box::new(item.map_or(Shape::Unknown, |item| self.of(*item)));
        match known {
            Known::Record { service, schema } => self.record(service, schema),
            Known::List(known) => Shape::Pager(item(known)),
            Known::Array(known) => Shape::Array(item(known)),
            Known::Map(keys) => {
                let keys = keys.into_iter().map(|key| (key, Shape::Unknown));
                Shape::Map(keys.collect())
            }
            Known::Other(word) => of_word(word),
        }
    }

    fn record(&self, service: &str, schema: &str) -> Shape {
        let service = self.services.iter().find(|it| it.name == service);
        let found = service.and_then(|service| Some((*service, service.schema(schema)?.0)));
        found.map_or(Shape::Unknown, |(service, schema)| {
            Shape::Record(service, schema)
        })
    }
}

fn of_word(word: &'static str) -> Shape {
    match word {
        "text" => Shape::Text,
        "number" => Shape::Number,
        "date" => Shape::Date,
        "outcomes" => Shape::Outcomes,
        word => Shape::Plain(word),
    }
}
