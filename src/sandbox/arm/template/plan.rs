//! The plan of a deployment: its resources, and which must be there before which. Everything that
//! can be wrong with a template before it runs is found here.

use std::collections::HashSet;

use super::document::MOST_RESOURCES;
use super::fault::{Fault, circular_resources, defined_twice, too_many, undefined, version_needed};
use super::resource::{Planned, all};
use super::scope::{Met, Scope};
use super::{outputs, parameters, variables};

/// The resources of a template.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// The resources, in the order of the template.
    pub(crate) resources: Vec<Planned>,
}

impl Plan {
    /// Makes the plan of a template, or finds what is wrong with it.
    pub(crate) fn make(scope: &Scope<'_>) -> Result<Self, Fault> {
        parameters::bind(scope)?;
        variables::all(scope)?;
        let mut plan = Self {
            resources: all(scope)?,
        };
        if plan.resources.len() > MOST_RESOURCES {
            return Err(too_many("resources", MOST_RESOURCES, plan.resources.len()));
        }
        plan.once()?;
        plan.connect(scope)?;
        plan.order()?;
        outputs::check(scope)?;
        for met in scope.take_met() {
            plan.referred(&met)?;
        }
        Ok(plan)
    }

    /// Finds a resource by its id, or by its name in any of the forms that a template may use.
    pub(crate) fn find(&self, target: &str) -> Option<&Planned> {
        self.places(target).first().map(|at| &self.resources[*at])
    }

    /// Returns the resources so that each comes after those it depends on.
    pub(crate) fn order(&self) -> Result<Vec<usize>, Fault> {
        let count = self.resources.len();
        let mut done = vec![false; count];
        let mut order = Vec::with_capacity(count);
        while order.len() < count {
            let before = order.len();
            for (at, resource) in self.resources.iter().enumerate() {
                if !done[at] && resource.depends_on.iter().all(|needed| done[*needed]) {
                    done[at] = true;
                    order.push(at);
                }
            }
            if order.len() == before {
                let left = self.resources.iter().zip(&done);
                let left = left.filter(|(_, done)| !**done);
                let ids: Vec<&str> = left.map(|(resource, _)| resource.id.as_str()).collect();
                return Err(circular_resources(&ids));
            }
        }
        Ok(order)
    }

    /// Refuses two resources with one id, unless a condition keeps one of them away.
    fn once(&self) -> Result<(), Fault> {
        let mut seen = HashSet::new();
        for resource in self.resources.iter().filter(|resource| resource.wanted) {
            if !seen.insert(resource.id.to_lowercase()) {
                return Err(defined_twice(&resource.id));
            }
        }
        Ok(())
    }

    /// Finds what each resource depends on: what it says, what it refers to, and the batch before.
    fn connect(&mut self, scope: &Scope<'_>) -> Result<(), Fault> {
        for at in 0..self.resources.len() {
            let mut needed = self.before(at);
            for name in &self.resources[at].named {
                let places = self.places(name);
                if places.is_empty() {
                    return Err(undefined(name));
                }
                needed.extend(places);
            }
            if self.resources[at].wanted {
                self.resources[at].ahead(scope)?;
                for met in scope.take_met() {
                    needed.extend(self.referred(&met)?);
                }
            }
            needed.sort_unstable();
            needed.dedup();
            self.resources[at].depends_on = needed;
        }
        Ok(())
    }

    /// Finds the resource of a reference, which must exist elsewhere if it is not in the template.
    fn referred(&self, met: &Met) -> Result<Option<usize>, Fault> {
        let place = self.places(&met.target).first().copied();
        match place {
            None if !met.target.starts_with('/') => Err(undefined(&met.target)),
            None if !met.versioned => Err(version_needed(&met.target)),
            place => Ok(place),
        }
    }

    /// Returns the copies of the batch before that of a copy.
    fn before(&self, at: usize) -> Vec<usize> {
        let own = &self.resources[at];
        let (Some((name, index)), Some(size)) = (&own.copied, own.batch) else {
            return Vec::new();
        };
        let batch = |index: i64| usize::try_from(index).unwrap_or_default() / size;
        let Some(wanted) = batch(*index).checked_sub(1) else {
            return Vec::new();
        };
        let others = self.resources.iter().enumerate();
        others
            .filter(|(_, other)| {
                let copied = other.copied.as_ref();
                other.kind == own.kind
                    && copied.is_some_and(|(known, index)| known == name && batch(*index) == wanted)
            })
            .map(|(at, _)| at)
            .collect()
    }

    fn places(&self, target: &str) -> Vec<usize> {
        let same = |text: &str| text.eq_ignore_ascii_case(target);
        let by_id = |resource: &Planned| match resource.id.split_once("/providers/") {
            _ if same(&resource.id) => true,
            Some((_, relative)) => same(relative),
            None => false,
        };
        let by_name = |resource: &Planned| {
            let copied = resource.copied.as_ref();
            same(&resource.name)
                || same(&format!("{}/{}", resource.kind, resource.name))
                || copied.is_some_and(|(name, _)| same(name))
        };
        let find = |fits: &dyn Fn(&Planned) -> bool| -> Vec<usize> {
            let all = self.resources.iter().enumerate();
            all.filter(|(_, resource)| fits(resource))
                .map(|(at, _)| at)
                .collect()
        };
        match find(&by_id) {
            found if found.is_empty() && !target.starts_with('/') => find(&by_name),
            found => found,
        }
    }
}
