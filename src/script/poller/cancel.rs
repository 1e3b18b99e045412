//! Cancelling a long operation, where its description names the operation that does.

use crate::error::{Code, Error};
use crate::http::{self, Call, Tenant};
use crate::run::lane;
use crate::script::args::Parts;
use crate::script::host::Op;
use crate::script::invoke;
use crate::script::path_keys::path_keys;

use super::{Poller, job};

impl Poller {
    /// Asks the service to cancel the operation, or the job that is waited for. That it was cancelled
    /// is told by whoever waits for it: the service may be done before.
    pub(super) fn cancel(&self) -> Result<(), Error> {
        let name = self.operation();
        let poller = self.take()?;
        let call = self.cancelling(&poller);
        let done = poller.is_done();
        self.put_back(poller);
        let Some(mut call) = call? else {
            return Err(Error::new(
                Code::ScriptFunction,
                format!("`{name}` cannot be cancelled"),
            )
            .help("the service names no way to do so; what it makes can be deleted afterwards"));
        };
        if done {
            let status = self.status();
            let message =
                format!("`{name}` has ended already ({status}): nothing is left to cancel");
            return Err(Error::new(Code::ScriptArgument, message));
        }
        call.step = lane::next_step(&call.operation);
        self.0.host.settings.door.call(&call).map(drop)
    }

    /// Returns the call that cancels; `None`: there is none.
    fn cancelling(&self, poller: &http::Poller) -> Result<Option<Call>, Error> {
        let of = self.0.op;
        if let Some(call) = job::cancelling(of, poller)? {
            return Ok(Some(call));
        }
        let cancel = of.operation.cancel;
        let Some(operation) = cancel.and_then(|cancel| of.service.operation(cancel)) else {
            return Ok(None);
        };
        let op = Op {
            service: of.service,
            operation,
        };
        let accepted = poller.call();
        let mut parts = parts(path_keys(of.operation, &accepted.target), accepted);
        parts.versioned(op);
        Ok(Some(invoke::call(op, &parts, None)))
    }
}

/// Returns the parts of a call about an object, for whom another call was made.
pub(super) fn parts(keys: Vec<(&'static str, String)>, call: &Call) -> Parts {
    Parts {
        keys,
        tenant: match &call.tenant {
            Tenant::Of(tenant) => Some(tenant.clone()),
            Tenant::Home => None,
        },
        about: call.about.clone(),
        principal: call.principal,
        ..Parts::default()
    }
}
