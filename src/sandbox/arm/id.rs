//! Ids of Azure Resource Manager: paths that name a subscription, a group, resources and what hangs
//! on them. They are compared without casing and keep the casing they were written in. Source: arm
//! reference §8.

use percent_encoding::percent_decode_str;

/// What stands after one `/providers/`: a namespace, and types with names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) namespace: String,
    /// Type and name, from the outermost on.
    pub(super) parts: Vec<(String, String)>,
}

/// A parsed id; empty parts mean the tenant itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Id {
    /// Lower-case; `None` for what belongs to the tenant.
    pub(super) subscription: Option<String>,
    /// As written.
    pub(super) group: Option<String>,
    /// More than one for what hangs on a resource, such as a lock.
    pub(super) sections: Vec<Section>,
}

/// All things of one type at one place: the path of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Collection {
    /// Where: a subscription, a group, or the resource that has them.
    pub(super) scope: Id,
    /// Full type: `Microsoft.Compute/virtualMachines`.
    pub(super) kind: String,
}

/// What a path may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    One(Id),
    Many(Collection),
    /// An action of something: `…/virtualMachines/vm1/start`.
    Action(Id, String),
}

impl Id {
    /// Reads an id; doubled and trailing slashes do not count.
    pub(super) fn parse(path: &str) -> Option<Self> {
        match Place::parse(path)? {
            Place::One(id) => Some(id),
            Place::Many(_) | Place::Action(..) => None,
        }
    }

    /// Returns the id of a subscription.
    pub(super) fn of_subscription(subscription: &str) -> Self {
        Self {
            subscription: Some(subscription.to_lowercase()),
            ..Self::default()
        }
    }

    /// Returns the id of a group.
    pub(super) fn of_group(subscription: &str, group: &str) -> Self {
        Self {
            group: Some(group.to_owned()),
            ..Self::of_subscription(subscription)
        }
    }

    /// Returns the id as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if let Some(subscription) = &self.subscription {
            text = format!("/subscriptions/{subscription}");
        }
        if let Some(group) = &self.group {
            text = format!("{text}/resourceGroups/{group}");
        }
        for section in &self.sections {
            text = format!("{text}/providers/{}", section.namespace);
            for (kind, name) in &section.parts {
                text = format!("{text}/{kind}/{name}");
            }
        }
        text
    }

    /// Returns the key of its row.
    pub(super) fn key(&self) -> String {
        self.text().to_lowercase()
    }

    /// Returns the key of its group's row.
    pub(super) fn group_key(&self) -> Option<String> {
        let group = self.group.as_ref()?;
        Some(Self::of_group(self.subscription.as_ref()?, group).key())
    }

    /// Returns the full type of what it names, as written: `Microsoft.Network/virtualNetworks`.
    pub(super) fn kind(&self) -> Option<String> {
        let section = self.sections.last()?;
        let types = section.parts.iter().map(|(kind, _)| kind.as_str());
        let types: Vec<&str> = std::iter::once(section.namespace.as_str())
            .chain(types)
            .collect();
        Some(types.join("/"))
    }

    /// Returns the name of what it names.
    pub(super) fn name(&self) -> &str {
        let last = self
            .sections
            .last()
            .and_then(|section| section.parts.last());
        match last {
            Some((_, name)) => name,
            None => self
                .group
                .as_deref()
                .or(self.subscription.as_deref())
                .unwrap_or_default(),
        }
    }

    /// Returns what it is a part of: a resource of the same section, else where its section hangs.
    pub(super) fn parent(&self) -> Self {
        let mut parent = self.clone();
        let is_nested = parent.sections.last_mut().is_some_and(|section| {
            section.parts.pop();
            !section.parts.is_empty()
        });
        if !is_nested {
            parent.sections.pop();
        }
        parent
    }

    /// Returns the resource that has it, if it is a part of one.
    pub(super) fn owner(&self) -> Option<Self> {
        let nested = self.sections.last()?.parts.len() > 1;
        nested.then(|| self.parent())
    }

    /// Returns it with one more part: `subnets`, `web`.
    pub(super) fn child(&self, kind: &str, name: &str) -> Self {
        let mut child = self.clone();
        if let Some(section) = child.sections.last_mut() {
            section.parts.push((kind.to_owned(), name.to_owned()));
        }
        child
    }

    /// Returns what hangs on it: `Microsoft.Authorization`, `locks`, `keep`.
    pub(super) fn extended(&self, namespace: &str, kind: &str, name: &str) -> Self {
        let mut extended = self.clone();
        extended.sections.push(Section {
            namespace: namespace.to_owned(),
            parts: vec![(kind.to_owned(), name.to_owned())],
        });
        extended
    }
}

impl Place {
    /// Reads the path of a request, below the service's prefix.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let decoded: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| Some(percent_decode_str(part).decode_utf8().ok()?.into_owned()))
            .collect::<Option<_>>()?;
        let mut parts = decoded.into_iter().peekable();
        let mut id = Id::default();
        if is(parts.peek(), "subscriptions") {
            parts.next();
            id.subscription = Some(parts.next()?.to_lowercase());
        }
        if id.subscription.is_some() && is(parts.peek(), "resourceGroups") {
            parts.next();
            id.group = Some(parts.next()?);
        }
        while is(parts.peek(), "providers") {
            parts.next();
            let mut section = Section {
                namespace: parts.next()?,
                parts: Vec::new(),
            };
            while let Some(kind) = parts.next_if(|part| !part.eq_ignore_ascii_case("providers")) {
                let Some(name) = parts.next() else {
                    return ended(id, section, kind);
                };
                section.parts.push((kind, name));
            }
            id.sections.push(section);
        }
        let bare = id.sections.iter().any(|section| section.parts.is_empty());
        (parts.peek().is_none() && !bare).then_some(Self::One(id))
    }
}

/// A path whose last type has no name: a list, or an action.
fn ended(mut id: Id, section: Section, last: String) -> Option<Place> {
    let types = section.parts.iter().map(|(kind, _)| kind.as_str());
    let kind = std::iter::once(section.namespace.as_str())
        .chain(types)
        .chain([last.as_str()])
        .collect::<Vec<_>>()
        .join("/");
    let is_top = section.parts.is_empty();
    if !is_top {
        id.sections.push(section);
    }
    // Whether it is a list or an action of what stands before, only the type can tell.
    if is_top || super::kind::known(&kind) {
        return Some(Place::Many(Collection { scope: id, kind }));
    }
    Some(Place::Action(id, last))
}

fn is(part: Option<&String>, word: &str) -> bool {
    part.is_some_and(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUB: &str = "3f1c0000-0000-4000-8000-000000000001";

    #[test]
    fn ids_keep_their_casing_and_are_compared_without() {
        let text = format!(
            "/subscriptions/{SUB}/resourceGroups/rg-A/providers/Microsoft.Network/virtualNetworks/V/subnets/web"
        );
        let id = Id::parse(&format!("//Subscriptions/{}/resourcegroups/rg-A/providers/Microsoft.Network/virtualNetworks/V/subnets/web/", SUB.to_uppercase())).expect("an id");
        assert_eq!(id.text(), text);
        assert_eq!(
            id.kind().as_deref(),
            Some("Microsoft.Network/virtualNetworks/subnets")
        );
        assert_eq!(id.name(), "web");
        assert_eq!(
            id.owner().map(|owner| owner.name().to_owned()),
            Some("V".to_owned())
        );
        assert_eq!(id.parent().parent(), Id::of_group(SUB, "rg-A"));
        let lock = id.extended("Microsoft.Authorization", "locks", "keep");
        assert_eq!(Id::parse(&lock.text()), Some(lock.clone()));
        assert_eq!(lock.parent(), id);
    }

    #[test]
    fn what_is_no_id_is_none() {
        for wrong in [
            "/subscriptions",
            "/subscriptions/s/resourceGroup/rg",
            "/subscriptions/s/resourceGroups",
            "/subscriptions/s/providers",
            "/subscriptions/s/providers/Microsoft.Compute",
        ] {
            assert_eq!(Id::parse(wrong), None, "{wrong}");
        }
    }
}
