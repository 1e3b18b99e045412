//! Completion: what may stand at the cursor, with signatures. It evaluates nothing.

use super::bound::{self, Bound};
use super::command;
use super::manual::{Manual, words};
use super::shape::Shape;
use super::word::{self, Before, Link};
use crate::api::model::Operation;

/// Something that may stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// What the list shows.
    pub(super) shown: String,
    /// What is inserted instead of the unfinished name.
    pub(super) text: String,
}

impl Candidate {
    fn plain(text: &str) -> Self {
        Self {
            shown: text.to_owned(),
            text: text.to_owned(),
        }
    }

    fn function(name: &str, shown: String) -> Self {
        let text = format!("{name}(");
        Self { shown, text }
    }
}

/// Words of the language that begin or stand in a statement.
const KEYWORDS: [&str; 19] = [
    "break", "catch", "const", "continue", "do", "else", "false", "fn", "for", "if", "import",
    "in", "let", "return", "switch", "throw", "true", "try", "while",
];

/// What is known where completion happens.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// Everything that can be called.
    pub(super) manual: Manual<'a>,
    /// The session's variables.
    pub(super) variables: &'a [(String, Shape)],
    /// The session's own functions: name and parameters.
    pub(super) functions: &'a [(String, Vec<String>)],
}

/// Returns the call of an operation and, where its work goes on after the answer, the call that only
/// begins it.
fn with_begin(operation: &Operation, name: &str, call: &str) -> Vec<Candidate> {
    let mut both = vec![Candidate::function(name, call.to_owned())];
    if operation.is_long() {
        let name = format!("{}{name}", Operation::BEGIN);
        both.push(Candidate::function(&name, words::begun(call)));
    }
    both
}

impl Place<'_> {
    /// Returns where the replaced text begins, and what may stand there.
    pub(super) fn complete(&self, line: &str, cursor: usize) -> (usize, Vec<Candidate>) {
        let word = word::at(line, cursor);
        let mut candidates = match &word.before {
            Before::Text => Vec::new(),
            Before::Command => self.command(line, &word.partial),
            Before::Module(module) => self.module(module),
            Before::Chain(links) => self.members(&self.shape(&line[..word.start], links)),
            Before::Nothing => self.names(),
        };
        candidates.retain(|candidate| candidate.text.starts_with(&word.partial));
        candidates.sort_by(|a, b| a.text.cmp(&b.text));
        candidates.dedup();
        (word.start, candidates)
    }

    /// Returns the rest of the signature when the cursor stands right after `name(`.
    pub(super) fn hint(&self, line: &str, cursor: usize) -> Option<String> {
        if cursor != line.len() {
            return None;
        }
        let call = line.strip_suffix('(')?;
        let (_, candidates) = self.complete(call, call.len());
        let word = word::at(call, call.len());
        let name = format!("{}(", word.partial);
        let found = candidates.iter().find(|candidate| candidate.text == name)?;
        let open = found.shown.find('(')?;
        Some(found.shown[open + 1..].to_owned())
    }

    /// Returns the shape of the chain that an expression is, or ends with.
    pub(super) fn ends(&self, expression: &str) -> Shape {
        let text = format!("{}.", expression.trim());
        match word::at(&text, text.len()).before {
            // What is bound within it stands before it; a name never leads to itself that way.
            Before::Chain(links) => self.shape(expression, &links),
            _ => Shape::Unknown,
        }
    }

    fn command(&self, line: &str, partial: &str) -> Vec<Candidate> {
        // The name of a command follows the colon; what `:doc` takes follows a space.
        if line.trim_start().strip_prefix(':') == Some(partial) {
            return command::NAMES
                .iter()
                .map(|(name, ..)| Candidate::plain(name))
                .collect();
        }
        if !line.trim_start().starts_with(":doc") {
            return Vec::new();
        }
        let module = line
            .rsplit(' ')
            .next()
            .and_then(|name| name.split_once("::"));
        match module {
            Some((module, _)) => self
                .module(module)
                .into_iter()
                .map(|candidate| Candidate::plain(candidate.text.trim_end_matches('(')))
                .collect(),
            None => self
                .manual
                .names()
                .iter()
                .filter(|name| !name.contains("::"))
                .map(|name| Candidate::plain(name))
                .collect(),
        }
    }

    fn module(&self, module: &str) -> Vec<Candidate> {
        let services = self.manual.services.iter().filter(|it| it.name == module);
        let mut candidates: Vec<Candidate> = services
            .flat_map(|service| {
                service.operations.iter().flat_map(|operation| {
                    let signature = words::function(service, operation);
                    let prefix = module.len() + 2;
                    with_begin(operation, operation.name, &signature[prefix..])
                })
            })
            .collect();
        let functions = self.manual.known.functions.iter();
        candidates.extend(
            functions
                .filter(|function| function.module == Some(module))
                .map(|function| {
                    let signature = words::host_function(function);
                    Candidate::function(function.name, signature[module.len() + 2..].to_owned())
                }),
        );
        candidates
    }

    fn members(&self, shape: &Shape) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        match shape {
            Shape::Record(service, index) => {
                let schema = &service.schemas[usize::from(*index)];
                candidates.extend(schema.fields.iter().map(|field| Candidate {
                    shown: format!("{}: {}", field.name, words::ty(service, field.ty)),
                    text: field.name.to_owned(),
                }));
                let methods = service.operations.iter().filter_map(|operation| {
                    let (owner, name) = operation.method_of?;
                    let shown = words::method(service, operation, name);
                    (owner == *index).then(|| with_begin(operation, name, &shown))
                });
                candidates.extend(methods.flatten());
            }
            Shape::Map(keys) => {
                candidates.extend(keys.iter().map(|(key, _)| Candidate::plain(key)));
            }
            _ => {}
        }
        let methods = self.manual.known.methods.iter();
        candidates.extend(
            methods
                .filter(|method| shape.receives(method.of))
                .map(|method| {
                    let shown = words::host_method(method);
                    if method.property {
                        let text = method.name.to_owned();
                        Candidate { shown, text }
                    } else {
                        Candidate::function(method.name, shown)
                    }
                }),
        );
        candidates
    }

    fn names(&self) -> Vec<Candidate> {
        let mut candidates: Vec<Candidate> = Vec::new();
        candidates.extend(self.variables.iter().map(|(name, shape)| Candidate {
            shown: format!("{name}: {shape}"),
            text: name.clone(),
        }));
        candidates.extend(self.functions.iter().map(|(name, parameters)| {
            Candidate::function(name, format!("{name}({})", parameters.join(", ")))
        }));
        let modules = self.manual.services.iter().map(|service| service.name);
        let host = self
            .manual
            .known
            .functions
            .iter()
            .filter_map(|it| it.module);
        candidates.extend(
            modules
                .chain(host)
                .map(|module| Candidate::plain(&format!("{module}::"))),
        );
        let functions = self.manual.known.functions.iter();
        candidates.extend(
            functions
                .filter(|function| function.module.is_none())
                .map(|it| Candidate::function(it.name, words::host_function(it))),
        );
        candidates.extend(KEYWORDS.iter().map(|word| Candidate::plain(word)));
        candidates
    }

    /// Follows a chain from its first link; `left` is the entry before its last name.
    fn shape(&self, left: &str, links: &[Link]) -> Shape {
        let mut shape = Shape::Unknown;
        for (number, link) in links.iter().enumerate() {
            shape = if number == 0 {
                self.root(left, link)
            } else {
                shape.member(&link.name, link.called, self.manual.known)
            };
            for _ in 0..link.indexed {
                shape = shape.item();
            }
        }
        shape
    }

    fn root(&self, left: &str, link: &Link) -> Shape {
        if let Some(module) = &link.module {
            let service = self.manual.services.iter().find(|it| it.name == module);
            let operation = service.and_then(|it| it.operation(&link.name));
            if let (Some(service), Some(operation)) = (service, operation) {
                return Shape::of_operation(service, operation);
            }
            if service.is_some_and(|service| service.begun(&link.name).is_some()) {
                return Shape::Host("Poller");
            }
        }
        if link.called || link.module.is_some() {
            let mut functions = self.manual.known.functions.iter();
            let found = functions.find(|function| {
                function.name == link.name && function.module == link.module.as_deref()
            });
            return found.map_or(Shape::Unknown, |function| {
                Shape::of_host(function.returns, &Shape::Unknown)
            });
        }
        match bound::find(left, &link.name) {
            Some(Bound::Value(expression)) => return self.ends(expression),
            Some(Bound::Item(expression)) => return self.ends(expression).item(),
            None => {}
        }
        // A name given twice means the later one.
        let variables = self.variables.iter().rev();
        let mut found = variables.filter(|(name, _)| *name == link.name);
        found
            .next()
            .map_or(Shape::Unknown, |(_, shape)| shape.clone())
    }
}
