//! A deployment that only might be: it runs to its end at once, in a world that is thrown away.

use super::{begin, run, shown};
use crate::sandbox::arm::access::Azure;
use crate::sandbox::arm::operation;
use crate::sandbox::store::{Deployment, DeploymentStep, StepState, Tx, World};

/// How often at most a deployment is asked to go on: more than any has steps.
const ROUNDS: usize = 2000;

/// Runs a deployment, lets somebody look at what came of it, and undoes everything.
pub(super) fn simulate<T>(
    tx: &mut Tx<'_>,
    azure: &Azure,
    row: Deployment,
    look: impl FnOnce(&mut Tx<'_>, &Deployment) -> T,
) -> T {
    let before: World = (**tx).clone();
    // What controls have said of the next operations is for those that really are.
    tx.arm.endings.forget(|_| true);
    let key = begin::keep(tx, azure, row.clone());
    drive(tx, &key);
    let ended = tx.arm.deployments.get(&key).cloned().unwrap_or(row);
    let seen = look(tx, &ended);
    **tx = before;
    seen
}

/// Ends the work of every step as soon as it has begun.
fn drive(tx: &mut Tx<'_>, key: &str) {
    for _ in 0..ROUNDS {
        run::go_on(tx, key);
        let row = tx.arm.deployments.get(key).cloned();
        let Some(row) = row.filter(|row| row.state.is_active()) else {
            return;
        };
        let running = |step: &&DeploymentStep| step.state == StepState::Running;
        if !row.steps.iter().any(|step| running(&step)) {
            return;
        }
        for step in row.steps.iter().filter(running) {
            if shown::is_deployment(&step.kind) {
                drive(tx, &step.target.to_lowercase());
            } else if let Some(id) = &step.operation {
                operation::finish(tx, id);
            }
        }
    }
}

/// Returns the steps of a deployment and of those within it, in place of which theirs stand.
pub(super) fn steps(tx: &Tx<'_>, row: &Deployment) -> Vec<DeploymentStep> {
    let mut all = Vec::new();
    for step in &row.steps {
        let within = shown::is_deployment(&step.kind)
            .then(|| tx.arm.deployments.get(&step.target))
            .flatten()
            .filter(|within| within.parent.as_deref() == Some(&row.id.to_lowercase()));
        match within {
            Some(within) => all.extend(steps(tx, within)),
            None => all.push(step.clone()),
        }
    }
    all
}
