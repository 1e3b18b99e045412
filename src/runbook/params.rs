//! The values of a runbook's parameters, from what stands after the script on the command line.
//! A secret never stands there itself: it is named as `env:NAME` or `file:PATH`.

use std::path::{Path, PathBuf};

use super::param_type::{Param, ParamType, ParamValue};
use crate::base::file;
use crate::base::secret::Secret;
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};
use crate::script::Value;

/// The flags of `run` and of the program, with `_` for `-`: no parameter can have such a name.
pub const RUN_FLAGS: [&str; 13] = [
    "allow",
    "error_format",
    "har",
    "help",
    "lanes",
    "log_http",
    "output",
    "profile",
    "quiet",
    "resume",
    "timeout",
    "verbose",
    "version",
];

/// The values of the parameters that have one, by name, in the order of the header. An optional
/// parameter that was not given and has no initial value is absent.
pub type Given = Vec<(String, ParamValue)>;

/// Returns the declared parameters as scripts see them; one without a value is nothing.
pub fn values(declared: &[Param], given: &Given) -> Vec<(String, Value)> {
    let value = |param: &Param| {
        let mut all = given.iter();
        let found = all.find(|(name, _)| *name == param.name);
        found.map_or(Value::Unit, |(_, value)| value.into())
    };
    let declared = declared.iter();
    declared
        .map(|param| (param.name.clone(), value(param)))
        .collect()
}

/// Returns the paths among the parameters: the script may read and write them.
pub fn files(given: &Given) -> Vec<PathBuf> {
    let paths = given.iter().filter_map(|(_, value)| match value {
        ParamValue::File(path) => Some(path.clone()),
        _ => None,
    });
    paths.collect()
}

/// Reads the parameters. `environment` gives the value of a variable, for secrets.
///
/// # Errors
/// `usage.parameter` with everything that is wrong: the first problem, the others related to it.
pub fn read(
    params: &[Param],
    args: &[String],
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Given, Error> {
    let mut reader = Reader {
        params,
        environment,
        values: vec![None; params.len()],
        problems: Vec::new(),
    };
    reader.all(args);
    reader.missing();
    let mut problems = reader.problems.into_iter();
    if let Some(first) = problems.next() {
        return Err(first.related(problems));
    }
    let named = params.iter().zip(reader.values);
    Ok(named
        .filter_map(|(param, value)| {
            let value = value.or_else(|| param.initial.clone())?;
            Some((param.name.clone(), value))
        })
        .collect())
}

struct Reader<'a> {
    params: &'a [Param],
    environment: &'a dyn Fn(&str) -> Option<String>,
    values: Vec<Option<ParamValue>>,
    problems: Vec<Error>,
}

impl Reader<'_> {
    fn all(&mut self, args: &[String]) {
        let mut args = args.iter().map(String::as_str).peekable();
        while let Some(arg) = args.next() {
            let Some(flag) = arg.strip_prefix("--").filter(|flag| !flag.is_empty()) else {
                self.problem(
                    format!("`{arg}` stands where a parameter is expected"),
                    self.list(),
                );
                continue;
            };
            let (name, inline) = match flag.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (flag, None),
            };
            let name = name.replace('-', "_");
            if let Some(at) = self.find(&name) {
                let bool = self.params[at].ty == ParamType::Bool;
                let value = match inline {
                    Some(value) => Some(value),
                    None if bool => args
                        .next_if(|next| matches!(*next, "true" | "false"))
                        .or(Some("true")),
                    None => args.next_if(|next| !is_flag(next)),
                };
                self.set(at, value);
            } else if let Some(at) = self.negated(&name).filter(|_| inline.is_none()) {
                self.put(at, ParamValue::Bool(false));
            } else {
                // Its value must not be taken for a parameter.
                args.next_if(|next| inline.is_none() && !next.starts_with("--"));
                self.unknown(&name);
            }
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.params.iter().position(|param| param.name == name)
    }

    fn negated(&self, name: &str) -> Option<usize> {
        let at = self.find(name.strip_prefix("no_")?)?;
        (self.params[at].ty == ParamType::Bool).then_some(at)
    }

    fn set(&mut self, at: usize, text: Option<&str>) {
        let param = &self.params[at];
        let flag = param.flag();
        let Some(text) = text else {
            let help = format!("write `{flag} {}`", param.ty.placeholder());
            return self.problem(
                format!("`{flag}` needs a value: {}", param.ty.expected()),
                help,
            );
        };
        let read = match param.ty {
            ParamType::Secret => self.secret(&flag, text).map(ParamValue::Secret),
            _ => param.read(text).map_err(|(expected, help)| {
                let help =
                    help.unwrap_or_else(|| format!("write `{flag} {}`", param.ty.placeholder()));
                Error::new(
                    Code::UsageParameter,
                    format!("`{flag}` must be {expected}, not `{text}`"),
                )
                .help(help)
            }),
        };
        match read {
            Ok(value) => self.put(at, value),
            Err(problem) => self.problems.push(problem),
        }
    }

    /// Sets a value; a list given again grows, anything else given again is refused.
    fn put(&mut self, at: usize, value: ParamValue) {
        match (&mut self.values[at], value) {
            (Some(ParamValue::List(items)), ParamValue::List(more)) => items.extend(more),
            (Some(_), _) => {
                let flag = self.params[at].flag();
                self.problem(
                    format!("`{flag}` is given twice"),
                    "give it once".to_owned(),
                );
            }
            (place, value) => *place = Some(value),
        }
    }

    fn secret(&self, flag: &str, text: &str) -> Result<Secret<String>, Error> {
        let refuse = |message: String| Error::new(Code::UsageParameter, message);
        if let Some(name) = text.strip_prefix("env:") {
            return (self.environment)(name)
                .filter(|value| !value.is_empty())
                .map(Secret::new)
                .ok_or_else(|| {
                    refuse(format!("`{flag}`: the variable `{name}` is not set"))
                        .help(format!("set it first, for example with `export {name}=…`"))
                });
        }
        if let Some(path) = text.strip_prefix("file:") {
            let content = file::read_text(Path::new(path))
                .map_err(|error| refuse(format!("`{flag}`: {error}")))?;
            return Ok(Secret::new(
                content.trim_end_matches(['\r', '\n']).to_owned(),
            ));
        }
        // The text itself is not repeated here: it may be the secret.
        Err(refuse(format!(
            "`{flag}` is a secret and cannot stand on the command line"
        ))
        .help(format!(
            "other processes can read command lines; write `{flag} env:NAME` or `{flag} file:PATH`"
        )))
    }

    fn missing(&mut self) {
        for (param, value) in self.params.iter().zip(&self.values) {
            let flag = param.flag();
            let told = self
                .problems
                .iter()
                .any(|problem| problem.parts().message.contains(&format!("`{flag}`")));
            if param.required && param.initial.is_none() && value.is_none() && !told {
                let about = if param.help.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", param.help)
                };
                self.problems.push(
                    Error::new(Code::UsageParameter, format!("`{flag}` is missing{about}"))
                        .help(format!("add `{flag} {}`", param.ty.placeholder())),
                );
            }
        }
    }

    fn unknown(&mut self, name: &str) {
        let meant = did_you_mean(name, self.params.iter().map(|param| param.name.as_str()));
        let help = match meant {
            Some(meant) => format!("did you mean `--{}`?", meant.replace('_', "-")),
            None => self.list(),
        };
        let flag = name.replace('_', "-");
        self.problem(format!("the runbook has no parameter `--{flag}`"), help);
    }

    fn list(&self) -> String {
        if self.params.is_empty() {
            return "this runbook takes no parameters".to_owned();
        }
        let flags: Vec<String> = self.params.iter().map(Param::flag).collect();
        format!("it takes {}", flags.join(", "))
    }

    fn problem(&mut self, message: String, help: String) {
        self.problems
            .push(Error::new(Code::UsageParameter, message).help(help));
    }
}

/// Returns whether an argument is the next flag rather than a value; a value that begins with `--`
/// must be given as `--name=value`.
fn is_flag(arg: &str) -> bool {
    arg.starts_with("--")
}

#[cfg(test)]
mod tests;
