//! Jobs of Recovery Services: the work that goes on behind an operation. Site Recovery names the job
//! in the headers of the first answer; Backup tells it when the operation itself has succeeded, which
//! means no more than that the job was made. Sources: Azure REST API reference, Site Recovery
//! (replication jobs) and Backup (operation statuses, jobs); what the clients of 2015 to 2017 do.

use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::pace::{self, Pace};
use super::place::Place;
use super::said::{self, at};
use super::{Kind, Next, Poller, failure};
use crate::api::model::Final;
use crate::base::clock::Timestamp;
use crate::error::Error;
use crate::http::call::Call;
use crate::http::response::Response;

/// How often a job may be absent that was made a moment ago. The reference names no bound.
const ABSENT: u32 = 10;

/// Where the jobs of a vault are read: what stands before and behind the id of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobsAt {
    pub(super) before: String,
    pub(super) behind: String,
}

impl JobsAt {
    /// Takes the target of the call that reads a job, without its id.
    pub fn new(target: &str) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        Self {
            before: path.to_owned(),
            behind: target[path.len()..].to_owned(),
        }
    }

    /// Returns whether the headers of the first answer name the job.
    fn named_by_header(&self) -> bool {
        let path = self.before.to_ascii_lowercase();
        path.ends_with("/replicationjobs/")
    }

    /// Returns where the job of that id is read.
    fn job(&self, id: &str) -> String {
        format!("{}{id}{}", self.before, self.behind)
    }
}

/// A job that is read until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    /// Where it is read.
    pub(super) target: String,
    /// How often it was absent since it was made; `None`: it was read.
    pub(super) absent: Option<u32>,
}

impl Job {
    pub(super) fn new(target: String) -> Self {
        Self {
            target,
            absent: Some(0),
        }
    }
}

/// What a state of a job means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It is over, or waits for somebody: the job is the result.
    Over,
    /// It has failed.
    Failed,
}

impl End {
    /// Returns what a state means; `None`: the job goes on. Backup names its states `status`.
    fn of(state: &str) -> Option<Self> {
        const OVER: [&str; 8] = [
            "Succeeded",
            "Cancelled",
            "Canceled",
            "Suspended",
            "CompletedWithInformation",
            "PartiallySucceeded",
            "Completed",
            "CompletedWithWarnings",
        ];
        let is = |word: &str| state.eq_ignore_ascii_case(word);
        if is("Failed") {
            return Some(Self::Failed);
        }
        OVER.into_iter().any(is).then_some(Self::Over)
    }
}

impl Poller {
    /// Takes the first answer of a call that makes a job, to wait for the job. An answer that makes
    /// none ends the call as if nobody had asked for one.
    pub fn of_job(
        call: Call,
        (via, jobs): (Final, JobsAt),
        root: &url::Url,
        first: Response,
        now: Timestamp,
    ) -> Self {
        let mut poller = Self::taking(call, root, first.clone());
        let next = poller.start_job(via, jobs, first, now);
        poller.turn(next);
        poller
    }

    /// Reads a job that is known by its id: `call` reads it.
    pub fn watching(call: Call, root: &url::Url, now: Timestamp) -> Self {
        let job = Job::new(call.target.clone());
        let mut poller = Self::unanswered(call, root);
        poller.next = Next::Look(poller.look(&job.target), now);
        poller.kind = Kind::Job(job);
        poller
    }

    /// Returns where the job is read, once it is known: what was begun ends with it.
    pub fn job(&self) -> Option<&str> {
        match &self.kind {
            Kind::Job(job) => Some(&job.target),
            _ => None,
        }
    }

    /// Returns the id of the job, as it stands in the path.
    pub(super) fn job_id(&self) -> &str {
        self.job().and_then(last).unwrap_or_default()
    }

    /// Returns whether a job is waited for that is not known yet.
    pub fn awaits_job(&self) -> bool {
        self.jobs.is_some()
    }

    fn start_job(
        &mut self,
        via: Final,
        jobs: JobsAt,
        first: Response,
        now: Timestamp,
    ) -> Result<Next, Error> {
        if first.status != StatusCode::ACCEPTED {
            return self.start_azure(via, first, now);
        }
        if !jobs.named_by_header() {
            self.jobs = Some(jobs);
            return self.start_azure(via, first, now);
        }
        match self.named(&first)? {
            Some(id) => {
                let at = pace::first(&first, now);
                Ok(self.read_job(jobs.job(&id), at))
            }
            None => Err(failure::nowhere(self)),
        }
    }

    /// Returns the id of the job that headers name: the last part of `Location`, else of
    /// `Azure-AsyncOperation`.
    fn named(&self, first: &Response) -> Result<Option<String>, Error> {
        for name in ["location", "azure-asyncoperation"] {
            let link = first.header(name).filter(|link| !link.is_empty());
            let Some(link) = link else { continue };
            let place = Place::new(self, &first.url, link)?;
            if let Some(id) = last(&place.target) {
                return Ok(Some(id.to_owned()));
            }
        }
        Ok(None)
    }

    /// Goes on with the job that the finished operation names, if one is waited for and it names one.
    pub(super) fn job_of(&mut self, done: &Response, now: Timestamp) -> Option<Next> {
        let jobs = self.jobs.take()?;
        let status = said::json(&done.body);
        let one = at(&status, "properties.jobId");
        let one = one.or_else(|| at(&status, "properties.jobIds")?.get(0));
        let id = one?.as_str().filter(|id| is_id(id))?;
        let id = utf8_percent_encode(id, UNRESERVED).to_string();
        Some(self.read_job(jobs.job(&id), pace::first(done, now)))
    }

    fn read_job(&mut self, target: String, at: Timestamp) -> Next {
        let look = self.look(&target);
        // What was told so far was the state of the operation.
        self.state.clear();
        self.percent = None;
        self.kind = Kind::Job(Job::new(target));
        Next::Look(look, at)
    }

    /// Takes what was read of the job.
    pub(super) fn step_job(&mut self, answer: Response, now: Timestamp) -> Result<Next, Error> {
        let Kind::Job(job) = &mut self.kind else {
            return Ok(Next::Done(answer));
        };
        if answer.status == StatusCode::NOT_FOUND {
            // A job that was just made need not be there yet.
            return match job.absent {
                Some(times) if times + 1 < ABSENT => {
                    job.absent = Some(times + 1);
                    Ok(self.again(&answer, Pace::AZURE, now))
                }
                Some(_) => Err(failure::no_job(self, &answer)),
                None => Err(failure::absent(self, &answer)),
            };
        }
        job.absent = None;
        failure::unless_documented(self, &answer)?;
        if answer.status == StatusCode::ACCEPTED {
            return Ok(self.again(&answer, Pace::AZURE, now));
        }
        let object: Value = serde_json::from_slice(&answer.body)
            .map_err(|why| failure::unfit(self, &answer, &why))?;
        let state = ["properties.state", "properties.status"];
        let mut state = state.iter().filter_map(|path| at(&object, path)?.as_str());
        let Some(state) = state.next() else {
            return Err(failure::stateless(self));
        };
        self.tell(Some(state));
        let done = at(&object, "properties.extendedInfo.progressPercentage");
        self.percent = done.and_then(Value::as_f64).or(self.percent);
        self.task = task(&object);
        match End::of(state) {
            None => Ok(self.again(&answer, Pace::AZURE, now)),
            Some(End::Over) => Ok(Next::Done(answer)),
            Some(End::Failed) => Err(failure::of_job(self, &answer, &object)),
        }
    }
}

/// What stands as it is in an id.
const UNRESERVED: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Returns the last part of a path, if it can be the id of a job.
fn last(target: &str) -> Option<&str> {
    let path = target.split('?').next().unwrap_or_default();
    path.rsplit('/').next().filter(|id| is_id(id))
}

/// Returns whether a text can be the id of a job; where there is none, some objects name `None`.
fn is_id(text: &str) -> bool {
    !text.is_empty() && !matches!(text, "." | "..") && !text.eq_ignore_ascii_case("none")
}

/// Returns the task that is under way, or is next: `Create the virtual machine (2 of 5)`.
fn task(job: &Value) -> Option<String> {
    let lists = ["properties.tasks", "properties.extendedInfo.tasksList"];
    let mut lists = lists.iter().filter_map(|path| at(job, path)?.as_array());
    let tasks = lists.find(|tasks| !tasks.is_empty())?;
    let word = |task: &Value, keys: [&str; 3]| {
        let mut words = keys.iter().filter_map(|key| task[key].as_str());
        words.find(|word| !word.is_empty()).map(str::to_owned)
    };
    let state = |task: &Value| word(task, ["state", "status", ""]).unwrap_or_default();
    let is_new = |task: &Value| state(task).eq_ignore_ascii_case("NotStarted");
    let goes_on = |task: &Value| End::of(&state(task)).is_none() && !is_new(task);
    let under_way = tasks.iter().position(goes_on);
    let number = under_way.or_else(|| tasks.iter().position(is_new))?;
    let name = word(&tasks[number], ["friendlyName", "taskId", "name"])?;
    Some(format!("{name} ({} of {})", number + 1, tasks.len()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_task_under_way_is_told_by_its_name_and_number() {
        let check = |job: Value, expected: Option<&str>| {
            assert_eq!(
                task(&json!({ "properties": job })).as_deref(),
                expected,
                "{job}"
            );
        };
        let one = |name: &str, state: &str| json!({ "friendlyName": name, "taskId": "id", "state": state });
        check(
            json!({ "tasks": [one("Prepare", "Succeeded"), one("Create", "InProgress"), one("Start", "NotStarted")] }),
            Some("Create (2 of 3)"),
        );
        check(
            json!({ "tasks": [one("Prepare", "Succeeded"), one("", "NotStarted")] }),
            Some("id (2 of 2)"),
        );
        check(json!({ "tasks": [one("Prepare", "Succeeded")] }), None);
        check(json!({ "tasks": [] }), None);
        check(json!({}), None);
        let backup = json!([{ "taskId": "Take Snapshot", "status": "Completed" }, { "taskId": "Transfer data to vault", "status": "InProgress" }]);
        check(
            json!({ "extendedInfo": { "tasksList": backup } }),
            Some("Transfer data to vault (2 of 2)"),
        );
    }

    #[test]
    fn a_state_ends_a_job_or_it_goes_on() {
        let check = |state: &str, expected| assert_eq!(End::of(state), expected, "{state}");
        for state in [
            "Succeeded",
            "cancelled",
            "Suspended",
            "CompletedWithInformation",
            "PartiallySucceeded",
            "Completed",
            "CompletedWithWarnings",
        ] {
            check(state, Some(End::Over));
        }
        check("Failed", Some(End::Failed));
        for state in ["NotStarted", "InProgress", "Cancelling", "Other", "Odd", ""] {
            check(state, None);
        }
    }

    #[test]
    fn an_id_is_the_last_part_of_a_path() {
        let check = |target: &str, expected| assert_eq!(last(target), expected, "{target}");
        check(
            "/v/operationresults/2f6e?api-version=2015-08-10",
            Some("2f6e"),
        );
        check("/v/replicationOperationStatus/a%3B", Some("a%3B"));
        check("/v/replicationJobs/None", None);
        check("/v/operationresults/?a=/b", None);
        check("/v/..", None);
    }
}
