//! A deployment goes on: steps whose needs are there are begun, steps whose work has ended are
//! noted, until all wait for the clock or the end is there. The only way in is [`go_on`].

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::inside;
use super::make::{Script, make};
use super::{clear, draft, refusal, shown};
use crate::base::clock::later;
use crate::sandbox::arm::operation;
use crate::sandbox::arm::template::{Fault, outputs};
use crate::sandbox::reply::Reply;
use crate::sandbox::store::{
    ArmDue, Deployment, DeploymentState, DeploymentStep, Due, OperationResult, OperationState,
    StepAction, StepState, Tx,
};

/// How often and when a step is tried again that a provider puts off (429); the reference says
/// nothing about it.
const TRIES: u32 = 20;
const AGAIN: Duration = Duration::from_secs(15);

/// Goes on with a deployment as far as it can be now.
pub(in crate::sandbox::arm) fn go_on(tx: &mut Tx<'_>, key: &str) {
    let row = tx.arm.deployments.get(key);
    let Some(mut row) = row.filter(|row| row.state.is_active()).cloned() else {
        return;
    };
    let operation = tx.arm.operations.get(&row.operation);
    if let Some((state, error)) = operation.map(|one| (one.state, one.error.clone())) {
        match state {
            OperationState::InProgress | OperationState::Succeeded => {}
            // A control has ended it before its time.
            OperationState::Failed => return end(tx, row, DeploymentState::Failed, error),
            OperationState::Canceled => return end(tx, row, DeploymentState::Canceled, error),
        }
    }
    row.state = DeploymentState::Running;
    row.changed = tx.now();
    match Script::of(tx, &row) {
        Ok(script) => work(tx, row, &script),
        Err(fault) => {
            let error = refusal::template(&fault).error();
            end(tx, row, DeploymentState::Failed, Some(error));
        }
    }
}

fn work(tx: &mut Tx<'_>, mut row: Deployment, script: &Script) {
    loop {
        while settle(tx, &mut row) | start(tx, &mut row, script) {}
        if row
            .steps
            .iter()
            .any(|step| step.state == StepState::Running)
        {
            return wait(tx, row);
        }
        let failed = |step: &&DeploymentStep| step.state == StepState::Failed;
        let failures: Vec<Value> = row
            .steps
            .iter()
            .filter(failed)
            .filter_map(|step| step.error.clone())
            .collect();
        if !failures.is_empty() {
            let error = refusal::failed(failures);
            return end(tx, row, DeploymentState::Failed, Some(error));
        }
        if !clear::add_steps(tx, &mut row) {
            return finish(tx, row, script);
        }
    }
}

/// Notes the steps whose work has ended.
fn settle(tx: &mut Tx<'_>, row: &mut Deployment) -> bool {
    let now = tx.now();
    let mut moved = false;
    for step in &mut row.steps {
        if step.state != StepState::Running {
            continue;
        }
        let id = step.operation.clone().unwrap_or_default();
        let (state, error) = match tx.arm.operations.get(&id) {
            Some(operation) => (operation.state, operation.error.clone()),
            None => (OperationState::Succeeded, None),
        };
        match state {
            OperationState::InProgress => continue,
            OperationState::Succeeded => step.state = StepState::Succeeded,
            OperationState::Failed | OperationState::Canceled => {
                let error = error.unwrap_or_default();
                step.state = StepState::Failed;
                step.status = StatusCode::CONFLICT.as_u16();
                // A deployment within this one says itself which of its steps has failed.
                let own = shown::is_deployment(&step.kind);
                step.error = Some(if own {
                    error
                } else {
                    refusal::ended_badly(&format!("{state:?}"), error)
                });
            }
        }
        step.changed = Some(now);
        moved = true;
    }
    moved
}

/// Begins the steps whose needs are there, side by side, unless one has failed before.
fn start(tx: &mut Tx<'_>, row: &mut Deployment, script: &Script) -> bool {
    let mut moved = false;
    for at in ready(row) {
        let outcome = match row.steps[at].action {
            StepAction::Delete => clear::delete(tx, row, at),
            _ => make(tx, row, script, at).map(Some),
        };
        let (now, step) = (tx.now(), &mut row.steps[at]);
        match outcome {
            Ok(None) => continue,
            Ok(Some(reply)) => note(step, &reply),
            Err((429, _)) if step.tries < TRIES => {
                step.tries += 1;
                continue;
            }
            Err((status, error)) => {
                (step.state, step.status) = (StepState::Failed, status);
                step.error = Some(error);
            }
        }
        step.started = Some(now);
        step.changed = Some(now);
        moved = true;
    }
    moved
}

/// Tells whether a step waits only because a provider has put it off.
fn put_off(row: &Deployment) -> bool {
    ready(row).iter().any(|at| row.steps[*at].tries > 0)
}

/// Returns the steps that may begin now.
fn ready(row: &Deployment) -> Vec<usize> {
    let is_there = |needed: &usize| {
        let state = row.steps[*needed].state;
        matches!(state, StepState::Succeeded | StepState::Unwanted)
    };
    let has_failed = row.steps.iter().any(|step| step.state == StepState::Failed);
    let all = row.steps.iter().enumerate();
    all.filter(|(_, step)| {
        !has_failed && step.state == StepState::Waiting && step.needs.iter().all(is_there)
    })
    .map(|(at, _)| at)
    .collect()
}

fn note(step: &mut DeploymentStep, reply: &Reply) {
    step.status = reply.status;
    step.operation = inside::operation(reply);
    step.state = match step.operation {
        Some(_) => StepState::Running,
        None => StepState::Succeeded,
    };
}

/// Waits for the first end of a step's work.
fn wait(tx: &mut Tx<'_>, row: Deployment) {
    let running = row.steps.iter().filter_map(|step| {
        let is_running = step.state == StepState::Running;
        let id = step.operation.as_ref().filter(|_| is_running)?;
        Some(tx.arm.operations.get(id)?.ends)
    });
    // A deployment within this one wakes it; what is over has been noted.
    let again = put_off(&row).then(|| later(tx.now(), tx.scaled(AGAIN)));
    let next = running.filter(|ends| *ends > tx.now()).chain(again).min();
    let key = row.id.to_lowercase();
    tx.arm.deployments.put(&key, row);
    if let Some(next) = next {
        tx.at(next, Due::Arm(ArmDue::Deploy(key)));
    }
}

/// Ends a deployment whose steps have all succeeded.
fn finish(tx: &mut Tx<'_>, mut row: Deployment, script: &Script) {
    let operation = tx.arm.operations.get(&row.operation);
    let (never, told) = match operation {
        Some(one) => (operation::is_endless(one), one.error.clone()),
        None => (false, None),
    };
    if never {
        return wait(tx, row);
    }
    if told.is_some() {
        return end(tx, row, DeploymentState::Failed, told);
    }
    let told = script.live(tx, &row, outputs);
    row.steps.push(evaluated(tx, &row, told.as_ref().err()));
    match told {
        Ok(told) => {
            row.outputs = Some(told);
            end(tx, row, DeploymentState::Succeeded, None);
        }
        Err(fault) => {
            let error = refusal::outputs(&fault);
            end(tx, row, DeploymentState::Failed, Some(error));
        }
    }
}

/// The step that evaluates the outputs.
fn evaluated(tx: &Tx<'_>, row: &Deployment, fault: Option<&Fault>) -> DeploymentStep {
    DeploymentStep {
        id: draft::step_id(&row.correlation, "outputs"),
        action: StepAction::EvaluateDeploymentOutput,
        target: String::new(),
        kind: String::new(),
        name: String::new(),
        version: String::new(),
        needs: Vec::new(),
        state: match fault {
            None => StepState::Succeeded,
            Some(_) => StepState::Failed,
        },
        tries: 0,
        started: Some(tx.now()),
        changed: Some(tx.now()),
        status: if fault.is_none() { 200 } else { 400 },
        operation: None,
        error: fault.map(refusal::outputs),
    }
}

/// Ends a deployment, its operation with it, and wakes the one around it.
pub(super) fn end(
    tx: &mut Tx<'_>,
    mut row: Deployment,
    state: DeploymentState,
    error: Option<Value>,
) {
    for step in &mut row.steps {
        step.state = match step.state {
            StepState::Waiting => StepState::Left,
            StepState::Running => StepState::Canceled,
            other => other,
        };
    }
    (row.state, row.changed) = (state, tx.now());
    row.error.clone_from(&error);
    let key = row.id.to_lowercase();
    tx.arm.deployments.put(&key, row.clone());
    let body = shown::deployment(tx, &row);
    if let Some(operation) = tx.arm.operations.edit(&row.operation) {
        operation.result = OperationResult::Body(body);
    }
    let state = match state {
        DeploymentState::Succeeded => OperationState::Succeeded,
        DeploymentState::Canceled => OperationState::Canceled,
        _ => OperationState::Failed,
    };
    operation::end(tx, &row.operation, state, error);
    if let Some(parent) = row.parent {
        let now = tx.now();
        tx.at(now, Due::Arm(ArmDue::Deploy(parent)));
    }
}
