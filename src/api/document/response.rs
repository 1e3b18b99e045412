//! What a call gives back: its shape, how its pages hang together, and how an answer that was only
//! accepted comes to an end.

use serde_json::Value;

use super::model::{Final, Kind, Output, Paging, Reading, Ty, Until, Verb, Waiting};
use super::node::{Node, Source};
use super::schema::Shapes;
use super::words::{ON_RESPONSE, Words, choose, flag, only, read_text, text};

/// What the responses of an operation say.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) output: Output,
    /// Whether the one item of the list is meant.
    pub(super) one: bool,
    pub(super) accept: &'static str,
    pub(super) paging: Paging,
    pub(super) waiting: Waiting,
    /// The type of the whole answer, before a list is unwrapped.
    pub(super) ty: Option<Ty>,
}

/// Reads `responses`, `x-ms-pageable` and the words about paging and waiting.
pub(super) fn read<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    verb: Verb,
    node: &Node<'a>,
    words: &Words<'a>,
    hint: &str,
) -> Answer {
    let mut answer = Answer {
        output: Output::Nothing,
        one: flag(source, words, "one"),
        accept: "application/json",
        paging: paging(source, node, words),
        waiting: waiting(source, node, words),
        ty: None,
    };
    if verb == Verb::Head {
        answer.output = if absence_is_meant(source, node) {
            Output::Absent
        } else {
            Output::Exists
        };
        return answer;
    }
    let Some((media, shape)) = success(source, node) else {
        return answer;
    };
    if shape.text_of("format") == Some("binary") || shape.text_of("type") == Some("file") {
        answer.output = Output::Bytes;
        answer.accept = text(media);
        return answer;
    }
    let ty = shapes.ty(&shape, hint).ty;
    answer.ty = Some(ty);
    answer.output = match items(shapes, node, ty) {
        Some(item) if answer.one => Output::One(item),
        Some(item) => Output::Many(item),
        None => Output::One(ty),
    };
    if let (true, Kind::Rec(_)) = (answer.one, shapes.kind(ty)) {
        source.problems.add(
            node,
            "`one` means the one item of a list, and the answer is none",
        );
    }
    answer
}

/// Returns media type and schema of the first success that has a body.
fn success<'a>(source: &Source<'a>, node: &Node<'a>) -> Option<(&'a str, Node<'a>)> {
    let responses = node.get("responses")?;
    responses
        .members()
        .into_iter()
        .find_map(|(status, response)| {
            if !status.starts_with('2') {
                return None;
            }
            let (response, _) = source.follow(&response);
            match response.get("content") {
                Some(content) => content
                    .members()
                    .into_iter()
                    .find_map(|(media, body)| Some((media, body.get("schema")?))),
                None => Some(("application/json", response.get("schema")?)),
            }
        })
}

/// Returns the item type of a list: an array, or in documents of others an object whose
/// `itemName` is one.
fn items(shapes: &Shapes<'_, '_>, node: &Node<'_>, ty: Ty) -> Option<Ty> {
    if let Kind::Array(item) = shapes.kind(ty) {
        return Some(Ty(item));
    }
    let pageable = node.get("x-ms-pageable")?;
    let name = pageable.text_of("itemName").unwrap_or("value");
    match shapes.kind(shapes.field(ty, name)?.ty) {
        Kind::Array(item) => Some(Ty(item)),
        _ => None,
    }
}

/// Returns whether 404 is marked `x-tenantry: { means: true }`.
fn absence_is_meant<'a>(source: &Source<'a>, node: &Node<'a>) -> bool {
    let Some(response) = node.get("responses").and_then(|all| all.get("404")) else {
        return false;
    };
    let (response, _) = source.follow(&response);
    let words = Words::of(source, &response, ON_RESPONSE, None);
    words
        .get("means")
        .is_some_and(|means| means.value() == &Value::Bool(true))
}

/// Reads `x-ms-pageable` or `paging: single | bare | link | { offset, size, page }`.
fn paging(source: &Source<'_>, node: &Node<'_>, words: &Words<'_>) -> Paging {
    let Some(word) = words.get("paging") else {
        let Some(pageable) = node.get("x-ms-pageable") else {
            return Paging::Single;
        };
        let link = pageable.text_of("nextLinkName");
        if let Some(foreign) = &source.foreign {
            return foreign.paging(pageable.text_of("itemName"), link);
        }
        return if link.is_some() {
            Paging::Link
        } else {
            Paging::Single
        };
    };
    if !word.value().is_object() {
        let choices = [
            ("single", Paging::Single),
            ("bare", Paging::Bare),
            ("link", Paging::Link),
        ];
        return choose(source, Some(word), &choices).unwrap_or(Paging::Single);
    }
    only(source, &word, &["offset", "size", "page"]);
    let page = word.value()["page"]
        .as_u64()
        .and_then(|page| u32::try_from(page).ok());
    match (word.text_of("offset"), word.text_of("size"), page) {
        (Some(offset), Some(size), Some(page)) if page > 0 => Paging::Offset {
            offset: text(offset),
            size: text(size),
            page,
        },
        _ => {
            source.problems.add(
                &word,
                "must name `offset` and `size` and give a `page` above 0",
            );
            Paging::Single
        }
    }
}

/// Reads `x-ms-long-running-operation` with `until: as_sent` or `until: 'status = registered'` or
/// with Azure's options, and `waiting: repeat | operation | { read, until }`.
fn waiting(source: &Source<'_>, node: &Node<'_>, words: &Words<'_>) -> Waiting {
    let long = node
        .get("x-ms-long-running-operation")
        .is_some_and(|long| long.value() == &Value::Bool(true));
    let until = words.get("until");
    if let (false, Some(until)) = (long, &until) {
        source.problems.add(
            until,
            "stands only beside `x-ms-long-running-operation: true`",
        );
    }
    match until {
        Some(until) => Waiting::Location(condition(source, &until)),
        None if long && source.foreign.as_ref().is_some_and(|it| !it.is_azure()) => Waiting::None,
        None if long => Waiting::Azure(final_state(source, node)),
        None => {
            let word = words.get("waiting");
            if let Some(read) = word.as_ref().filter(|word| word.value().is_object()) {
                return reading(source, read).map_or(Waiting::None, Waiting::Read);
            }
            let choices = [
                ("repeat", Waiting::Repeat),
                ("operation", Waiting::Operation),
            ];
            choose(source, word, &choices).unwrap_or(Waiting::None)
        }
    }
}

/// Reads `x-ms-long-running-operation-options: { final-state-via: location }`.
fn final_state(source: &Source<'_>, node: &Node<'_>) -> Final {
    let options = node.get("x-ms-long-running-operation-options");
    let via = options.and_then(|options| options.get("final-state-via"));
    let choices = [
        ("azure-async-operation", Final::AsyncOperation),
        ("operation-location", Final::AsyncOperation),
        ("location", Final::Location),
        ("original-uri", Final::OriginalUri),
    ];
    if source.foreign.is_some() {
        // A word of others that nobody knows yet says as much as none.
        let word = via.and_then(|via| via.value().as_str());
        let mut all = choices.iter();
        let found = all.find(|(known, _)| Some(*known) == word);
        return found.map_or(Final::Unsaid, |(_, end)| *end);
    }
    choose(source, via, &choices).unwrap_or(Final::Unsaid)
}

/// Reads `{ read: provider, until: 'registrationState = Registered' }`.
fn reading(source: &Source<'_>, node: &Node<'_>) -> Option<Reading> {
    only(source, node, &["read", "until"]);
    let until = node
        .text_of("until")
        .and_then(|until| until.split_once(" = "));
    let (Some(operation), Some((field, value))) = (node.text_of("read"), until) else {
        source.problems.add(
            node,
            "must read like `{ read: provider, until: 'registrationState = Registered' }`",
        );
        return None;
    };
    Some(Reading {
        operation: text(operation),
        field: text(field.trim()),
        value: text(value.trim()),
    })
}

fn condition(source: &Source<'_>, node: &Node<'_>) -> Until {
    let word = read_text(source, node).unwrap_or_default();
    if let Some((field, value)) = word.split_once(" = ") {
        return Until::Is(field.trim(), value.trim());
    }
    if word != "as_sent" {
        source
            .problems
            .add(node, "must be `as_sent` or read like `status = registered`");
    }
    Until::AsSent
}
