//! The way through the documents of one service: paths, then presets, then the checks that need
//! all operations.

use super::check;
use super::model::{Service, Verb};
use super::node::{Document, Node, Source};
use super::operation::{self, Draft, Stand};
use super::parameter::Version;
use super::preset;
use super::problem::{Problem, Problems};
use super::schema::Shapes;
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
    };
    let mut shapes = Shapes::new(&source);
    let mut drafts = Vec::new();
    for document in documents {
        let root = Node::root(document);
        let words = Words::of(&source, &root, ON_DOCUMENT, None);
        only(&source, &root, DOCUMENT);
        module(&source, &words, name);
        let version = Version::of(&root, name);
        paths(&source, &mut shapes, &root, version, &mut drafts);
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
    let tables = shapes.into_tables();
    let problems = source.problems.into_vec();
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Service {
        name: words::text(name),
        operations: words::list(drafts.into_iter().map(|draft| draft.operation).collect()),
        schemas: tables.schemas,
        kinds: tables.kinds,
        enums: tables.enums,
    })
}

fn module(source: &Source<'_>, words: &Words<'_>, name: &str) {
    if let Some(module) = words.get("module").filter(|module| module.value() != name) {
        source.problems.add(
            &module,
            format!("this document lies among those of `{name}`"),
        );
    }
}

fn paths<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    root: &Node<'a>,
    version: Version,
    drafts: &mut Vec<Draft<'a>>,
) {
    let base = root
        .text_of("basePath")
        .unwrap_or_default()
        .trim_end_matches('/');
    let inherited = root.get("x-tenantry");
    for (path, node) in root
        .get("paths")
        .map(|paths| paths.members())
        .unwrap_or_default()
    {
        if !path.starts_with('/') {
            source.problems.add(&node, "a path begins with `/`");
        }
        let known: Vec<_> = VERBS
            .iter()
            .map(|(word, _)| *word)
            .chain(["parameters", "summary"])
            .collect();
        only(source, &node, &known);
        let shared = node
            .get("parameters")
            .map(|all| all.elements())
            .unwrap_or_default();
        let path = format!("{base}{path}");
        for (word, verb) in VERBS {
            let Some(operation) = node.get(word) else {
                continue;
            };
            let stand = Stand {
                path: &path,
                verb: *verb,
                shared: &shared,
                version,
                inherited: inherited.clone(),
            };
            drafts.extend(operation::read(source, shapes, &stand, operation));
        }
    }
}
