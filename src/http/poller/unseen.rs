//! A look that was refused, and a run that was stopped while it waited. Source: Azure REST API
//! guidelines, long-running operations: what fails where only `Location` is named answers with the
//! error itself, as the deletion of a resource group does.

use super::{Poller, failure};
use crate::error::{Code, Error, Sent};

/// The status by which a place to look says that the work itself has failed: asking again changes
/// nothing.
const ENDED: u16 = 409;

fn failed(error: &Error) -> bool {
    let fault = error.parts().fault.as_ref();
    fault.is_some_and(|fault| fault.status == ENDED)
}

/// Returns an error of a look, or of a run that was stopped meanwhile: the work itself goes on.
pub(super) fn unseen(poller: &Poller, mut error: Error) -> Error {
    if failed(&error) {
        let message = format!(
            "`{}` was accepted and has failed: {error}",
            poller.call.operation
        );
        let parts = error.parts_mut();
        (parts.code, parts.message) = (Code::OperationFailed, message);
        return error.sent(Sent::Yes);
    }
    let handle = poller.handle();
    if let Some(handle) = &handle {
        error = error.handle(handle.clone());
    }
    if !error.code().catchable() {
        return error;
    }
    if let Some(handle) = handle {
        let resume = failure::resume(poller);
        let on = format!("go on with `{resume}(\"{handle}\").wait()`, do not repeat the call");
        let help = match &error.parts().help {
            Some(help) => format!("{help}; then {on}"),
            None => on,
        };
        error = error.help(help);
    }
    let operation = &poller.call.operation;
    let message =
        format!("`{operation}` was accepted, but how far it is could not be read: {error}");
    error.parts_mut().message = message;
    error.sent(Sent::Yes)
}
