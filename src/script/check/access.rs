//! What a script may do by its header: calls whose effect the header certainly does not list.
//! Functions that nothing calls are left alone, and so is every call whose effect only the run knows.

use rhai::Position;

use super::checker::Checker;
use crate::api::ServiceName;
use crate::api::model::{Effect, Operation};
use crate::error::Code;
use crate::script::host::service_name;

impl Checker<'_> {
    /// Reports an operation of which no possible effect is listed.
    pub(super) fn permitted(&mut self, service: usize, operation: &Operation, at: Position) {
        let service = self.world.services[service];
        let possible = || operation.effects.iter().map(|rule| rule.is);
        if possible().any(|effect| self.lists(service.on, effect)) {
            return;
        }
        if let Some(lightest) = possible().min() {
            let called = format!("{}::{}", service.name, operation.name);
            self.unlisted(service.on, &called, lightest, at);
        }
    }

    /// Reports the effects that a host function certainly has and that are not listed.
    pub(super) fn all_permitted(
        &mut self,
        module: &str,
        name: &str,
        effects: &[Effect],
        at: Position,
    ) {
        for effect in effects {
            if !self.lists(module, *effect) {
                self.unlisted(module, &format!("{module}::{name}"), *effect, at);
            }
        }
    }

    /// Returns whether the header admits the effect. Whoever may change a service may read it.
    fn lists(&self, module: &str, effect: Effect) -> bool {
        let service: ServiceName = service_name(module);
        let Some(bound) = self.bound.filter(|_| self.reached) else {
            return true;
        };
        bound
            .iter()
            .any(|(listed, word)| *listed == service && (*word == effect || effect == Effect::Read))
    }

    fn unlisted(&mut self, service: &str, called: &str, effect: Effect, at: Position) {
        let word = format!("{}.{}", service_name(service).as_str(), effect.as_str());
        self.wrong(
            Code::CheckHeader,
            at,
            format!("the header does not list `{word}`, which `{called}` needs"),
            format!("add \"{word}\" to the header's `effects`"),
        );
    }
}
