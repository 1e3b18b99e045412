//! The way through the documents of one service: paths, then presets, then the checks that need
//! all operations.

use super::check;
use super::model::{Service, Verb};
use super::node::{Document, Node, Source};
use super::operation::{self, Draft, Stand};
use super::parameter::{Version, is_of_azure};
use super::preset;
use super::problem::{Problem, Problems};
use super::schema::{Shapes, Tables};
use super::words::{self, ON_DOCUMENT, Words, only};

/// What may stand at the top of a document.
const DOCUMENT: &[&str] = &[
    "openapi",
    "swagger",
    "info",
    "paths",
    "components",
    "definitions",
    "parameters",
    "responses",
    "tags",
    "servers",
    "security",
    "securityDefinitions",
    "externalDocs",
    "host",
    "basePath",
    "schemes",
    "consumes",
    "produces",
    "x-tenantry",
];
/// What may stand in a path, beside the verbs.
const VERBS: &[(&str, Verb)] = &[
    ("get", Verb::Get),
    ("head", Verb::Head),
    ("post", Verb::Post),
    ("put", Verb::Put),
    ("patch", Verb::Patch),
    ("delete", Verb::Delete),
];

/// Reads the documents of one service. What it returns lives for ever; the documents need not.
/// Returns every problem of every document, if there is one.
pub fn read(name: &str, documents: &[Document<'_>]) -> Result<Service, Vec<Problem>> {
    let source = Source {
        documents,
        problems: Problems::default(),
        azure: is_of_azure(name),
        foreign: None,
    };
    let mut shapes = Shapes::new(&source);
    let mut drafts = Vec::new();
    for document in documents {
        let root = Node::root(document);
        let words = Words::of(&source, &root, ON_DOCUMENT, None);
        only(&source, &root, DOCUMENT);
        module(&source, &words, name);
        let about = About {
            version: Version::of(&root, name),
            title: "",
        };
        paths(&source, &mut shapes, &root, about, &mut drafts);
    }
    for document in documents {
        let words = Node::root(document).get("x-tenantry");
        if let Some(entries) = words.and_then(|words| words.get("presets")) {
            let presets = preset::read(&source, &mut shapes, &entries, &drafts);
            drafts.extend(presets);
        }
    }
    check::defaults(&mut drafts);
    check::all(&source, &drafts);
    finish(name, name, shapes.into_tables(), drafts, source.problems)
}

/// Returns the service, or the problems.
pub(super) fn finish(
    name: &str,
    on: &str,
    tables: Tables,
    drafts: Vec<Draft<'_>>,
    problems: Problems,
) -> Result<Service, Vec<Problem>> {
    let problems = problems.into_vec();
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Service {
        name: words::text(name),
        on: words::text(on),
        operations: words::list(drafts.into_iter().map(|draft| draft.operation).collect()),
        schemas: tables.schemas,
        kinds: tables.kinds,
        enums: tables.enums,
        open: tables.open,
    })
}

/// What operations take from their document.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) version: Version,
    /// Its title, where that is the source of all its facts.
    pub(super) title: &'static str,
}

fn module(source: &Source<'_>, words: &Words<'_>, name: &str) {
    if let Some(module) = words.get("module").filter(|module| module.value() != name) {
        source.problems.add(
            &module,
            format!("this document lies among those of `{name}`"),
        );
    }
}

/// Reads all operations of a document.
pub(super) fn paths<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    root: &Node<'a>,
    about: About,
    drafts: &mut Vec<Draft<'a>>,
) {
    let base = base_path(root);
    let inherited = root.get("x-tenantry");
    for (path, node) in all_paths(root) {
        if !path.starts_with('/') {
            source.problems.add(&node, "a path begins with `/`");
        }
        let known: Vec<_> = VERBS
            .iter()
            .map(|(word, _)| *word)
            .chain(["parameters", "summary"])
            .collect();
        only(source, &node, &known);
        let (node, _) = source.follow(&node);
        if source.foreign.is_some() {
            unknown_verbs(source, &node);
        }
        let shared = node
            .get("parameters")
            .map(|all| all.elements())
            .unwrap_or_default();
        let path = format!("{base}{path}");
        for (word, verb) in VERBS {
            let Some(operation) = node.get(word) else {
                continue;
            };
            if is_left_out(source, &operation) {
                continue;
            }
            let stand = Stand {
                path: &path,
                verb: *verb,
                shared: &shared,
                title: about.title,
                version: about.version,
                inherited: inherited.clone(),
            };
            drafts.extend(operation::read(source, shapes, &stand, operation));
        }
    }
}

/// Returns the paths of a document, and those that are told apart only by their query. Source: `AutoRest`
/// extensions for `OpenAPI` 2.0, "x-ms-paths".
pub(super) fn all_paths<'a>(root: &Node<'a>) -> Vec<(&'a str, Node<'a>)> {
    let both = ["paths", "x-ms-paths"].into_iter();
    let both = both.filter_map(|key| root.get(key));
    both.flat_map(|paths| paths.members()).collect()
}

/// Returns the path before all paths: `basePath`, or that of the first of `servers`. The host is
/// never the document's.
fn base_path<'a>(root: &Node<'a>) -> &'a str {
    let server = root
        .get("servers")
        .and_then(|all| all.elements().into_iter().next());
    let url = server.and_then(|server| server.text_of("url"));
    let path = url.and_then(|url| {
        let beneath = url.split_once("://").map_or(url, |(_, rest)| rest);
        let at = beneath.find('/')?;
        Some(&beneath[at..])
    });
    let path = root.text_of("basePath").or(path).unwrap_or_default();
    path.trim_end_matches('/')
}

fn is_left_out(source: &Source<'_>, operation: &Node<'_>) -> bool {
    let foreign = source.foreign.as_ref();
    foreign.is_some_and(|foreign| foreign.leaves_out(operation))
}

/// Reports what stands beside the verbs of a path and is none that can be called.
fn unknown_verbs(source: &Source<'_>, node: &Node<'_>) {
    const BESIDE: [&str; 5] = ["parameters", "summary", "description", "servers", "$ref"];
    for (key, member) in node.members() {
        let known = BESIDE.contains(&key) || VERBS.iter().any(|(word, _)| *word == key);
        if known || key.starts_with("x-") || is_left_out(source, &member) {
            continue;
        }
        let text = match key {
            "options" | "trace" | "query" => format!("calls by `{key}` cannot be made"),
            _ => format!("`{key}` is no method of HTTP"),
        };
        source.problems.add(&member, text);
    }
}
