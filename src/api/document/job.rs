//! `job: { read: backup_job, wait: job }`: that an operation makes a job, which operation reads it,
//! and what a call waits for that does not say.

use super::model::{Job, Level, Operation, Output, Place, Waiting};
use super::node::Source;
use super::operation::Draft;
use super::words::{Words, choose, only, text};

/// Reads the word.
pub(super) fn read(source: &Source<'_>, words: &Words<'_>, waiting: Waiting) -> Option<Job> {
    let node = words.get("job")?;
    only(source, &node, &["read", "wait"]);
    if !matches!(waiting, Waiting::Azure(_)) {
        source.problems.add(
            &node,
            "stands only beside `x-ms-long-running-operation: true`",
        );
    }
    let Some(read) = node.text_of("read") else {
        source
            .problems
            .add(&node, "must read like `{ read: backup_job, wait: job }`");
        return None;
    };
    let wait = choose(source, node.get(Job::OPTION), &Level::WORDS);
    Some(Job {
        read: text(read),
        wait: wait.unwrap_or(Level::Operation),
    })
}

/// Checks that the operation named by `read` reads a job: one record, at a path that ends with its
/// id and whose other parameters the operation has as well.
pub(super) fn check(source: &Source<'_>, draft: &Draft<'_>, read: &Draft<'_>) {
    let (own, of) = (&draft.operation, &read.operation);
    let is_record = matches!(of.output, Output::One(_));
    let mut before: Vec<&str> = of.in_path().map(|param| param.name).collect();
    let last = before.pop();
    let ends = last.is_some() && of.path.ends_with('}');
    let has = |name: &&str| own.in_path().any(|param| param.name == *name);
    if !is_record || !ends || !before.iter().all(has) {
        let name = of.name;
        source.problems.add(
            &draft.node,
            format!("`{name}` does not read a job by its id beneath what this is about"),
        );
    }
    is_free(source, draft, own);
}

/// A parameter of that name would stand in the way of the option.
fn is_free(source: &Source<'_>, draft: &Draft<'_>, operation: &Operation) {
    let mut params = operation.params.iter();
    if params.any(|param| param.name == Job::OPTION && param.place != Place::Path) {
        let text = format!("the option `{}` is that of the job", Job::OPTION);
        source.problems.add(&draft.node, text);
    }
}
