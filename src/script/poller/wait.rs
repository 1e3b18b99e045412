//! Waiting for pollers: for one, or for many at once, which come back like the outcomes of
//! `parallel`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rhai::{Dynamic, Map};

use super::{Poller, job, time};
use crate::base::duration;
use crate::error::{Code, Error};
use crate::http::{Ended, Looks, Stand, Wait, Watch};
use crate::report::Task;
use crate::run::lane;
use crate::script::error::{Thrown, argument, describe};
use crate::script::host::Host;
use crate::script::invoke;
use crate::script::outcome::{Outcome, Outcomes};
use crate::script::parallel::unique;

impl Poller {
    /// Waits for the end and returns what the operation gives.
    pub(in crate::script) fn wait(&self, patience: Option<Duration>) -> Result<Dynamic, Error> {
        let task = self.0.host.settings.progress.start(&self.operation());
        let watch = Box::new(move |stand: &Stand<'_>| task.note(&words(stand)));
        self.look(Looks::All, patience, watch)?
            .unwrap_or_else(|| Err(lost()))
    }

    /// Looks once, not earlier than the service allows.
    pub(super) fn refresh(&self) -> Result<(), Error> {
        if self.is_done() {
            return Ok(());
        }
        let result = self.look(Looks::One, None, Box::new(|_| {}))?;
        match result {
            // How the operation failed is told by whoever waits for it.
            Some(Err(error)) if !self.is_done() => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns what it is called among others: the path of what it works on.
    fn name(&self) -> String {
        let now = self.now();
        let target = now.poller.as_ref().map(|one| one.call().target.as_str());
        let path = target.and_then(|target| target.split('?').next());
        path.map_or_else(|| self.0.op.full_name(), str::to_owned)
    }

    fn look(
        &self,
        looks: Looks,
        patience: Option<Duration>,
        watch: Watch,
    ) -> Result<Option<Result<Dynamic, Error>>, Error> {
        let wait = self.waited(looks, patience)?;
        let door = &self.0.host.settings.door;
        let ended = door.wait(vec![wait], watch).pop().ok_or_else(lost)?;
        Ok(self.given(ended))
    }

    /// Takes a wait's end and returns what it gives: the job, where one was waited for.
    fn given(&self, ended: Ended) -> Option<Result<Dynamic, Error>> {
        let (op, origin) = job::answered(self, &ended.poller);
        self.put_back(ended.poller);
        let result = ended.result?;
        Some(result.and_then(|answer| invoke::given(&self.0.host, op, &answer, &origin)))
    }

    fn waited(&self, looks: Looks, patience: Option<Duration>) -> Result<Wait, Error> {
        Ok(Wait {
            poller: self.take()?,
            patience: patience.unwrap_or(self.0.patience),
            looks,
            step: lane::next_step(&self.operation()),
        })
    }
}

/// `wait_all(pollers[, #{ timeout }])`.
pub(super) fn wait_all(
    host: &Arc<Host>,
    pollers: &Dynamic,
    options: &Map,
) -> Result<Outcomes, Error> {
    let patience = options_of("wait_all", options)?;
    let pollers = each(pollers)?;
    let mut names = HashMap::new();
    let mut keys = pollers.iter().map(|one| unique(&mut names, one.name()));
    // One that is named twice is waited for once.
    let places = first_places(&pollers);
    let alone = |at: &usize| places[*at] == *at;
    let mut waits: Vec<(usize, Wait)> = Vec::new();
    for at in (0..pollers.len()).filter(alone) {
        match pollers[at].waited(Looks::All, patience) {
            Ok(wait) => waits.push((at, wait)),
            Err(error) => {
                for (at, wait) in waits {
                    pollers[at].put_back(wait.poller);
                }
                return Err(error);
            }
        }
    }
    let waits = waits.into_iter().map(|(_, wait)| wait).collect();
    let task = host.settings.progress.start("wait_all");
    let ended = host.settings.door.wait(waits, shown(task));
    let mut results: HashMap<usize, Result<Dynamic, Error>> = HashMap::new();
    for (at, ended) in (0..pollers.len()).filter(alone).zip(ended) {
        let result = pollers[at].given(ended);
        results.insert(at, result.unwrap_or_else(|| Err(lost())));
    }
    let mut outcomes = Vec::new();
    for (at, one) in pollers.iter().enumerate() {
        let result = match results.get(&places[at]) {
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(error)) if !error.code().catchable() => return Err(error.clone()),
            Some(Err(error)) => Err(Thrown(Arc::new(error.clone()))),
            None => Err(Thrown(Arc::new(lost()))),
        };
        outcomes.push(Outcome {
            key: keys.next().unwrap_or_default(),
            item: Dynamic::from(one.clone()),
            result,
        });
    }
    Ok(Outcomes::new(host, outcomes))
}

/// Returns the `timeout` among the options of a wait.
pub(super) fn options_of(of: &str, options: &Map) -> Result<Option<Duration>, Error> {
    let mut patience = None;
    for (name, value) in options {
        match name.as_str() {
            "timeout" => patience = Some(time::patience(of, value)?),
            name => {
                let message = format!("`{of}` has no option `{name}`");
                return Err(argument(message).help("it has: timeout"));
            }
        }
    }
    Ok(patience)
}

fn each(pollers: &Dynamic) -> Result<Vec<Poller>, Error> {
    let Ok(items) = pollers.as_array_ref() else {
        let what = describe(pollers);
        return Err(
            argument(format!("`wait_all` takes an array of pollers, not {what}"))
                .help("a poller is what `begin_…` returns"),
        );
    };
    let one = |(number, item): (usize, &Dynamic)| {
        item.read_lock::<Poller>()
            .map(|one| one.clone())
            .ok_or_else(|| {
                let what = describe(item);
                argument(format!(
                    "`wait_all` takes an array of pollers, and item {number} is {what}"
                ))
                .help("a poller is what `begin_…` returns")
            })
    };
    items.iter().enumerate().map(one).collect()
}

/// Returns for each poller where it stands first.
fn first_places(pollers: &[Poller]) -> Vec<usize> {
    let mut seen = HashMap::new();
    let each = pollers.iter().enumerate();
    each.map(|(at, one)| *seen.entry(Arc::as_ptr(&one.0)).or_insert(at))
        .collect()
}

/// Says how many have ended.
fn shown(task: Box<dyn Task>) -> Watch {
    Box::new(move |stand: &Stand<'_>| {
        let (done, of) = (stand.done, stand.of);
        let time = duration::write(stand.elapsed);
        task.note(&format!("{done} of {of} done {time}"));
    })
}

/// Says how one operation stands: `Running, Create the machine (2 of 5), 40% 2m`.
fn words(stand: &Stand<'_>) -> String {
    let task = stand.last.task();
    let task = task.map_or_else(String::new, |task| format!(", {task}"));
    let percent = stand.last.percent().map_or_else(String::new, |percent| {
        format!(", {}%", percent.clamp(0.0, 100.0).round())
    });
    let time = duration::write(stand.elapsed);
    format!("{}{task}{percent} {time}", stand.last.state())
}

fn lost() -> Error {
    Error::new(Code::Internal, "a wait ended without a result")
}
