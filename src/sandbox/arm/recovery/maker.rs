//! Resources that Recovery Services makes in its own name, for machines that it brings up: they go the
//! way of all resources, so that what a provider refuses counts here, too.

use serde_json::{Map, Value};

use crate::sandbox::arm::access::{self, Azure};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::operation;
use crate::sandbox::arm::resource::{self, Wish};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Hand, Tx};

/// Puts a resource, ready at once: the job that makes it has taken the time.
pub(super) fn put(tx: &mut Tx<'_>, by: &str, id: &Id, body: &Value) -> Result<(), Refusal> {
    let azure = subscription(tx, id)?;
    let by = Hand {
        by: by.to_owned(),
        kind: "Application".to_owned(),
        at: tx.now(),
    };
    let none = Map::new();
    let wish = Wish {
        azure: &azure,
        id,
        body: body.as_object().unwrap_or(&none),
        patch: false,
        by: &by,
    };
    let written = resource::write_one(tx, &wish)?;
    if let Some((_, work)) = written.work {
        operation::finish(tx, &work);
        tx.arm.operations.remove(&work);
    }
    Ok(())
}

/// Returns the subscription of what an id names.
fn subscription(tx: &Tx<'_>, id: &Id) -> Result<Azure, Refusal> {
    let subscription = id.subscription.as_deref().unwrap_or_default();
    let row = tx.arm.subscriptions.get(subscription);
    let all = row.map(|row| access::subscriptions(tx, &row.tenant));
    let mut all = all.into_iter().flatten();
    all.find(|azure| azure.id == subscription).ok_or_else(|| {
        let text = format!("The subscription '{subscription}' could not be found.");
        Refusal::new(404, "SubscriptionNotFound", text)
    })
}
