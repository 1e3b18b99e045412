//! One operation: its parts read by the other files of this folder, put together, with the
//! defaults that follow from its verb.

use super::model::{
    Body, Effect, EffectRule, Idempotency, Kind, List, Merge, Operation, Output, Param, Place,
    Scope, Ty, Verb,
};
use super::names::snake_case;
use super::node::{Node, Source};
use super::parameter::{self, Version};
use super::response;
use super::schema::Shapes;
use super::words::{self, ON_OPERATION, Words, only, read_text, read_texts, text};
use super::{effect, job};

/// What may stand in an operation.
const OPERATION: &[&str] = &[
    "operationId",
    "summary",
    "description",
    "tags",
    "parameters",
    "requestBody",
    "responses",
    "deprecated",
    "externalDocs",
    "security",
    "servers",
    "consumes",
    "produces",
    "schemes",
    "callbacks",
    "x-tenantry",
];

/// An operation with the place it was read from, for problems that show only later.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) operation: Operation,
    pub(super) node: Node<'a>,
    /// What its document says about versions.
    pub(super) version: Version,
}

/// Where an operation stands: its path, its verb, and what it inherits.
#[derive(Debug)]
pub(super) struct Stand<'p, 'a> {
    pub(super) path: &'p str,
    pub(super) verb: Verb,
    /// Parameters of all operations of the path.
    pub(super) shared: &'p [Node<'a>],
    /// Title of the document, where its facts are taken from it.
    pub(super) title: &'static str,
    /// What the document says about versions.
    pub(super) version: Version,
    /// `x-tenantry` of the document.
    pub(super) inherited: Option<Node<'a>>,
}

/// Reads an operation.
pub(super) fn read<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    stand: &Stand<'_, 'a>,
    node: Node<'a>,
) -> Option<Draft<'a>> {
    only(source, &node, OPERATION);
    let Some(id) = node.text_of("operationId") else {
        source.problems.add(&node, "`operationId` is missing");
        return None;
    };
    let words = match &source.foreign {
        Some(foreign) => foreign.words(source, &node, id),
        None => Words::of(source, &node, ON_OPERATION, stand.inherited.clone()),
    };
    let named = words
        .get(words::NAME)
        .and_then(|name| read_text(source, &name));
    let name = named.unwrap_or_else(|| text(&snake_case(id)));
    let (params, body) = arguments(source, shapes, stand, &node, name);
    let answer = response::read(
        source,
        shapes,
        stand.verb,
        &node,
        &words,
        &format!("{name}_answer"),
    );
    let state = answer.ty.or(body.map(|body| body.ty));
    let unsaid = effect::by_verb(stand.verb, source.foreign.is_some());
    let effects = effect::rules(source, words.get("effect").as_ref(), unsaid, |field| {
        body.is_some_and(|body| shapes.field(body.ty, field).is_some())
    });
    let optional = |word| words.get(word).and_then(|node| read_text(source, &node));
    let inherited = |word| {
        words
            .inherit(word)
            .and_then(|node| read_text(source, &node))
    };
    let merge = match words::merge(source, &words) {
        // What a PATCH leaves out stays, unless somebody who knows says otherwise.
        Merge::None if source.foreign.is_some() && stand.verb == Verb::Patch => Merge::Partial,
        merge => merge,
    };
    let needs = words::needs(source, &words);
    let covered = covered(&words, stand.version, &params);
    let operation = Operation {
        name,
        doc: words::sentence(&node, &["summary", "description"]),
        source: inherited("source").unwrap_or(stand.title),
        needs: needs.words,
        permissions: needs.permissions,
        roles: needs.roles,
        example: optional("example").unwrap_or_default(),
        verb: stand.verb,
        path: text(stand.path),
        params: words::list(params),
        body,
        preset: List(&[]),
        preset_of: None,
        output: answer.output,
        one: answer.one,
        accept: answer.accept,
        paging: answer.paging,
        advanced: words::flag(source, &words, "advanced"),
        waiting: answer.waiting,
        job: job::read(source, &words, answer.waiting),
        cancel: optional("cancel"),
        effects,
        auth: words::auth(source, &words),
        idempotency: idempotency(source, &words, stand.verb, &effects),
        merge,
        if_match: property(source, shapes, &words, "if_match", state),
        method_of: method(source, shapes, &words, name),
        covered,
        default_select: properties(source, shapes, &words, "default_select", answer.output),
        list_fields: properties(source, shapes, &words, "list_fields", answer.output),
        before: optional("before"),
        creates: creates(source, &words),
        after: optional("after").or(after(stand.verb, merge)),
        also: read_texts(source, words.get("also")),
    };
    Some(Draft {
        operation,
        node,
        version: stand.version,
    })
}

/// Reads parameters and body.
fn arguments<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    stand: &Stand<'_, 'a>,
    node: &Node<'a>,
    name: &str,
) -> (Vec<Param>, Option<Body>) {
    let own = node
        .get("parameters")
        .map(|all| all.elements())
        .unwrap_or_default();
    let nodes: Vec<_> = stand.shared.iter().cloned().chain(own).collect();
    let (mut params, old_body) = parameter::read(source, shapes, stand.path, stand.version, &nodes);
    if let Some(foreign) = &source.foreign {
        foreign.add_tenant(shapes, stand.path, &mut params);
    }
    for wanted in template_names(stand.path) {
        if !params.iter().any(|param| param.wire == wanted) {
            source
                .problems
                .add(node, format!("path parameter `{wanted}` is not declared"));
        }
    }
    let body = node
        .get("requestBody")
        .and_then(|body| parameter::read_body(source, shapes, &body, &format!("{name}_body")));
    (params, body.or(old_body))
}

/// Returns the names in braces of a path template.
pub(super) fn template_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
}

/// A call that only reads may always be repeated; PUT and DELETE by the meaning of the verbs.
fn idempotency(
    source: &Source<'_>,
    words: &Words<'_>,
    verb: Verb,
    effects: &[EffectRule],
) -> Idempotency {
    if effects.iter().all(|rule| rule.is == Effect::Read) {
        return Idempotency::Idempotent;
    }
    words::idempotency(source, words).unwrap_or(match verb {
        Verb::Get | Verb::Head | Verb::Put | Verb::Delete => Idempotency::Idempotent,
        Verb::Post | Verb::Patch => Idempotency::None,
    })
}

/// How the body changes the object, where the verb tells.
fn after(verb: Verb, merge: Merge) -> Option<&'static str> {
    match (verb, merge) {
        (Verb::Delete, _) => Some("remove"),
        (_, Merge::Partial | Merge::Full) => Some("merge"),
        (Verb::Put, Merge::None) => Some("replace"),
        _ => None,
    }
}

/// Reads `method_of` and `function_as`.
pub(super) fn method<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    words: &Words<'a>,
    name: &'static str,
) -> Option<(u16, &'static str)> {
    let method = words.get("function_as");
    let Some(of) = words.get("method_of") else {
        if let Some(method) = method {
            source
                .problems
                .add(&method, "stands only beside `method_of`");
        }
        return None;
    };
    let schema = read_text(source, &of)?;
    let Some(index) = shapes.record_named(schema) else {
        source
            .problems
            .add(&of, format!("there is no schema `{schema}`"));
        return None;
    };
    let method = method.and_then(|method| read_text(source, &method));
    Some((index, method.unwrap_or(name)))
}

/// Returns how many path parameters the record of a method stands for. An id of Azure is a path: it
/// ends with the parameter that the record may stand for, or that takes any record. Elsewhere
/// records remember the whole path that led to them.
pub(super) fn covered(words: &Words<'_>, version: Version, params: &[Param]) -> usize {
    let path: Vec<_> = params
        .iter()
        .filter(|param| param.place == Place::Path)
        .collect();
    let of = words.get("method_of");
    let schema = of.as_ref().and_then(|of| of.value().as_str());
    let Some(schema) = schema.filter(|_| version.azure) else {
        return path.len();
    };
    let last = |fits: &dyn Fn(&Scope) -> bool| {
        let mut all = path.iter();
        all.rposition(|param| param.scope.as_ref().is_some_and(fits))
    };
    let own = last(&|scope| scope.schema == schema).or_else(|| last(&Scope::is_any));
    own.map_or(path.len(), |at| at + 1)
}

/// Reads a word that names a property of the object.
fn property(
    source: &Source<'_>,
    shapes: &Shapes<'_, '_>,
    words: &Words<'_>,
    word: &str,
    ty: Option<Ty>,
) -> Option<&'static str> {
    let node = words.get(word)?;
    let path = read_text(source, &node)?;
    // Annotations come with every object and are not declared.
    if path.starts_with('@') {
        return Some(path);
    }
    if ty.is_none_or(|ty| shapes.field(ty, path).is_none()) {
        source
            .problems
            .add(&node, format!("the object has no property `{path}`"));
    }
    Some(path)
}

/// Reads a word that lists properties of the answer or of its items.
fn properties(
    source: &Source<'_>,
    shapes: &Shapes<'_, '_>,
    words: &Words<'_>,
    word: &str,
    output: Output,
) -> List<&'static str> {
    let Some(node) = words.get(word) else {
        return List(&[]);
    };
    let ty = match output {
        Output::One(ty) | Output::Many(ty) => Some(ty),
        _ => None,
    };
    for element in node.elements() {
        let name = element.value().as_str().unwrap_or_default();
        let known = ty.is_some_and(|ty| {
            !matches!(shapes.kind(ty), Kind::Rec(_)) || shapes.field(ty, name).is_some()
        });
        if !known {
            source
                .problems
                .add(&element, format!("the answer has no property `{name}`"));
        }
    }
    read_texts(source, Some(node))
}

/// Reads `creates: { in: customers, key: id }`.
fn creates(source: &Source<'_>, words: &Words<'_>) -> Option<(&'static str, &'static str)> {
    let node = words.get("creates")?;
    only(source, &node, &["in", "key"]);
    if let (Some(list), Some(key)) = (node.text_of("in"), node.text_of("key")) {
        return Some((text(list), text(key)));
    }
    source
        .problems
        .add(&node, "must read like `{ in: customers, key: id }`");
    None
}
