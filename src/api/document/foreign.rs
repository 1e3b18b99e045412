//! Documents that this project did not write: what they leave out, what they say in other ways, and
//! the overlay in which a user says the rest. Whatever has no meaning here is let be.

use std::collections::HashSet;

use serde_json::Value;

use super::check;
use super::methods;
use super::model::{Kind, List, Paging, Param, Place, Scope, Service};
use super::node::{Document, Node, Source};
use super::parameter::{Version, is_of_azure};
use super::problem::{Problem, Problems};
use super::read::{self, About};
use super::schema::Shapes;
use super::words::{self, ON_OPERATION, Words, only, text};

/// The words of a document that may stand in an overlay's `defaults`.
const DEFAULTS: &[&str] = &[
    "source",
    "needs",
    "permissions",
    "roles",
    "auth",
    "idempotency",
];

/// A document that this project did not write, with all that belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct Foreign<'a> {
    /// Name of the module that is made of it.
    pub module: &'a str,
    /// Name of the service that it is called on: `arm`, `graph`, `partner` or `recovery`.
    pub on: &'a str,
    /// The document itself, and after it those to which it refers. Their names are paths.
    pub documents: &'a [Document<'a>],
    /// Files to which a document refers and that cannot be read: name and reason.
    pub missing: &'a [(String, String)],
    /// What the user says about operations.
    pub overlay: Option<Document<'a>>,
}

/// Reads a document of others. What it returns lives for ever; the documents need not.
///
/// # Errors
/// Every problem of the document, of those to which it refers and of the overlay.
pub fn read_foreign(foreign: Foreign<'_>) -> Result<Service, Vec<Problem>> {
    let source = Source {
        documents: foreign.documents,
        problems: Problems::default(),
        azure: is_of_azure(foreign.on),
        foreign: Some(foreign),
    };
    let mut shapes = Shapes::new(&source);
    let mut drafts = Vec::new();
    if let Some(main) = foreign.documents.first() {
        let root = Node::root(main);
        if is_description(&source, &root) {
            let about = About {
                version: Version::of(&root, foreign.on),
                title: title(&root),
            };
            read::paths(&source, &mut shapes, &root, about, &mut drafts);
            foreign.judge_overlay(&source, &root);
            if shapes.overflows() {
                source
                    .problems
                    .add(&root, "it describes more than 65,535 types");
            }
        }
    }
    methods::infer(&shapes, foreign.is_azure(), &mut drafts);
    check::defaults(&mut drafts);
    check::all(&source, &drafts);
    let tables = shapes.into_tables();
    read::finish(foreign.module, foreign.on, tables, drafts, source.problems)
}

/// Reports what is no description of an API, or one that describes nothing that could be called.
fn is_description(source: &Source<'_>, root: &Node<'_>) -> bool {
    let found = source.problems.count();
    let version = |key: &str| match root.value().get(key)? {
        Value::String(word) => Some(word.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    if !root.value().is_object() {
        source.problems.add(root, "an OpenAPI document is a map");
        return false;
    }
    match (version("swagger"), version("openapi")) {
        (Some(word), _) if word == "2.0" || word == "2" => {}
        (None, Some(word)) if word.starts_with("3.") || word == "3" => {}
        (None, None) => {
            source.problems.add(
                root,
                "neither `swagger: \"2.0\"` nor `openapi: 3.x` stands here: this is no OpenAPI document",
            );
            return false;
        }
        (Some(word), _) | (None, Some(word)) => source.problems.add(
            root,
            format!("OpenAPI 2.0 and 3.x can be read, and this is {word}"),
        ),
    }
    if read::all_paths(root).is_empty() {
        let only_hooks = root.get("webhooks").is_some();
        source.problems.add(
            root,
            if only_hooks {
                "it describes only webhooks, which a service calls: there is nothing to call"
            } else {
                "it has no `paths`: there is nothing to call"
            },
        );
    }
    source.problems.count() == found
}

fn title(root: &Node<'_>) -> &'static str {
    let info = root.get("info");
    let title = info.as_ref().and_then(|info| info.text_of("title"));
    let version = info.as_ref().and_then(|info| info.text_of("version"));
    match (title, version) {
        (Some(title), Some(version)) => text(&format!("{title} {version}")),
        (title, _) => text(title.unwrap_or_default()),
    }
}

impl<'a> Foreign<'a> {
    /// Returns whether it is called on Azure Resource Manager.
    pub(super) fn is_azure(&self) -> bool {
        is_of_azure(self.on)
    }

    /// Returns whether a node stands in the overlay: there every word is one of ours.
    pub(super) fn is_ours(&self, node: &Node<'_>) -> bool {
        self.overlay
            .is_some_and(|overlay| overlay.name == node.document())
    }

    /// Returns why a file to which a document refers cannot be read.
    pub(super) fn why(&self, file: &str) -> Option<&str> {
        let mut missing = self.missing.iter();
        let found = missing.find(|(name, _)| name == file);
        found.map(|(_, why)| why.as_str())
    }

    /// Returns what the overlay says about an operation.
    pub(super) fn words(&self, source: &Source<'a>, node: &Node<'a>, id: &str) -> Words<'a> {
        Words::of(source, node, ON_OPERATION, None);
        let Some(overlay) = self.overlay_root() else {
            return Words::none();
        };
        let own = overlay.get("operations").and_then(|all| all.get(id));
        Words::with(own, overlay.get("defaults"))
    }

    /// Returns whether the overlay wants no function for an operation, whatever is wrong with it.
    pub(super) fn leaves_out(&self, node: &Node<'_>) -> bool {
        let id = node.text_of("operationId").unwrap_or_default();
        let operations = self.overlay_root().and_then(|root| root.get("operations"));
        let words = operations.and_then(|all| all.get(id));
        words.is_some_and(|words| words.says(words::LEAVE_OUT))
    }

    fn overlay_root(&self) -> Option<Node<'a>> {
        self.overlay.as_ref().map(Node::root)
    }

    /// Reports words of the overlay that mean nothing, and operations that do not exist.
    fn judge_overlay(&self, source: &Source<'_>, root: &Node<'_>) {
        let Some(overlay) = self.overlay_root() else {
            return;
        };
        if !overlay.value().is_object() {
            source.problems.add(
                &overlay,
                "an overlay is a map with `operations` and `defaults`",
            );
            return;
        }
        only(source, &overlay, &["operations", "defaults"]);
        if let Some(defaults) = overlay.get("defaults") {
            only(source, &defaults, DEFAULTS);
        }
        let known = ON_OPERATION.iter().chain(&[words::NAME, words::LEAVE_OUT]);
        let known: Vec<_> = known.copied().collect();
        let ids = operation_ids(root);
        let said = overlay.get("operations").map(|all| all.members());
        for (id, words) in said.unwrap_or_default() {
            if !ids.contains(id) {
                let text = format!("the document has no operation `{id}`");
                source.problems.add(&words, text);
            }
            only(source, &words, &known);
        }
    }

    /// Returns which record of Azure may stand for a parameter of a path: a subscription, a resource
    /// group, or for a whole id whatever has one. Those that the document itself describes follow
    /// when all of it is read.
    pub(super) fn scope(&self, path: &str, wire: &str, whole: bool) -> Option<Scope> {
        if !self.is_azure() {
            return None;
        }
        if whole {
            return Some(Scope::ANY);
        }
        let (before, _) = path.split_once(&format!("/{{{wire}}}"))?;
        let schema = match before.rsplit('/').next()?.to_lowercase().as_str() {
            "subscriptions" => "Subscription",
            "resourcegroups" => "ResourceGroup",
            _ => return None,
        };
        let property = "id";
        Some(Scope { schema, property })
    }

    /// Adds the tenant whose token a call needs, where the path does not tell: it leads on from a
    /// subscription, or from the id of a resource.
    pub(super) fn add_tenant(
        &self,
        shapes: &mut Shapes<'_, '_>,
        path: &str,
        params: &mut Vec<Param>,
    ) {
        let lower = path.to_lowercase();
        let told = match self.on {
            "partner" => true,
            "graph" => false,
            _ => lower.starts_with("/subscriptions/{") || params.iter().any(|param| param.whole),
        };
        if told {
            return;
        }
        let taken = params.iter().any(|param| param.name == "tenant");
        let name = if taken { "of_tenant" } else { "tenant" };
        let tenant = Param {
            name,
            wire: name,
            place: Place::Token,
            ty: shapes.intern(Kind::Text),
            required: true,
            initial: None,
            scope: None,
            whole: false,
            home: false,
            filter: List(&[]),
            between: None,
            doc: "Whose directory: a customer, a tenant id or a domain.",
        };
        params.insert(0, tenant);
    }

    /// Returns how a list is paged, from `x-ms-pageable`: the service's own way, unless the document
    /// names other members.
    pub(super) fn paging(&self, items: Option<&str>, link: Option<&str>) -> Paging {
        let (own_items, own_links): (_, &[&str]) = match self.on {
            "partner" => ("items", &["links.next", "links"]),
            _ => ("value", &["nextLink", "@odata.nextLink"]),
        };
        let items = items.unwrap_or(own_items);
        match link {
            None if items == own_items => Paging::Single,
            Some(link) if items == own_items && own_links.contains(&link) => Paging::Link,
            link => Paging::Named {
                items: text(items),
                link: text(link.unwrap_or_default()),
            },
        }
    }
}

fn operation_ids<'a>(root: &Node<'a>) -> HashSet<&'a str> {
    let paths = read::all_paths(root).into_iter();
    paths
        .flat_map(|(_, path)| path.members())
        .filter_map(|(_, operation)| operation.text_of("operationId"))
        .collect()
}
