//! What is asked of a deployment, read and understood: nothing is kept yet.

use serde_json::{Map, Value};

use super::{place, refusal};
use crate::sandbox::arm::access::Azure;
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::template::{Nowhere, Plan, Scope, Template, bind, given, told};
use crate::sandbox::arm::{locations, resource};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Caller;
use crate::sandbox::store::{
    Deployment, DeploymentState, DeploymentStep, StepAction, StepState, Tx,
};

/// Who asks for a deployment, and for which one.
pub(super) struct Asker<'a> {
    pub(super) id: &'a Id,
    pub(super) azure: &'a Azure,
    pub(super) caller: &'a Caller,
    /// Key of the deployment that it is a part of.
    pub(super) parent: Option<&'a str>,
}

/// Reads a deployment; its steps wait, it has no operation yet.
pub(super) fn read(
    tx: &mut Tx<'_>,
    asker: &Asker<'_>,
    body: &Map<String, Value>,
) -> Result<Deployment, Refusal> {
    check_name(asker.id.name())?;
    let Some(Value::Object(properties)) = body.get("properties") else {
        return Err(body::invalid("Required property 'properties' not found"));
    };
    let mut row = Deployment {
        id: asker.id.text(),
        name: asker.id.name().to_owned(),
        subscription: asker.azure.id.clone(),
        group: asker.id.group.clone(),
        location: location(asker, body)?,
        tags: resource::tags(body)?.unwrap_or_default(),
        mode: mode(asker, properties)?,
        template: template(properties)?,
        parameters: Map::new(),
        told: Map::new(),
        correlation: tx.guid(),
        state: DeploymentState::Accepted,
        started: tx.now(),
        changed: tx.now(),
        steps: Vec::new(),
        outputs: None,
        error: None,
        operation: String::new(),
        parent: asker.parent.map(str::to_owned),
        caller: asker.caller.clone(),
    };
    let fault = |fault| refusal::template(&fault);
    let template = Template::read(&row.template, place::level(&row)).map_err(fault)?;
    let parameters = properties.get("parameters").unwrap_or(&Value::Null);
    let plain = given(parameters, &template.parameters).map_err(fault)?;
    let place = place::of(tx, &row);
    let scope = Scope::new(&template, &place, &Nowhere, plain);
    let plan = Plan::make(&scope).map_err(fault)?;
    row.parameters = bind(&scope).map_err(fault)?;
    row.told = told(&scope).map_err(fault)?;
    row.steps = steps(&plan, &row.correlation);
    Ok(row)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.()".contains(letter);
    if (1..=64).contains(&name.len()) && name.chars().all(fits) {
        return Ok(());
    }
    Err(refusal::name(name))
}

fn location(asker: &Asker<'_>, body: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    let given = body::text(body, "location")?.map(locations::normal);
    if let Some(location) = &given {
        locations::check(location)?;
    }
    match (&asker.id.group, given) {
        (None, None) => Err(refusal::no_location(asker.id.name())),
        (None, given) => Ok(given),
        (Some(_), _) => Ok(None),
    }
}

fn mode(asker: &Asker<'_>, properties: &Map<String, Value>) -> Result<String, Refusal> {
    let given = body::need(properties, "mode")?;
    let mode = body::one_of("mode", given, &["Incremental", "Complete"])?;
    if mode == "Complete" && asker.id.group.is_none() {
        let text =
            "The deployment mode 'Complete' is supported for deployments to a resource group only.";
        return Err(refusal::invalid(text));
    }
    if properties
        .get("onErrorDeployment")
        .is_some_and(|given| !given.is_null())
    {
        let text = "The property 'onErrorDeployment' is not supported by this sandbox.";
        return Err(refusal::invalid(text));
    }
    Ok(mode.to_owned())
}

fn template(properties: &Map<String, Value>) -> Result<Value, Refusal> {
    let given = |name: &str| properties.get(name).filter(|value| !value.is_null());
    let uri = |link: &Value| {
        let text = |name: &str| link.get(name).and_then(Value::as_str);
        text("uri")
            .or_else(|| text("id"))
            .unwrap_or_default()
            .to_owned()
    };
    if let Some(link) = given("parametersLink") {
        return Err(refusal::link(&uri(link)));
    }
    match (given("template"), given("templateLink")) {
        (Some(template), None) => Ok(template.clone()),
        (None, Some(link)) => Err(refusal::link(&uri(link))),
        (Some(_), Some(_)) => Err(refusal::invalid(
            "Only one of the properties 'template' and 'templateLink' may be specified.",
        )),
        (None, None) => Err(refusal::invalid(
            "One of the properties 'template' and 'templateLink' must be specified.",
        )),
    }
}

/// Returns the steps of a plan.
fn steps(plan: &Plan, correlation: &str) -> Vec<DeploymentStep> {
    let all = plan.resources.iter();
    all.map(|resource| DeploymentStep {
        id: step_id(correlation, &resource.id),
        action: StepAction::Create,
        target: resource.id.clone(),
        kind: resource.kind.clone(),
        name: resource
            .name
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned(),
        version: resource.api_version.clone(),
        needs: resource.depends_on.clone(),
        state: if resource.wanted {
            StepState::Waiting
        } else {
            StepState::Unwanted
        },
        tries: 0,
        started: None,
        changed: None,
        status: 0,
        operation: None,
        error: None,
    })
    .collect()
}

/// Returns the id of the operation that shows a step: sixteen digits, as the service writes them.
pub(super) fn step_id(correlation: &str, target: &str) -> String {
    let id = crate::sandbox::derived::guid(&[correlation, target]);
    id.replace('-', "")[..16].to_uppercase()
}
