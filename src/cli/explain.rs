//! `explain CODE`: what an error's code means, from the codes themselves.

use serde_json::json;

use super::args::{Explain, OutputFormat};
use super::console::Console;
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};

/// Explains one code, or lists all.
pub(super) fn explain(console: &Console, args: &Explain) -> u8 {
    let Some(text) = &args.code else {
        return list(console);
    };
    match Code::parse(text) {
        Some(code) if console.globals.output == OutputFormat::Table => {
            let (exit, about) = (code.exit(), code.about());
            console.print(&format!("{code} (exit code {exit})\n{about}\n"))
        }
        Some(code) => console.finish(|output| output.result(&row(code))),
        None => console.fail(&unknown(text), None),
    }
}

fn list(console: &Console) -> u8 {
    let rows: Vec<String> = Code::ALL.iter().map(|code| row(*code)).collect();
    console.finish(|output| output.table(None, &rows))
}

fn row(code: Code) -> String {
    json!({ "code": code.as_str(), "exit": code.exit(), "about": code.about() }).to_string()
}

fn unknown(text: &str) -> Error {
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let error = Error::new(Code::UsageArgument, format!("there is no code `{text}`"));
    match did_you_mean(text, codes) {
        Some(meant) => error.help(format!("did you mean `tenantry explain {meant}`?")),
        None => error.help("`tenantry explain` lists all codes"),
    }
}
