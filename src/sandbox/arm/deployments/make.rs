//! The resource of a step is made: its expressions are evaluated in the world as it is, and the
//! provider is called, or a deployment within the deployment is begun.

use std::cell::RefCell;

use http::Method;
use serde_json::{Map, Value};

use super::inside::{self, Call};
use super::live::Live;
use super::{begin, place, refusal};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::template::{Fault, Nowhere, Place, Plan, Scope, Template, adopt};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::store::{Deployment, Tx};

/// What a deployment is made from, understood.
pub(super) struct Script {
    template: Template,
    place: Place,
    plan: Plan,
}

impl Script {
    /// Understands a deployment that was taken on.
    pub(super) fn of(tx: &Tx<'_>, row: &Deployment) -> Result<Self, Fault> {
        let template = Template::read(&row.template, place::level(row))?;
        let place = place::of(tx, row);
        let plan = {
            let scope = Scope::new(&template, &place, &Nowhere, row.parameters.clone());
            Plan::make(&scope)?
        };
        Ok(Self {
            template,
            place,
            plan,
        })
    }

    /// Evaluates something of the template in the world as it is.
    pub(super) fn live<T>(
        &self,
        tx: &mut Tx<'_>,
        row: &Deployment,
        f: impl FnOnce(&Scope<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let live = Live {
            tx: RefCell::new(tx),
            plan: &self.plan,
            caller: &row.caller,
        };
        let parameters = row.parameters.clone();
        f(&Scope::new(&self.template, &self.place, &live, parameters))
    }
}

/// Makes the resource of a step.
pub(super) fn make(
    tx: &mut Tx<'_>,
    row: &Deployment,
    script: &Script,
    at: usize,
) -> Result<Reply, (u16, Value)> {
    let planned = &script.plan.resources[at];
    let made = script.live(tx, row, |scope| {
        let mut body = planned.body(scope)?;
        if let (true, Some(Value::Object(properties))) =
            (planned.is_deployment(), body.get_mut("properties"))
        {
            adopt(scope, properties)?;
        }
        Ok(body)
    });
    let body = made.map_err(|fault| (400, refusal::expressions(&planned.id, &fault)))?;
    let refused = |refusal: Refusal| (refusal.status, refusal.error());
    let body = Value::from(body);
    let call = Call {
        verb: Method::PUT,
        path: &planned.id,
        kind: &planned.kind,
        version: &planned.api_version,
        body: Some(&body),
    };
    if planned.is_deployment() {
        return nested(tx, row, &call).map_err(refused);
    }
    inside::call(tx, &row.caller, &call).map_err(refused)
}

/// Makes a deployment within this one.
fn nested(tx: &mut Tx<'_>, row: &Deployment, call: &Call<'_>) -> Result<Reply, Refusal> {
    let mut request = inside::request(&row.caller, call, call.path.to_owned());
    let id = Id::parse(call.path).unwrap_or_default();
    request.params = vec![
        ("subscription", id.subscription.clone().unwrap_or_default()),
        ("group", id.group.clone().unwrap_or_default()),
        ("deployment", id.name().to_owned()),
    ];
    let empty = Map::new();
    let body = call.body.and_then(Value::as_object).unwrap_or(&empty);
    let parent = row.id.to_lowercase();
    inside::undone(tx, |tx| begin::put_within(&request, tx, body, &parent))
}
