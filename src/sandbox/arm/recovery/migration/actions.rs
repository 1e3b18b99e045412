//! What is asked of a migration: tests and their clean-up, the move itself, pauses, deletion. An
//! action that the state does not allow is refused with those that it does. Source: recovery
//! reference §5.6, §9.3.

use serde_json::{Map, Value};

use super::course::{Course, Running};
use super::enable::TARGET_KIND;
use super::state::Doing;
use super::{end, points, settings};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::recovery::input::Input;
use crate::sandbox::arm::recovery::job::{self, Start, Step};
use crate::sandbox::arm::recovery::refusal::not_allowed;
use crate::sandbox::arm::recovery::{REPLICATION, chore, site};
use crate::sandbox::arm::{body, resource};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Diagnosis, JobWork, Tx, VaultObject};

/// Full type of virtual networks.
const VNET: &str = "Microsoft.Network/virtualNetworks";

/// How an action is called, and what its job does; the reference names neither scenarios nor times.
struct Plan {
    doing: Doing,
    right: &'static str,
    title: &'static str,
    tasks: &'static [Step],
}

const TEST: Plan = Plan {
    doing: Doing::TestMigrate,
    right: "testMigrate/action",
    title: "Test migration",
    tasks: &[
        ("PrerequisiteTask", "Checking the prerequisites", 30),
        ("CreateTask", "Creating the test virtual machine", 180),
        ("StartTask", "Starting the virtual machine", 90),
    ],
};

const CLEAN: Plan = Plan {
    doing: Doing::TestMigrateCleanup,
    right: "testMigrateCleanup/action",
    title: "Clean up test migration",
    tasks: &[("CleanupTask", "Deleting the test virtual machine", 90)],
};

const MIGRATE: Plan = Plan {
    doing: Doing::Migrate,
    right: "migrate/action",
    title: "Migrate",
    tasks: &[
        ("PrerequisiteTask", "Checking the prerequisites", 30),
        ("ShutdownTask", "Shutting down the source", 60),
        ("FinalCopyTask", "Copying what has changed", 180),
        ("CreateTask", "Creating the virtual machine", 180),
    ],
};

const RESYNC: Plan = Plan {
    doing: Doing::StartResync,
    right: "resync/action",
    title: "Resynchronize",
    tasks: &[("ResyncTask", "Comparing the disks", 600)],
};

const PAUSE: Plan = Plan {
    doing: Doing::PauseReplication,
    right: "pauseReplication/action",
    title: "Pause replication",
    tasks: &[("PauseTask", "Pausing the replication", 45)],
};

const RESUME: Plan = Plan {
    doing: Doing::ResumeReplication,
    right: "resumeReplication/action",
    title: "Resume replication",
    tasks: &[("ResumeTask", "Resuming the replication", 45)],
};

const REMOVE: Plan = Plan {
    doing: Doing::DisableMigration,
    right: "delete",
    title: "Disable migration",
    tasks: &[("DisableTask", "Disabling the migration", 60)],
};

/// What a body has to say besides that the action is allowed.
type Check = fn(&Tx<'_>, &VaultObject, Input<'_>) -> Result<(), Refusal>;

/// Makes a machine to try.
pub(super) fn test_migrate(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    act(request, tx, &TEST, |tx, item, input| {
        let details = inner(input)?;
        let input = input.within(&details);
        settings::instance(input)?;
        let text = input.need("networkId")?;
        let id = Id::parse(&item.id).unwrap_or_default();
        let network = site::linked(tx, &id, text, VNET);
        let network = network.ok_or_else(|| input.absent("networkId", "virtual network", text))?;
        if network.location.as_deref() != end::region(item) {
            return Err(input.wrong("networkId", "It is not in the region of the target."));
        }
        let point = input.need("recoveryPointId")?;
        if !points::has(tx, item, point) {
            return Err(input.absent("recoveryPointId", "recovery point", point));
        }
        Ok(())
    })
}

/// Takes away what a test has made.
pub(super) fn test_migrate_cleanup(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    act(request, tx, &CLEAN, |_, _, input| {
        input.text("comments").map(drop)
    })
}

/// Moves the machine.
pub(super) fn migrate(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    act(request, tx, &MIGRATE, |_, _, input| {
        let details = inner(input)?;
        let input = input.within(&details);
        settings::instance(input)?;
        match input.one_of("performShutdown", &["true", "false"])? {
            Some(_) => Ok(()),
            None => Err(input.missing("performShutdown")),
        }
    })
}

/// Compares the copy with its source.
pub(super) fn resync(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    act(request, tx, &RESYNC, |_, _, input| {
        settings::instance(input.within(&inner(input)?))
    })
}

/// Stops the replication for a time.
pub(super) fn pause(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    act(request, tx, &PAUSE, |_, _, input| settings::instance(input))
}

/// Goes on with a replication that was stopped.
pub(super) fn resume(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    act(request, tx, &RESUME, |_, _, input| {
        settings::instance(input.within(&inner(input)?))
    })
}

fn inner(input: Input<'_>) -> Result<Map<String, Value>, Refusal> {
    let found = body::member(input.members, "providerSpecificDetails")?;
    if found.is_empty() {
        return Err(input.missing("providerSpecificDetails"));
    }
    Ok(found)
}

fn act(request: &Request, tx: &mut Tx<'_>, plan: &Plan, check: Check) -> Outcome {
    let asked = ask(request, tx, REPLICATION, plan.right)?;
    let item = asked.found()?;
    let course = allowed(request, tx, &asked, plan.doing)?;
    let input = Input {
        request,
        members: &asked.properties,
        path: "properties",
    };
    check(tx, item, input)?;
    let work = JobWork::Act(plan.doing.word().to_owned());
    // A clean-up is Azure's alone.
    let asks_agent = plan.doing != Doing::TestMigrateCleanup;
    Ok(begin(
        request,
        tx,
        (&asked, course),
        (plan, work, asks_agent),
    ))
}

/// Returns the course of an item that may do something now.
fn allowed(request: &Request, tx: &Tx<'_>, asked: &Asked, doing: Doing) -> Result<Course, Refusal> {
    let course = Course::of(tx, asked.found()?);
    let course = course.ok_or_else(|| resource::missing(&asked.id))?;
    if course.state.allowed().contains(&doing) {
        return Ok(course);
    }
    let refused = not_allowed(asked.id.name(), doing.word(), &course.state.words());
    Err(refused.refuse(request, 409))
}

fn begin(
    request: &Request,
    tx: &mut Tx<'_>,
    (asked, mut course): (&Asked, Course),
    (plan, work, asks_agent): (&Plan, JobWork, bool),
) -> Reply {
    let failure = asks_agent.then(|| site::unreachable(tx, asked)).flatten();
    let start = Start {
        target_kind: TARGET_KIND,
        shows: !matches!(work, JobWork::Remove(_)),
        failure: failure.map(|failure| (0, failure)),
        ..Start::new(plan.doing.word(), plan.title, plan.tasks, work)
    };
    let (key, reply) = job::begin(tx, request, asked, start);
    course.state = course.state.begun(plan.doing);
    course.job = Running::of(tx, &key);
    course.keep(tx, &asked.id.key());
    reply
}

/// Disables a migration: 204 when there is none. `deleteOption=force` asks neither the state nor the
/// agent; what a test has made then stays.
pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, REMOVE.right)?;
    let option = request
        .query("deleteOption")
        .filter(|text| !text.is_empty());
    let forced = option.is_some_and(|option| option.eq_ignore_ascii_case("force"));
    if let (Some(option), false) = (option, forced) {
        let diagnosis = Diagnosis::new(
            "150175",
            format!("The value '{option}' of 'deleteOption' is not supported."),
            "The only value is 'force'.",
            "Send 'deleteOption=force', or leave it out.",
        );
        return Err(diagnosis.refuse(request, 400));
    }
    chore::free(tx, request, &asked, true)?;
    let Some(item) = &asked.object else {
        return Ok(Reply::empty(204));
    };
    let course = if forced {
        Course::of(tx, item).ok_or_else(|| resource::missing(&asked.id))?
    } else {
        allowed(request, tx, &asked, REMOVE.doing)?
    };
    let work = JobWork::Remove(asked.id.key());
    Ok(begin(
        request,
        tx,
        (&asked, course),
        (&REMOVE, work, !forced),
    ))
}
