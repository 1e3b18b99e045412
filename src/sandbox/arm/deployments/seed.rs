//! The deployment that a fresh sandbox remembers: `shop-base`, which made the shop's availability
//! set.

use std::time::Duration;

use serde_json::{Value, json};

use super::draft::{self, Asker};
use super::place;
use crate::base::clock::later;
use crate::sandbox::arm::access::Azure;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::template::{Nowhere, Scope, Template, outputs};
use crate::sandbox::entra::seed::{ADMIN, CLIENT};
use crate::sandbox::route::{Caller, Principal};
use crate::sandbox::store::{DeploymentState, StepState, Tx};

/// How long it took.
const TOOK: Duration = Duration::from_millis(22_800);

/// Keeps the deployment, as if it had been made when the subscription began.
pub(in crate::sandbox::arm) fn fill(tx: &mut Tx<'_>, azure: &Azure) {
    let id = Id::of_group(&azure.id, "rg-shop");
    let id = id.extended("Microsoft.Resources", "deployments", "shop-base");
    let caller = Caller {
        principal: Principal::User,
        tenant: azure.tenant.clone(),
        app: CLIENT.to_owned(),
        object: ADMIN.to_owned(),
        upn: String::new(),
        roles: Vec::new(),
        permissions: Vec::new(),
        directory_roles: Vec::new(),
        mfa: true,
        capable: false,
        issued: 0,
        asked_since: None,
    };
    let asker = Asker {
        id: &id,
        azure,
        caller: &caller,
        parent: None,
    };
    let body = json!({ "properties": { "mode": "Incremental", "template": template() } });
    let body = body.as_object().cloned().unwrap_or_default();
    let mut row = draft::read(tx, &asker, &body).expect("the seed is what the sandbox takes");
    row.started = azure.plan.created;
    row.changed = later(row.started, TOOK);
    row.state = DeploymentState::Succeeded;
    for step in &mut row.steps {
        (step.state, step.status) = (StepState::Succeeded, 201);
        (step.started, step.changed) = (Some(row.started), Some(row.changed));
    }
    let template = Template::read(&row.template, place::level(&row)).expect("a template");
    let place = place::of(tx, &row);
    let told = outputs(&Scope::new(
        &template,
        &place,
        &Nowhere,
        row.parameters.clone(),
    ));
    row.outputs = told.ok();
    tx.arm.deployments.put(&id.key(), row);
}

fn template() -> Value {
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "set": { "type": "string", "defaultValue": "as-web" },
            "location": { "type": "string", "defaultValue": "[resourceGroup().location]" },
        },
        "resources": [{
            "type": "Microsoft.Compute/availabilitySets",
            "apiVersion": "2025-04-01",
            "name": "[parameters('set')]",
            "location": "[parameters('location')]",
            "sku": { "name": "Aligned" },
        }],
        "outputs": {
            "availabilitySet": {
                "type": "string",
                "value": "[resourceId('Microsoft.Compute/availabilitySets', parameters('set'))]",
            },
        },
    })
}
