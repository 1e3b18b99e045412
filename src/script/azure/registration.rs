//! A subscription that has never used a provider refuses it: the provider is registered, which takes
//! a while, and the call is made again. Source: Azure Resource Manager, "Resolve errors for resource
//! provider registration"; the clients of Azure do the same.

use std::sync::Arc;
use std::time::Duration;

use crate::api::{ServiceName, ids};
use crate::base::clock::later;
use crate::error::{Code, Error, Sent};
use crate::http::{Call, Response, Tenant, identify};
use crate::run::lane;
use crate::script::args::Parts;
use crate::script::host::{Host, Op};
use crate::script::invoke;

/// The service's code for a provider that is not registered.
const UNREGISTERED: &str = "MissingSubscriptionRegistration";
/// Between two looks at a provider.
const INTERVAL: Duration = Duration::from_secs(10);
/// How long a registration is waited for. The reference names no bound; most take a minute or two.
const PATIENCE: Duration = Duration::from_secs(1800);
/// The id by which the service recognises a repeat, and answers it as before.
const REQUEST_ID: &str = "x-ms-client-request-id";

/// Makes a call; a provider that the subscription has not registered is registered first, if the
/// run may write. What a good answer tells is remembered.
pub(in crate::script) fn call(host: &Arc<Host>, call: &mut Call) -> Result<Response, Error> {
    let mut answered = host.settings.door.call(call);
    if let Err(refusal) = &answered
        && let Some(missing) = missing(host, call, refusal)
        && missing.registered()?
    {
        renew(call);
        answered = host.settings.door.call(call);
    }
    if answered.is_ok() {
        host.seen.answered(call);
    }
    answered
}

/// Makes a call another one, with an id and a step of its own.
fn renew(call: &mut Call) {
    let headers = call.headers.len();
    let is_id = |name: &str| name.eq_ignore_ascii_case(REQUEST_ID);
    call.headers.retain(|(name, _)| !is_id(name));
    if call.headers.len() < headers {
        identify(call);
    }
    call.step = lane::next_step(&call.operation);
}

/// A provider that a call needs and the subscription has not registered.
struct Missing<'a> {
    host: &'a Arc<Host>,
    call: &'a Call,
    namespace: String,
    subscription: &'a str,
    register: Op,
    provider: Op,
}

/// Returns what is missing, if that is why a call was refused.
fn missing<'a>(host: &'a Arc<Host>, call: &'a Call, refusal: &Error) -> Option<Missing<'a>> {
    let fault = refusal.parts().fault.as_ref()?;
    let azure = matches!(call.service, ServiceName::Arm | ServiceName::Recovery);
    if !azure || fault.status != 409 || fault.code != UNREGISTERED {
        return None;
    }
    Some(Missing {
        host,
        call,
        namespace: namespace(&fault.message)?,
        subscription: ids::subscription(&call.target)?,
        register: host.operation("arm", "register_provider")?,
        provider: host.operation("arm", "provider")?,
    })
}

/// Returns the namespace that a refusal names: the last text in single quotes.
fn namespace(message: &str) -> Option<String> {
    let parts: Vec<&str> = message.split('\'').collect();
    // Behind an odd number of quotes the last part is open.
    let quotes = parts.len() - 1;
    let last = parts.get((quotes - quotes % 2).checked_sub(1)?)?;
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    is_name(last).then(|| (*last).to_owned())
}

impl Missing<'_> {
    /// Registers the provider and waits until it is; `false` if the run may not write.
    fn registered(&self) -> Result<bool, Error> {
        let host = self.host;
        let register = self.ask(self.register);
        if host.settings.door.granted(&register).is_err() {
            return Ok(false);
        }
        host.say(&format!(
            "registering {} in subscription {}, which has not used it yet",
            self.namespace, self.subscription
        ));
        self.step(register)?;
        self.wait()?;
        Ok(true)
    }

    /// Waits until the provider says that it is registered.
    fn wait(&self) -> Result<(), Error> {
        let _task = self
            .host
            .settings
            .progress
            .start(&format!("registering {}", self.namespace));
        let now = || self.host.clock().now();
        let deadline = later(now(), PATIENCE);
        while later(now(), INTERVAL) <= deadline {
            self.host.wait(INTERVAL)?;
            let answer = self.step(self.ask(self.provider))?;
            let provider: serde_json::Value =
                serde_json::from_slice(&answer.body).unwrap_or_default();
            let state = provider["registrationState"].as_str().unwrap_or_default();
            if state.eq_ignore_ascii_case("Registered") {
                return Ok(());
            }
        }
        let message = format!(
            "{} has not been registered in subscription {} within {} minutes; `{}` was not repeated",
            self.namespace,
            self.subscription,
            PATIENCE.as_secs() / 60,
            self.call.operation
        );
        Err(Error::new(Code::OperationPending, message)
            .help(format!(
                "it goes on at the service: see `arm::provider(subscription, {:?}).registrationState`",
                self.namespace
            ))
            .sent(Sent::No))
    }

    fn step(&self, mut call: Call) -> Result<Response, Error> {
        call.step = lane::next_step(&call.operation);
        self.host.settings.door.call(&call)
    }

    /// Returns the call of an operation on the provider, for the tenant and the principal of the
    /// call that needs it.
    fn ask(&self, op: Op) -> Call {
        let names = op.operation.in_path().map(|param| param.name);
        let values = [self.subscription.to_owned(), self.namespace.clone()];
        let mut parts = Parts {
            keys: names.zip(values).collect(),
            principal: self.call.principal,
            tenant: match &self.call.tenant {
                Tenant::Of(tenant) => Some(tenant.clone()),
                Tenant::Home => None,
            },
            ..Parts::default()
        };
        parts.versioned(op);
        invoke::call(op, &parts, None)
    }
}

#[cfg(test)]
mod tests {
    use super::namespace;

    #[test]
    fn the_namespace_is_the_last_text_in_quotes() {
        let check = |message: &str, expected: Option<&str>| {
            assert_eq!(namespace(message).as_deref(), expected, "{message}");
        };
        check(
            "The subscription is not registered to use namespace 'Microsoft.Compute'. See https://aka.ms/rps-not-found for how to register subscriptions.",
            Some("Microsoft.Compute"),
        );
        check(
            "The subscription 's1' is not registered to use namespace 'Microsoft.Sql'",
            Some("Microsoft.Sql"),
        );
        check("It doesn't say 'Microsoft.Sql", None);
        check("namespace '../x'", None);
        check("namespace ''", None);
        check("nothing is quoted", None);
    }
}
