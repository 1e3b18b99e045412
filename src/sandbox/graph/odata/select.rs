//! `$select` and `$expand`: what is shown of an object. Source: graph reference §2, §2.1.

use serde_json::{Map, Value};

use super::answer::Expand;
use super::kind::{Kind, usual_of};
use super::unsupported;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// How many objects of a relationship are shown (unconfirmed).
const MOST: usize = 20;

/// How often a relationship is followed with `$levels=max`.
const DEEPEST: usize = 1000;

/// Keeps the properties that `$select` names, or the usual ones; the id and annotations always stay.
pub(in super::super) fn select(
    request: &Request,
    value: Value,
    usual: &[&str],
) -> Result<Value, Refusal> {
    project(value, request.query("$select"), usual)
}

/// The same for the names that a query has given.
pub(in super::super) fn project(
    value: Value,
    select: Option<&str>,
    usual: &[&str],
) -> Result<Value, Refusal> {
    let Value::Object(members) = value else {
        return Ok(value);
    };
    let kind = members.get("@odata.type").and_then(Value::as_str);
    let usual = match kind {
        Some(kind) if usual.is_empty() => usual_of(kind),
        _ => usual,
    };
    let named: Option<Vec<&str>> = select.map(|names| names.split(',').map(str::trim).collect());
    let unknown = named
        .iter()
        .flatten()
        .find(|name| !members.contains_key(**name));
    // In a list of several kinds, a property is one of some of them.
    if let (Some(name), None) = (unknown, kind) {
        let text = format!("Could not find a property named '{name}'.");
        return Err(Refusal::new(400, "Request_BadRequest", text));
    }
    let keep = |name: &str| match &named {
        Some(named) => named.contains(&name),
        None => usual.is_empty() || usual.contains(&name),
    };
    let kept: Map<String, Value> = members
        .into_iter()
        .filter(|(name, _)| name == "id" || name.starts_with('@') || keep(name))
        .collect();
    Ok(Value::Object(kept))
}

/// Returns a part of the metadata with the properties that `$select` names: `users(id,mail)/$entity`.
pub(in super::super) fn fragment(request: &Request, part: &str) -> String {
    let Some(names) = request.query("$select") else {
        return part.to_owned();
    };
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    let names = names.join(",");
    match part.strip_suffix("/$entity") {
        Some(set) => format!("{set}({names})/$entity"),
        None => format!("{part}({names})"),
    }
}

/// A relationship to be shown with each object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expansion {
    name: String,
    select: Option<String>,
    levels: usize,
}

impl Expansion {
    /// Reads `manager($select=id;$levels=max)`. One relationship may be named.
    pub(super) fn read(text: &str, kind: &Kind) -> Result<Self, Refusal> {
        let (name, options) = match text.trim().split_once('(') {
            None => (text.trim(), ""),
            Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(|| refuse(text))?),
        };
        if !kind.expand.contains(&name) {
            return Err(refuse(text));
        }
        let mut expansion = Self {
            name: name.to_owned(),
            select: None,
            levels: 1,
        };
        for option in options.split(';').filter(|option| !option.is_empty()) {
            match option.trim().split_once('=') {
                Some(("$select", names)) => expansion.select = Some(names.to_owned()),
                Some(("$levels", "max")) => expansion.levels = DEEPEST,
                Some(("$levels", number)) => {
                    let levels = number.parse().ok().filter(|levels| *levels > 0);
                    expansion.levels = levels.ok_or_else(|| refuse(text))?;
                }
                _ => return Err(refuse(text)),
            }
        }
        expansion.levels = expansion.levels.min(DEEPEST);
        Ok(expansion)
    }

    /// Adds what the relationship of a whole object leads to, to what is shown of it.
    pub(super) fn add(
        &self,
        shown: &mut Value,
        whole: &Value,
        expand: Expand<'_>,
    ) -> Result<(), Refusal> {
        let mut chain = Vec::new();
        let mut from = whole.clone();
        while chain.len() < self.levels {
            let found = expand(&self.name, &from);
            let is_object = found.is_object();
            let known = |seen: &Value| seen["id"] == found["id"];
            if found.is_null() || (is_object && chain.iter().any(known)) {
                break;
            }
            chain.push(found);
            if !is_object {
                break;
            }
            from.clone_from(chain.last().unwrap_or(&Value::Null));
        }
        let mut inner = Value::Null;
        for found in chain.into_iter().rev() {
            let mut found = self.projected(found)?;
            if !inner.is_null() {
                found[&self.name] = inner;
            }
            inner = found;
        }
        if !inner.is_null() {
            shown[&self.name] = inner;
        }
        Ok(())
    }

    fn projected(&self, found: Value) -> Result<Value, Refusal> {
        let select = self.select.as_deref();
        match found {
            Value::Array(items) => {
                let items = items.into_iter().take(MOST);
                let items = items.map(|item| project(item, select, &[]));
                Ok(Value::Array(items.collect::<Result<_, _>>()?))
            }
            other => project(other, select, &[]),
        }
    }
}

fn refuse(text: &str) -> Refusal {
    unsupported(format!(
        "The query option '$expand={text}' is not supported for this resource."
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KIND: Kind = Kind {
        expand: &["manager", "members"],
        ..Kind::PLAIN
    };

    fn leads(name: &str, from: &Value) -> Value {
        let user = |id: u64| {
            let name = format!("n{id}");
            json!({ "@odata.type": "#microsoft.graph.user", "id": id, "displayName": name, "city": "x" })
        };
        match (name, from["id"].as_u64()) {
            ("manager", Some(id)) if id < 4 => user(id + 1),
            ("members", _) => (0..30).map(user).collect(),
            _ => Value::Null,
        }
    }

    fn expanded(text: &str, id: u64) -> Value {
        let mut shown = json!({ "id": id });
        let whole = json!({ "id": id, "more": 1 });
        let expansion = Expansion::read(text, &KIND).expect("an expansion");
        expansion.add(&mut shown, &whole, &leads).expect("added");
        shown
    }

    #[test]
    fn a_relationship_is_followed_as_far_as_is_asked() {
        assert_eq!(expanded("manager", 4), json!({ "id": 4 }), "there is none");
        let one = expanded("manager", 1);
        assert_eq!(one["manager"]["displayName"], "n2");
        assert!(one["manager"].get("city").is_none() && one["manager"].get("manager").is_none());
        let all = expanded("manager($levels=max;$select=city)", 2);
        assert_eq!(all["manager"]["manager"]["id"], 4);
        assert!(all["manager"]["city"] == "x" && all["manager"].get("displayName").is_none());
        assert_eq!(
            expanded("members", 1)["members"].as_array().map(Vec::len),
            Some(20)
        );
    }

    #[test]
    fn one_known_relationship_may_be_expanded() {
        for text in [
            "owners",
            "manager,members",
            "manager(",
            "manager($top=1)",
            "manager($levels=0)",
        ] {
            assert!(Expansion::read(text, &KIND).is_err(), "{text}");
        }
    }
}
