//! Functions with a fixed body: entries of `presets`, each derived from the operation whose body
//! it fixes. Values are constants, or `'{name}'`: a parameter of the function.

use serde_json::Value;

use super::effect;
use super::model::{Effect, Kind, Operation, Param, Place};
use super::names::is_legal;
use super::node::{Node, Source};
use super::operation::{Draft, covered, method};
use super::schema::Shapes;
use super::words::{self, Needs, ON_PRESET, Words, only, read_text, read_texts, text};

/// Reads the entries of one document's `presets`; `known` are all operations of the service.
pub(super) fn read<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    node: &Node<'a>,
    known: &[Draft<'a>],
) -> Vec<Draft<'a>> {
    let entries = node.members().into_iter();
    entries
        .filter_map(|(name, entry)| one(source, shapes, name, entry, known))
        .collect()
}

fn one<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    name: &str,
    node: Node<'a>,
    known: &[Draft<'a>],
) -> Option<Draft<'a>> {
    only(source, &node, ON_PRESET);
    let of = node.text_of("of").unwrap_or_default();
    let parent = known.iter().find(|draft| draft.operation.name == of);
    let Some(Draft {
        operation: parent,
        version,
        ..
    }) = parent
    else {
        source.problems.add(
            &node,
            format!("there is no operation `{of}` whose body could be fixed"),
        );
        return None;
    };
    let parent = *parent;
    let (set, mut added) = fixed_fields(source, shapes, &node, &parent);
    let pairs: Vec<_> = set.iter().map(|(field, value)| (*field, *value)).collect();
    let words = Words::entry(node.clone(), None);
    let effects = match words.get("effect") {
        Some(word) => effect::rules(source, Some(&word), Effect::Write, |_| false),
        None => effect::fixed(&parent.effects, &pairs),
    };
    let optional = |word| words.get(word).and_then(|node| read_text(source, &node));
    let needs = Needs {
        words: parent.needs,
        permissions: parent.permissions,
        roles: parent.roles,
    };
    let needs = words::needs_of_preset(source, &words, needs);
    let name = text(name);
    let mut params: Vec<Param> = parent.params.to_vec();
    let at = params.iter().filter(|param| param.required).count();
    params.splice(at..at, added.drain(..));
    let covered = covered(&words, *version, &params);
    let operation = Operation {
        name,
        doc: optional("summary").unwrap_or_default(),
        source: optional("source").unwrap_or(parent.source),
        needs: needs.words,
        permissions: needs.permissions,
        roles: needs.roles,
        example: optional("example").unwrap_or_default(),
        params: words::list(params),
        body: None,
        preset: words::list(set),
        preset_of: Some(parent.name),
        effects,
        method_of: method(source, shapes, &words, name),
        covered,
        after: optional("after").or(parent.after),
        also: words
            .get("also")
            .map_or(parent.also, |also| read_texts(source, Some(also))),
        ..parent
    };
    Some(Draft {
        operation,
        node,
        version: *version,
    })
}

/// Reads `set`: the fixed fields as (dotted path, JSON text or `{name}`), and the parameters that
/// the braces add.
fn fixed_fields(
    source: &Source<'_>,
    shapes: &Shapes<'_, '_>,
    node: &Node<'_>,
    parent: &Operation,
) -> (Vec<(&'static str, &'static str)>, Vec<Param>) {
    let mut set = Vec::new();
    let mut added = Vec::new();
    let members = node.get("set").map(|set| set.members()).unwrap_or_default();
    if members.is_empty() {
        source
            .problems
            .add(node, "`set` must fix at least one field");
    }
    for (path, value) in members {
        let Some(field) = parent.body.and_then(|body| shapes.field(body.ty, path)) else {
            source.problems.add(
                &value,
                format!("the body of `{}` has no field `{path}`", parent.name),
            );
            continue;
        };
        let Some(name) = braces(value.value()) else {
            constant(source, shapes, &value, shapes.kind(field.ty));
            set.push((text(path), text(&value.value().to_string())));
            continue;
        };
        if !is_legal(name) {
            source
                .problems
                .add(&value, format!("`{name}` cannot be a name in a script"));
        }
        set.push((text(path), text(&format!("{{{name}}}"))));
        added.push(Param {
            name: text(name),
            wire: text(name),
            place: Place::Preset,
            ty: field.ty,
            required: true,
            initial: None,
            scope: None,
            whole: false,
            home: false,
            filter: super::model::List(&[]),
            between: None,
            doc: field.doc,
        });
    }
    (set, added)
}

/// Returns the name in `'{name}'`.
fn braces(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix('{')?.strip_suffix('}')
}

/// Reports a constant that its field cannot hold.
fn constant(source: &Source<'_>, shapes: &Shapes<'_, '_>, node: &Node<'_>, kind: Kind) {
    let value = node.value();
    let fits = match kind {
        Kind::Enum(set) => value.as_str().is_some_and(|word| shapes.permits(set, word)),
        Kind::Bool => value.is_boolean(),
        Kind::Int | Kind::Num => value.is_number(),
        Kind::Text | Kind::Guid | Kind::Date | Kind::Day | Kind::Secret => value.is_string(),
        Kind::Array(_) => value.is_array(),
        Kind::Dict(_) | Kind::Rec(_) => value.is_object(),
        Kind::Any | Kind::Filter => true,
    };
    if !fits {
        source
            .problems
            .add(node, format!("{value} is no value of this field"));
    }
}
