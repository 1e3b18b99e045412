//! Our own words under `x-tenantry`, where each may stand, and the plain ones among them. A word
//! that is unknown at its place is a problem, since a misspelt word would otherwise be silent.

use super::model::{Auth, Idempotency, List, Merge};
use super::node::{Node, Source};

/// On a document: the module it belongs to, and what its operations inherit.
pub(super) const ON_DOCUMENT: &[&str] = &[
    "module",
    "source",
    "needs",
    "permissions",
    "roles",
    "auth",
    "idempotency",
    "presets",
];
/// On an operation.
pub(super) const ON_OPERATION: &[&str] = &[
    "source",
    "needs",
    "permissions",
    "roles",
    "advanced",
    "one",
    "example",
    "effect",
    "method_of",
    "function_as",
    "auth",
    "idempotency",
    "if_match",
    "merge",
    "default_select",
    "list_fields",
    "before",
    "creates",
    "after",
    "also",
    "paging",
    "until",
    "waiting",
    "job",
    "cancel",
    "twin_of",
];
/// On an operation of an overlay, beside those of [`ON_OPERATION`]: the function's name.
pub(super) const NAME: &str = "name";
/// On an operation of an overlay: whether there is to be no function for it.
pub(super) const LEAVE_OUT: &str = "leave_out";
/// On an entry of `presets`; the words of operations that change with the fixed body, and its own.
pub(super) const ON_PRESET: &[&str] = &[
    "of",
    "set",
    "summary",
    "source",
    "needs",
    "permissions",
    "roles",
    "example",
    "effect",
    "method_of",
    "function_as",
    "after",
    "also",
];
/// On a parameter.
pub(super) const ON_PARAMETER: &[&str] = &["scope", "carried_by", "filter"];
/// On a request body.
pub(super) const ON_BODY: &[&str] = &["name"];
/// On a response.
pub(super) const ON_RESPONSE: &[&str] = &["means"];

/// Reports members that have no meaning at their place; `x-…` extensions of others are let be, and
/// so is whatever stands in documents of others.
pub(super) fn only(source: &Source<'_>, node: &Node<'_>, known: &[&str]) {
    if source.foreign.as_ref().is_some_and(|it| !it.is_ours(node)) {
        return;
    }
    for (key, member) in node.members() {
        if !known.contains(&key) && (key == "x-tenantry" || !key.starts_with("x-")) {
            source.problems.add(
                &member,
                format!("`{key}` is not a word that may stand here"),
            );
        }
    }
}

/// The words of one operation, with those of its document behind them.
#[derive(Debug, Clone)]
pub(super) struct Words<'a> {
    own: Option<Node<'a>>,
    inherited: Option<Node<'a>>,
}

impl<'a> Words<'a> {
    /// Reads `x-tenantry` of a node and reports unknown words in it.
    pub(super) fn of(
        source: &Source<'a>,
        node: &Node<'a>,
        known: &[&str],
        inherited: Option<Node<'a>>,
    ) -> Self {
        let own = node.get("x-tenantry");
        if let Some(own) = &own {
            if source.foreign.is_some() {
                let text = "words of ours stand in an overlay file, not in the document";
                source.problems.add(own, text);
                return Self {
                    own: None,
                    inherited,
                };
            }
            only(source, own, known);
        }
        Self { own, inherited }
    }

    /// No words at all.
    pub(super) fn none() -> Self {
        Self::with(None, None)
    }

    /// Takes nodes as the words.
    pub(super) fn with(own: Option<Node<'a>>, inherited: Option<Node<'a>>) -> Self {
        Self { own, inherited }
    }

    /// Takes a node itself as the words, for entries of `presets`.
    pub(super) fn entry(node: Node<'a>, inherited: Option<Node<'a>>) -> Self {
        Self {
            own: Some(node),
            inherited,
        }
    }

    /// Returns the node of a word of the operation's own.
    pub(super) fn get(&self, word: &str) -> Option<Node<'a>> {
        self.own.as_ref()?.get(word)
    }

    /// Returns the node of a word, the document's if the operation has none.
    pub(super) fn inherit(&self, word: &str) -> Option<Node<'a>> {
        self.get(word)
            .or_else(|| self.inherited.as_ref()?.get(word))
    }
}

/// Returns the sentence that a node says about itself: of a longer text the first paragraph.
pub(super) fn sentence(node: &Node<'_>, keys: &[&str]) -> &'static str {
    let said = keys.iter().find_map(|key| node.text_of(key));
    let said = said.unwrap_or_default().trim();
    text(said.split("\n\n").next().unwrap_or_default())
}

/// Returns a text for ever: the tables are static.
pub(super) fn text(value: &str) -> &'static str {
    Box::leak(value.into())
}

/// Returns a slice for ever.
pub(super) fn list<T>(values: Vec<T>) -> List<T> {
    List(Box::leak(values.into_boxed_slice()))
}

/// Returns the text of a node; reports anything else.
pub(super) fn read_text(source: &Source<'_>, node: &Node<'_>) -> Option<&'static str> {
    let found = node.value().as_str();
    if found.is_none() {
        source.problems.add(node, "must be text");
    }
    found.map(text)
}

/// Returns the texts of an array; reports anything else.
pub(super) fn read_texts(source: &Source<'_>, node: Option<Node<'_>>) -> List<&'static str> {
    let Some(node) = node else { return List(&[]) };
    if !node.value().is_array() {
        source.problems.add(&node, "must be a list");
    }
    list(
        node.elements()
            .iter()
            .filter_map(|element| read_text(source, element))
            .collect(),
    )
}

/// Returns whether a word says `true`; reports anything but `true` and `false`.
pub(super) fn flag(source: &Source<'_>, words: &Words<'_>, word: &str) -> bool {
    let Some(node) = words.get(word) else {
        return false;
    };
    node.value().as_bool().unwrap_or_else(|| {
        source.problems.add(&node, "must be `true` or `false`");
        false
    })
}

/// What a call needs, of which any of each list suffices.
#[derive(Debug)]
pub(super) struct Needs {
    pub(super) words: &'static str,
    pub(super) permissions: List<&'static str>,
    pub(super) roles: List<&'static str>,
}

/// Reads `permissions`, `roles` and `needs`; the last follows from the others where it is not said.
pub(super) fn needs(source: &Source<'_>, words: &Words<'_>) -> Needs {
    let permissions = read_texts(source, words.inherit("permissions"));
    let roles = read_texts(source, words.inherit("roles"));
    let said = |node: Node<'_>| read_text(source, &node);
    let listed =
        |words: &Words<'_>| words.get("permissions").is_some() || words.get("roles").is_some();
    let inherited = || words.inherit("needs").and_then(said);
    let words = match words.get("needs").and_then(said) {
        Some(own) => own,
        None if listed(words) => in_words(&permissions, &roles),
        None => inherited().unwrap_or_else(|| in_words(&permissions, &roles)),
    };
    Needs {
        words,
        permissions,
        roles,
    }
}

/// Reads the same of a preset, which needs what its operation does unless it says otherwise.
pub(super) fn needs_of_preset(source: &Source<'_>, words: &Words<'_>, parent: Needs) -> Needs {
    let own = |word| Some(read_texts(source, Some(words.get(word)?)));
    let (permissions, roles) = (own("permissions"), own("roles"));
    let listed = permissions.is_some() || roles.is_some();
    let permissions = permissions.unwrap_or(parent.permissions);
    let roles = roles.unwrap_or(parent.roles);
    let said = words.get("needs").and_then(|node| read_text(source, &node));
    Needs {
        words: match said {
            Some(said) => said,
            None if listed => in_words(&permissions, &roles),
            None => parent.words,
        },
        permissions,
        roles,
    }
}

/// Says what suffices: `User.Read.All or Directory.Read.All; of a user also the role Global Reader`.
fn in_words(permissions: &[&str], roles: &[&str]) -> &'static str {
    let any = permissions.join(" or ");
    let role = roles.join(" or ");
    match (any.is_empty(), role.is_empty()) {
        (_, true) => text(&any),
        (true, false) => text(&format!("of a user the role {role}")),
        (false, false) => text(&format!("{any}; of a user also the role {role}")),
    }
}

/// Returns what a word of a closed set means; reports any other.
pub(super) fn choose<T: Copy>(
    source: &Source<'_>,
    node: Option<Node<'_>>,
    choices: &[(&str, T)],
) -> Option<T> {
    let node = node?;
    let word = node.value().as_str().unwrap_or_default();
    let found = choices.iter().find(|(name, _)| *name == word);
    if found.is_none() {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        source
            .problems
            .add(&node, format!("must be one of {}", names.join(", ")));
    }
    found.map(|(_, value)| *value)
}

/// Reads `auth`.
pub(super) fn auth(source: &Source<'_>, words: &Words<'_>) -> Auth {
    let choices = [
        ("app", Auth::App),
        ("user", Auth::User),
        ("either", Auth::Either),
    ];
    choose(source, words.inherit("auth"), &choices).unwrap_or(Auth::Either)
}

/// Reads `merge`.
pub(super) fn merge(source: &Source<'_>, words: &Words<'_>) -> Merge {
    let choices = [("partial", Merge::Partial), ("full", Merge::Full)];
    choose(source, words.get("merge"), &choices).unwrap_or(Merge::None)
}

/// Reads `idempotency`: a word, or `{ natural_key: [field, …] }`.
pub(super) fn idempotency(source: &Source<'_>, words: &Words<'_>) -> Option<Idempotency> {
    let node = words.inherit("idempotency")?;
    if let Some(key) = node.get("natural_key") {
        only(source, &node, &["natural_key"]);
        return Some(Idempotency::NaturalKey(read_texts(source, Some(key))));
    }
    let choices = [
        ("none", Idempotency::None),
        ("idempotent", Idempotency::Idempotent),
        ("request_id", Idempotency::RequestId),
    ];
    choose(source, Some(node), &choices)
}
