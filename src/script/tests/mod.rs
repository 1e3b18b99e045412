//! Whole scripts against canned answers.

mod added;
mod auth;
mod azure;
mod bodies;
mod calls;
mod graph;
mod lanes;
mod pollers;
mod records;
mod recovery;
mod runs;

use super::testing::{self, Stage};
use super::{Session, Source, Value};
use crate::error::{Code, Error};

const A: &str = "11111111-aaaa-4aaa-8aaa-111111111111";
const B: &str = "22222222-aaaa-4aaa-8aaa-222222222222";

fn customers() -> String {
    format!(
        r#"{{"totalCount":2,"items":[
            {{"id":"{A}","companyProfile":{{"companyName":"Fabrikam","domain":"fabrikam.onmicrosoft.com"}},"extra":12.3400}},
            {{"id":"{B}","companyProfile":{{"companyName":"Northwind"}}}}]}}"#
    )
}

fn run(stage: &Stage, script: &str) -> Result<Option<String>, Error> {
    Session::new(stage.settings.clone()).run(&Source::new("test.rhai", script))
}

fn value(stage: &Stage, script: &str) -> String {
    let value = run(stage, script).unwrap_or_else(|error| panic!("{script}\n{error:#?}"));
    value.unwrap_or_default()
}

fn check(script: &str, expected: &str) {
    assert_eq!(value(&testing::session(&[]), script), expected, "{script}");
}

fn fails(script: &str) -> Error {
    failed(&testing::session(&[]), script)
}

fn failed(stage: &Stage, script: &str) -> Error {
    match run(stage, script) {
        Ok(value) => panic!("{script} gave {value:?}"),
        Err(error) => error,
    }
}

/// Checks code, place, message and help of an error.
fn fault(stage: &Stage, script: &str, expected: &str) {
    let error = failed(stage, script);
    let parts = error.parts();
    let at = parts.at.as_ref().map_or("nowhere".to_owned(), |at| {
        format!("{}{}:{}+{}", at.source, at.line, at.column, at.length)
    });
    let help = parts.help.clone().unwrap_or_default();
    assert_eq!(
        format!("{} {at} {error} | {help}", error.code()),
        expected,
        "{script}"
    );
}
