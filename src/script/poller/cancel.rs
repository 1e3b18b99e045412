//! Cancelling a long operation, where its description names the operation that does.

use crate::api::model::Operation;
use crate::error::{Code, Error};
use crate::http::{Call, Tenant};
use crate::run::lane;
use crate::script::args::Parts;
use crate::script::host::Op;
use crate::script::invoke;
use crate::script::path_keys::path_keys;

use super::Poller;

impl Poller {
    /// Asks the service to cancel the operation. That it was cancelled is told by whoever waits for
    /// it: the service may be done before.
    pub(super) fn cancel(&self) -> Result<(), Error> {
        let name = self.operation();
        let cancel = self.0.op.operation.cancel;
        let cancel = cancel.and_then(|cancel| self.0.op.service.operation(cancel));
        let Some(operation) = cancel else {
            return Err(Error::new(
                Code::ScriptFunction,
                format!("`{name}` cannot be cancelled"),
            )
            .help("the service names no way to do so; what it makes can be deleted afterwards"));
        };
        if self.is_done() {
            let status = self.status();
            let message =
                format!("`{name}` has ended already ({status}): nothing is left to cancel");
            return Err(Error::new(Code::ScriptArgument, message));
        }
        let poller = self.take()?;
        let op = Op {
            service: self.0.op.service,
            operation,
        };
        let mut parts = parts(self.0.op.operation, poller.call());
        parts.versioned(op);
        self.put_back(poller);
        let mut call = invoke::call(op, &parts, None);
        call.step = lane::next_step(&call.operation);
        self.0.host.settings.door.call(&call).map(drop)
    }
}

/// Returns the parts of a call about the same object as another call.
fn parts(of: &Operation, call: &Call) -> Parts {
    Parts {
        keys: path_keys(of, &call.target),
        tenant: match &call.tenant {
            Tenant::Of(tenant) => Some(tenant.clone()),
            Tenant::Home => None,
        },
        about: call.about.clone(),
        principal: call.principal,
        ..Parts::default()
    }
}
