//! The parts of an id of Azure. Source: Azure Resource Manager, resource provider contract:
//! an id has no host and no version, is not encoded, and is compared without regard to case.

use std::fmt;

/// What stands before a subscription's id, a group's name and a provider's namespace.
const SUBSCRIPTIONS: &str = "subscriptions";
const GROUPS: &str = "resourceGroups";
const PROVIDERS: &str = "providers";

/// An id of a subscription, a resource group, a resource, or of what is said about one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceId {
    /// The subscription's id.
    pub subscription: Option<String>,
    /// The name of the resource group.
    pub resource_group: Option<String>,
    /// What stands behind each `providers`: the last one names the object, those before what it is
    /// about.
    pub parts: Vec<Part>,
}

/// A provider's namespace, and the types and names that follow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// The namespace, such as `Microsoft.Compute`.
    pub namespace: String,
    /// Types and names in turn; none means the provider itself.
    pub names: Vec<(String, String)>,
}

impl Part {
    /// Returns the type, such as `Microsoft.Network/virtualNetworks/subnets`.
    pub fn kind(&self) -> String {
        let types = self.names.iter().map(|(kind, _)| kind.as_str());
        let all: Vec<&str> = std::iter::once(self.namespace.as_str())
            .chain(types)
            .collect();
        all.join("/")
    }
}

impl ResourceId {
    /// Takes an id apart; the error is a fragment that says what is wrong with it.
    pub fn parse(id: &str) -> Result<Self, String> {
        let mut rest: Vec<&str> = id.split('/').filter(|part| !part.is_empty()).collect();
        rest.reverse();
        let mut found = Self {
            subscription: after(&mut rest, SUBSCRIPTIONS, "the id of a subscription")?,
            ..Self::default()
        };
        if found.subscription.is_some() {
            found.resource_group = after(&mut rest, GROUPS, "the name of a resource group")?;
        }
        while let Some(namespace) = after(&mut rest, PROVIDERS, "a provider's namespace")? {
            let mut part = Part {
                namespace,
                names: Vec::new(),
            };
            while let Some(kind) = rest.pop_if(|next| !next.eq_ignore_ascii_case(PROVIDERS)) {
                let name = rest.pop();
                let name = name.ok_or_else(|| format!("a name is missing after `{kind}`"))?;
                part.names.push((kind.to_owned(), name.to_owned()));
            }
            found.parts.push(part);
        }
        match rest.last() {
            None if found == Self::default() => Err("it is empty".to_owned()),
            None => Ok(found),
            Some(unfit) if found == Self::default() => Err(format!(
                "it begins with `{unfit}` instead of `/{SUBSCRIPTIONS}/` or `/{PROVIDERS}/`"
            )),
            Some(unfit) if id.trim_matches('/').contains("//") => Err(format!(
                "`{unfit}` cannot stand where it does, and a part before it is empty"
            )),
            Some(unfit) => Err(format!("`{unfit}` cannot stand where it does")),
        }
    }

    /// Returns the type of what the id names, such as `Microsoft.Network/virtualNetworks/subnets`.
    pub fn kind(&self) -> String {
        match self.parts.last() {
            Some(part) => part.kind(),
            None if self.resource_group.is_some() => format!("Microsoft.Resources/{GROUPS}"),
            None => format!("Microsoft.Resources/{SUBSCRIPTIONS}"),
        }
    }

    /// Returns the name of what the id names: its last part.
    pub fn name(&self) -> &str {
        let last = self.parts.last().map(|part| match part.names.last() {
            Some((_, name)) => name,
            None => &part.namespace,
        });
        let found = last.or(self.resource_group.as_ref());
        found
            .or(self.subscription.as_ref())
            .map_or("", String::as_str)
    }

    /// Returns the id of what this one is in or about: a nested resource's parent, the group of a
    /// resource, what a lock is on. A subscription is in nothing.
    pub fn parent(&self) -> Option<Self> {
        let mut outer = self.clone();
        match outer.parts.last_mut() {
            Some(part) if part.names.len() > 1 => {
                part.names.pop();
            }
            Some(_) => {
                outer.parts.pop();
            }
            None => {
                outer.resource_group.take()?;
            }
        }
        (outer != Self::default()).then_some(outer)
    }
}

/// Takes the value after a word, if the word is next.
fn after(rest: &mut Vec<&str>, word: &str, what: &str) -> Result<Option<String>, String> {
    if rest
        .pop_if(|next| next.eq_ignore_ascii_case(word))
        .is_none()
    {
        return Ok(None);
    }
    let value = rest.pop().map(|value| Some(value.to_owned()));
    value.ok_or_else(|| format!("{what} is missing after `{word}`"))
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(subscription) = &self.subscription {
            write!(f, "/{SUBSCRIPTIONS}/{subscription}")?;
        }
        if let Some(group) = &self.resource_group {
            write!(f, "/{GROUPS}/{group}")?;
        }
        for part in &self.parts {
            write!(f, "/{PROVIDERS}/{}", part.namespace)?;
            for (kind, name) in &part.names {
                write!(f, "/{kind}/{name}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "/subscriptions/s/resourceGroups/rg";

    #[test]
    fn an_id_says_what_it_names_and_what_that_is_in() {
        let check = |id: &str, kind: &str, name: &str, parent: Option<&str>| {
            let found = ResourceId::parse(id).expect("an id");
            assert_eq!((found.kind().as_str(), found.name()), (kind, name), "{id}");
            let outer = found.parent().map(|outer| outer.to_string());
            assert_eq!(outer.as_deref(), parent, "{id}");
        };
        check(
            "/subscriptions/s",
            "Microsoft.Resources/subscriptions",
            "s",
            None,
        );
        check(
            GROUP,
            "Microsoft.Resources/resourceGroups",
            "rg",
            Some("/subscriptions/s"),
        );
        let vnet = format!("{GROUP}/providers/Microsoft.Network/virtualNetworks/v");
        check(&vnet, "Microsoft.Network/virtualNetworks", "v", Some(GROUP));
        let subnet = format!("{vnet}/subnets/web");
        check(
            &subnet,
            "Microsoft.Network/virtualNetworks/subnets",
            "web",
            Some(&vnet),
        );
        let lock = format!("{subnet}/providers/Microsoft.Authorization/locks/keep");
        check(
            &lock,
            "Microsoft.Authorization/locks",
            "keep",
            Some(&subnet),
        );
        let provider = "/subscriptions/s/providers/Microsoft.Compute";
        check(
            provider,
            "Microsoft.Compute",
            "Microsoft.Compute",
            Some("/subscriptions/s"),
        );
    }

    #[test]
    fn an_id_is_written_as_it_was_read_but_for_the_casing_of_its_words() {
        let check = |id: &str, expected: &str| {
            let found = ResourceId::parse(id).expect("an id");
            assert_eq!(found.to_string(), expected);
            assert_eq!(ResourceId::parse(expected), Ok(found));
        };
        check(
            "/Subscriptions/S/resourcegroups//RG/",
            "/subscriptions/S/resourceGroups/RG",
        );
        check("subscriptions/s", "/subscriptions/s");
        let vm =
            "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/Web1";
        check(vm, vm);
    }

    #[test]
    fn what_is_no_id_is_told_why() {
        let check = |id: &str, why: &str| {
            let found = ResourceId::parse(id).expect_err("no id");
            assert!(found.contains(why), "{id}: {found}");
        };
        check("", "empty");
        check("/", "empty");
        check("web1", "begins with `web1`");
        check("/subscriptions", "the id of a subscription is missing");
        check(
            "/subscriptions/s/resourceGroup/rg",
            "`resourceGroup` cannot stand",
        );
        check(
            "/subscriptions/s/resourceGroups",
            "the name of a resource group is missing",
        );
        check(
            &format!("{GROUP}/providers/Microsoft.Compute/virtualMachines"),
            "a name is missing after `virtualMachines`",
        );
    }
}
