//! Jobs: work at a service that goes on behind an operation and outlives its answer.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Operation;

/// `job: { read: backup_job, wait: job }`: the operation makes a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Name of the operation of the same service that reads the job; the job's id is the last part
    /// of its path.
    pub read: &'static str,
    /// What a call waits for that does not say.
    pub wait: Level,
}

impl Job {
    /// Name of the option that says what is waited for.
    pub const OPTION: &'static str = "wait";
}

/// How far work is followed.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// `lro`: to the end of the operation itself; a job that it made may go on.
    Operation,
    /// `job`: to the end of the job.
    Job,
}

impl Level {
    /// All levels, by the words of documents and scripts.
    pub const WORDS: [(&'static str, Self); 2] = [("lro", Self::Operation), ("job", Self::Job)];

    /// Returns the word of documents and scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operation => "lro",
            Self::Job => "job",
        }
    }

    /// Returns the level that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        let mut words = Self::WORDS.into_iter();
        words
            .find(|(name, _)| *name == word)
            .map(|(_, level)| level)
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operation => "Level::Operation",
            Self::Job => "Level::Job",
        })
    }
}

impl Operation {
    /// Returns the options that the host adds to those of the description.
    pub fn host_options(&self) -> impl Iterator<Item = &'static str> {
        let wait = self.job.map(|_| Job::OPTION);
        let timeout = self.is_long().then_some("timeout");
        timeout.into_iter().chain(wait)
    }
}
