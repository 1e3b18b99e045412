//! `check FILE…`: everything that can be known to be wrong without running, of all files at once.

use super::added;
use super::args::Check;
use super::console::Console;
use super::offline;
use super::script_file;
use crate::api::model::Service;
use crate::runbook::Header;
use crate::script::Source;
use crate::script::diagnostic::Severity;

/// Checks the files; the exit code is that of the gravest problem.
pub(super) fn check(console: &Console, args: &Check) -> u8 {
    let mut exit = 0;
    let mut problems = 0;
    for file in &args.files {
        match script_file::read(file) {
            Err(error) => {
                let code = console.fail(&error, None);
                exit = if exit == 0 { code } else { exit };
                problems += 1;
            }
            Ok(source) => {
                let found = findings(console, &source);
                problems += found.count;
                exit = if exit == 0 { found.exit } else { exit };
            }
        }
    }
    if problems == 0 {
        let files = match args.files.len() {
            1 => "1 file".to_owned(),
            count => format!("{count} files"),
        };
        console.say(&format!("{files} checked, no problems"));
    }
    exit
}

/// What a check of one file came to.
#[derive(Debug)]
pub(super) struct Found {
    /// How many findings there are, warnings included.
    pub(super) count: usize,
    /// The exit code; 0 when nothing stops the script.
    pub(super) exit: u8,
    /// What the script says about itself.
    pub(super) header: Header,
    /// The services that it can call.
    pub(super) services: Vec<&'static Service>,
}

/// Shows every finding about a script.
pub(super) fn findings(console: &Console, source: &Source) -> Found {
    let services = match added::for_script(source) {
        Ok(services) => services,
        Err(error) => {
            return Found {
                count: 1,
                exit: console.fail(&error, Some(source)),
                header: Header::default(),
                services: Vec::new(),
            };
        }
    };
    let (header, checked) = offline::check(source, &services);
    let mut found = Found {
        count: checked.findings.len(),
        exit: 0,
        header,
        services,
    };
    for finding in checked.findings {
        let exit = console.show(
            &finding.error,
            finding.severity,
            Some(source),
            &checked.modules,
        );
        if finding.severity == Severity::Error && found.exit == 0 {
            found.exit = exit;
        }
    }
    found
}
