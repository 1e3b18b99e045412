//! Parameters of operations: where they travel, which record may stand for them, and the body.

use serde_json::Value;

use super::model::{Body, FilterField, Kind, List, Param, Place, Scope};
use super::names::{is_legal, is_reserved, snake_case};
use super::node::{Node, Source};
use super::schema::Shapes;
use super::words::{
    ON_BODY, ON_PARAMETER, Words, list, only, read_text, read_texts, sentence, text,
};

/// What may stand in a parameter, beside its schema in the form of 2.0.
const PARAMETER: &[&str] = &[
    "name",
    "in",
    "required",
    "description",
    "schema",
    "example",
    "examples",
    "style",
    "explode",
    "deprecated",
    "allowReserved",
    "x-tenantry",
];
/// Records of Azure Resource Manager, with the property that is sent, which stand in the paths of all
/// services of Azure.
const OF_AZURE: [(&str, &str); 3] = [
    ("Location", "name"),
    ("ResourceGroup", "id"),
    ("Subscription", "id"),
];
/// The comparisons of `where(…)`, and the words that negate and join them.
const COMPARISONS: &[&str] = &[
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "starts_with",
    "ends_with",
    "contains",
    "one_of",
    "any",
    "not",
    "and",
    "or",
];

/// Returns the parameters of an operation: whose token it needs, path parameters in the order of the
/// path, other required ones, then optional ones, at last the version of its service; and the body,
/// if a parameter of 2.0 is one. `version` is what the document is about, where it always counts.
pub(super) fn read<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    path: &str,
    version: Version,
    nodes: &[Node<'a>],
) -> (Vec<Param>, Option<Body>) {
    let mut body = None;
    let mut versioned = version.azure;
    let mut params: Vec<Param> = Vec::new();
    for node in nodes {
        let (target, _) = source.follow(node);
        let place = match target.text_of("in") {
            // The client sends the version that the document is about.
            _ if target.text_of("name") == Some(Param::VERSION) => {
                versioned = true;
                continue;
            }
            _ if source.foreign.is_some() && is_the_hosts(&target) => continue,
            Some("query") if is_in_path(path, &target) => continue,
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") => Place::Header,
            Some("body") => {
                body = read_body(source, shapes, &target, "body");
                continue;
            }
            Some("formData") => {
                source.problems.add(&target, "a form cannot be sent");
                continue;
            }
            // What `$ref` failed to find has been reported.
            _ if target.text_of("$ref").is_some() => continue,
            _ => {
                source
                    .problems
                    .add(&target, "`in` must be path, query or header");
                continue;
            }
        };
        if let Some(param) = parameter(source, shapes, path, &target, place) {
            match params
                .iter_mut()
                .find(|known| known.wire == param.wire && known.place == param.place)
            {
                Some(known) => *known = param,
                None => params.push(param),
            }
        }
    }
    params.sort_by_key(|param| match param.place {
        Place::Token if param.required => (0, None),
        Place::Path => (1, path.find(&format!("{{{}}}", param.wire))),
        _ if param.required => (2, None),
        _ => (3, None),
    });
    if source.foreign.is_some() {
        distinct(&mut params);
    }
    if versioned {
        params.push(api_version(shapes, path, version));
    }
    (params, body)
}

/// Returns whether a parameter is one that the host sets by itself: what is sent and wanted, as whom,
/// and the ids of the request. Source: `OpenAPI` 3.1, "Parameter Object"; Azure Resource Manager,
/// request headers.
fn is_the_hosts(node: &Node<'_>) -> bool {
    const HOSTS: [&str; 5] = [
        "accept",
        "content-type",
        "authorization",
        "x-ms-client-request-id",
        "x-ms-return-client-request-id",
    ];
    let name = node.text_of("name").unwrap_or_default().to_lowercase();
    node.text_of("in") == Some("header") && HOSTS.contains(&name.as_str())
}

/// Returns whether a parameter of the query stands in the path already, as those of `x-ms-paths` may.
fn is_in_path(path: &str, node: &Node<'_>) -> bool {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let name = node.text_of("name").unwrap_or_default();
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    !query.is_empty() && names.into_iter().any(|known| known == name)
}

/// Gives parameters whose names are one in a script a number.
fn distinct(params: &mut [Param]) {
    for index in 1..params.len() {
        let (before, rest) = params.split_at_mut(index);
        let taken = |name: &str| before.iter().any(|known| known.name == name);
        let mut number = 2;
        let mut name = rest[0].name.to_owned();
        while taken(&name) {
            name = format!("{}_{number}", rest[0].name);
            number += 1;
        }
        if name != rest[0].name {
            rest[0].name = text(&name);
        }
    }
}

/// What a document says about versions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version {
    /// `info.version`.
    pub(super) of_document: Option<&'static str>,
    /// Whether the service is one of Azure: every operation has a version, though it does not
    /// declare it, and ids are paths.
    pub(super) azure: bool,
}

/// Returns whether a service is Azure Resource Manager, or reached through it.
pub(super) fn is_of_azure(service: &str) -> bool {
    matches!(service, "arm" | "recovery")
}

impl Version {
    /// Reads what the document of the service `module` says.
    pub(super) fn of(root: &Node<'_>, module: &str) -> Self {
        let info = root.get("info");
        Self {
            of_document: info.and_then(|info| Some(text(info.text_of("version")?))),
            azure: is_of_azure(module),
        }
    }
}

/// The version of the service, as an option. A path that is a whole id names a resource of any
/// type, whose version has nothing to do with the document's.
fn api_version(shapes: &mut Shapes<'_, '_>, path: &str, version: Version) -> Param {
    let whole = path
        .strip_prefix("/{")
        .and_then(|rest| rest.strip_suffix('}'));
    let of_any_type = whole.is_some_and(|name| !name.contains('/'));
    Param {
        name: "api_version",
        wire: Param::VERSION,
        place: Place::Query,
        ty: shapes.intern(Kind::Text),
        required: false,
        initial: version.of_document.filter(|_| !of_any_type),
        scope: None,
        whole: false,
        home: false,
        filter: List(&[]),
        between: None,
        doc: if of_any_type {
            "Version of the resource's type, where this host does not know the type."
        } else {
            "Version of the service to call instead of the described one."
        },
    }
}

fn parameter<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    path: &str,
    node: &Node<'a>,
    place: Place,
) -> Option<Param> {
    let words = Words::of(source, node, ON_PARAMETER, None);
    let Some(wire) = node.text_of("name") else {
        source.problems.add(node, "`name` is missing");
        return None;
    };
    let schema = node.get("schema");
    if schema.is_some() {
        only(source, node, PARAMETER);
    }
    let schema_is_apart = schema.is_some();
    let shape = schema.unwrap_or_else(|| node.clone());
    let mut name = snake_case(wire);
    if source.foreign.is_some() && is_reserved(&name) {
        name.push('_');
    }
    if !is_legal(&name) {
        source
            .problems
            .add(node, format!("`{name}` cannot be a name in a script"));
    }
    let filter = filter_fields(source, words.get("filter"));
    let ty = match words.get("filter") {
        Some(_) => shapes.intern(Kind::Filter),
        None => shapes.ty(&shape, &name).ty,
    };
    let only_value = source.foreign.as_ref().and_then(|_| constant(node, &shape));
    let initial = shape.value().get("default").map(plain);
    let place = carried(source, &words).unwrap_or(place);
    let whole = node.value().get("x-ms-skip-url-encoding") == Some(&Value::Bool(true));
    let says = |meant: &str| {
        let word = words.get("scope");
        word.filter(|word| word.value() == meant)
    };
    let home = says("home").is_some();
    let of_token = says("tenant").filter(|_| place != Place::Token);
    if let Some(word) = of_token {
        source
            .problems
            .add(&word, "stands only beside `carried_by: token`");
    }
    Some(Param {
        name: text(&name),
        wire: text(wire),
        place,
        ty,
        required: only_value.is_none() && (place == Place::Path || node.says("required")),
        initial: only_value.or(initial).map(|value| text(&value)),
        scope: if let Some(foreign) = &source.foreign {
            foreign
                .scope(path, wire, whole)
                .filter(|_| place == Place::Path)
        } else if home || says("tenant").is_some() {
            None
        } else if says("any").is_some() {
            Some(Scope::ANY)
        } else {
            scope(source, shapes, words.get("scope"))
        },
        whole: whole && place == Place::Path,
        home,
        filter,
        between: between(node, schema_is_apart, wire),
        doc: sentence(node, &["description"]),
    })
}

/// Returns what stands between the items of an array. Source: `OpenAPI` 2.0, "Parameter Object",
/// `collectionFormat`; 3.1, "Style Values". `OData` lists the values of its own options.
fn between(node: &Node<'_>, schema_is_apart: bool, wire: &str) -> Option<&'static str> {
    let word = |key: &str| node.text_of(key);
    if !schema_is_apart {
        return match word("collectionFormat") {
            Some("multi") => None,
            Some("ssv") => Some(" "),
            Some("tsv") => Some("\t"),
            Some("pipes") => Some("|"),
            _ => Some(","),
        };
    }
    let form = word("in") == Some("query");
    let style = word("style").unwrap_or(if form { "form" } else { "simple" });
    let apart = match node.value().get("explode") {
        Some(said) => *said == Value::Bool(true),
        None => style == "form",
    };
    match style {
        "form" if apart && !wire.starts_with('$') => None,
        "spaceDelimited" => Some(" "),
        "pipeDelimited" => Some("|"),
        _ => Some(","),
    }
}

/// Returns the only value that a parameter can have.
fn constant(node: &Node<'_>, shape: &Node<'_>) -> Option<String> {
    let values = shape.value().get("enum")?.as_array()?;
    let open = shape
        .get("x-ms-enum")
        .is_some_and(|words| words.says("modelAsString"));
    match values.as_slice() {
        [only] if node.says("required") && !open => Some(plain(only)),
        _ => None,
    }
}

/// Returns a constant as it stands in a query.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn carried(source: &Source<'_>, words: &Words<'_>) -> Option<Place> {
    super::words::choose(source, words.get("carried_by"), &[("token", Place::Token)])
}

/// Reads `scope: Customer.id`, or `scope: arm.Subscription.id` of a record that another service of
/// Azure describes: its ids lead on to ours.
fn scope(
    source: &Source<'_>,
    shapes: &mut Shapes<'_, '_>,
    node: Option<Node<'_>>,
) -> Option<Scope> {
    let node = node?;
    let word = read_text(source, &node)?;
    if let Some(of_azure) = word.strip_prefix("arm.") {
        let mut known = OF_AZURE.iter().filter(|_| source.azure);
        let found = known.find(|(schema, property)| of_azure == format!("{schema}.{property}"));
        if let Some((schema, property)) = found {
            return Some(Scope { schema, property });
        }
        let problem = format!("no record of Azure Resource Manager stands here as `{word}`");
        source.problems.add(&node, problem);
        return None;
    }
    let Some((schema, property)) = word.split_once('.') else {
        source.problems.add(
            &node,
            "must be `home`, `tenant`, `any`, or read like `Customer.id`",
        );
        return None;
    };
    let Some(index) = shapes.record_named(schema) else {
        source
            .problems
            .add(&node, format!("there is no schema `{schema}`"));
        return None;
    };
    let ty = shapes.record_ty(index);
    if shapes.field(ty, property).is_none() {
        source
            .problems
            .add(&node, format!("`{schema}` has no property `{property}`"));
    }
    Some(Scope { schema, property })
}

/// Reads `filter: { CompanyName: [starts_with] }`; `{}` leaves the decision to the dialect.
fn filter_fields(source: &Source<'_>, node: Option<Node<'_>>) -> List<FilterField> {
    let Some(node) = node else { return List(&[]) };
    let fields = node.members().into_iter().map(|(name, ops)| {
        for op in ops.elements() {
            if !op
                .value()
                .as_str()
                .is_some_and(|word| COMPARISONS.contains(&word))
            {
                source
                    .problems
                    .add(&op, format!("must be one of {}", COMPARISONS.join(", ")));
            }
        }
        FilterField {
            name: text(name),
            ops: read_texts(source, Some(ops)),
        }
    });
    list(fields.collect())
}

/// Reads a request body: of 3.x under `content`, of 2.0 the parameter itself.
pub(super) fn read_body<'a>(
    source: &Source<'a>,
    shapes: &mut Shapes<'_, 'a>,
    node: &Node<'a>,
    hint: &str,
) -> Option<Body> {
    let (node, _) = source.follow(node);
    let words = Words::of(source, &node, ON_BODY, None);
    let shape = match node.get("content") {
        Some(content) => content
            .members()
            .into_iter()
            .find_map(|(_, media)| media.get("schema")),
        None => node.get("schema"),
    };
    let Some(shape) = shape else {
        source.problems.add(&node, "the body has no schema");
        return None;
    };
    let name = words
        .get("name")
        .and_then(|name| read_text(source, &name))
        .unwrap_or("body");
    if !is_legal(name) {
        source
            .problems
            .add(&node, format!("`{name}` cannot be a name in a script"));
    }
    Some(Body {
        name,
        ty: shapes.ty(&shape, hint).ty,
        required: match &source.foreign {
            // The default of the standard is that a body may be left out.
            Some(_) => node.says("required"),
            None => node.value().get("required") != Some(&Value::Bool(false)),
        },
        doc: sentence(&node, &["description"]),
    })
}
