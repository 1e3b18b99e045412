//! `explain CODE`: what an error's code means, or all codes of a family, from the codes themselves.

use serde_json::json;

use super::args::{Explain, OutputFormat};
use super::console::Console;
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};

/// Explains one code, or lists those of a family, or all.
pub(super) fn explain(console: &Console, args: &Explain) -> u8 {
    let Some(text) = &args.code else {
        return list(console, Code::ALL.iter().copied());
    };
    match Code::parse(text) {
        Some(code) if console.globals.output == OutputFormat::Table => {
            let (exit, about) = (code.exit(), code.about());
            console.print(&format!("{code} (exit code {exit})\n{about}\n"))
        }
        Some(code) => console.finish(|output| output.result(&row(code))),
        None => match family(text).as_slice() {
            [] => console.fail(&unknown(text), None),
            codes => list(console, codes.iter().copied()),
        },
    }
}

/// Returns the codes of a family, `script` or `script.`.
fn family(name: &str) -> Vec<Code> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let all = Code::ALL.iter().copied();
    all.filter(|code| code.as_str().split_once('.').map(|(family, _)| family) == Some(name))
        .collect()
}

fn list(console: &Console, codes: impl Iterator<Item = Code>) -> u8 {
    let rows: Vec<String> = codes.map(row).collect();
    console.finish(|output| output.table(None, &rows))
}

fn row(code: Code) -> String {
    json!({ "code": code.as_str(), "exit": code.exit(), "about": code.about() }).to_string()
}

fn unknown(text: &str) -> Error {
    let codes = Code::ALL.iter().flat_map(|code| {
        let code = code.as_str();
        let family = code.split_once('.').map(|(family, _)| family);
        family.into_iter().chain([code])
    });
    let error = Error::new(Code::UsageArgument, format!("there is no code `{text}`"));
    match did_you_mean(text, codes) {
        Some(meant) => error.help(format!("did you mean `tenantry explain {meant}`?")),
        None => error.help("`tenantry explain` lists all codes"),
    }
}
