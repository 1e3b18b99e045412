//! The help of a runbook: what it does, its parameters, what it may change, and a line to paste.

use std::fmt::Write;

use super::header::Header;
use super::param_type::{Param, ParamType};

/// Returns the text of `tenantry run SCRIPT --help`.
pub fn text(header: &Header, script: &str) -> String {
    let mut text = String::new();
    if let Some(summary) = &header.summary {
        let _ = writeln!(text, "{summary}\n");
    }
    let usage = if header.params.is_empty() {
        ""
    } else {
        " [PARAMETERS]"
    };
    let _ = writeln!(text, "Usage: tenantry run [OPTIONS] {script}{usage}");
    if !header.params.is_empty() {
        text.push_str("\nParameters:\n");
        text.push_str(&parameters(&header.params));
    }
    if let Some(effects) = effects(header) {
        let _ = writeln!(text, "\nEffects: {effects}");
    }
    if !header.limits.is_empty() {
        let limits: Vec<String> = header
            .limits
            .iter()
            .map(|(name, limit)| format!("{name} {limit}"))
            .collect();
        let _ = writeln!(text, "Limits: {}", limits.join(", "));
    }
    let _ = writeln!(
        text,
        "\nExample:\n  tenantry run {script}{}",
        example(&header.params)
    );
    text.push_str("\nThe options of `run` itself: `tenantry run --help`.\n");
    text
}

fn parameters(params: &[Param]) -> String {
    let names: Vec<String> = params.iter().map(left).collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for (param, name) in params.iter().zip(names) {
        let pad = width - name.chars().count();
        let line = format!("  {name}{}  {}", " ".repeat(pad), right(param));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn left(param: &Param) -> String {
    match param.ty {
        ParamType::Bool => {
            let flag = param.flag();
            format!("{flag}, --no-{}", flag.trim_start_matches("--"))
        }
        ty => format!("{} {}", param.flag(), ty.placeholder()),
    }
}

fn right(param: &Param) -> String {
    let mut notes = vec![param.ty.as_str().to_owned()];
    if !param.choices.is_empty() {
        notes.push(format!("one of {}", param.choices.join(", ")));
    }
    match &param.initial {
        Some(value) => notes.push(format!("default {}", value.shown())),
        None if param.required => notes.push("required".to_owned()),
        None => {}
    }
    format!("{} [{}]", param.help, notes.join("; "))
        .trim_start()
        .to_owned()
}

fn effects(header: &Header) -> Option<String> {
    let bounds = header.effects.as_ref()?;
    if bounds.is_empty() {
        return Some("none".to_owned());
    }
    let words: Vec<String> = bounds
        .iter()
        .map(|bound| match &bound.service {
            Some(service) => format!("{service}.{}", bound.effect.as_str()),
            None => bound.effect.as_str().to_owned(),
        })
        .collect();
    Some(words.join(", "))
}

/// Returns the parameters that must be given, or else the first that may be, with a value.
fn example(params: &[Param]) -> String {
    let mut shown: Vec<&Param> = params
        .iter()
        .filter(|param| param.required && param.initial.is_none())
        .collect();
    if shown.is_empty() {
        shown.extend(params.first());
    }
    shown.into_iter().fold(String::new(), |mut text, param| {
        let value = match (&param.initial, param.choices.first()) {
            (Some(value), _) => value.shown(),
            (None, Some(choice)) => choice.clone(),
            (None, None) => sample(param.ty).to_owned(),
        };
        let _ = match param.ty {
            ParamType::Bool => write!(text, " {}", param.flag()),
            _ if value.contains(' ') => write!(text, " {} \"{value}\"", param.flag()),
            _ => write!(text, " {} {value}", param.flag()),
        };
        text
    })
}

fn sample(ty: ParamType) -> &'static str {
    match ty {
        ParamType::String => "TEXT",
        ParamType::Int => "5",
        ParamType::Decimal => "1.5",
        ParamType::Bool => "true",
        ParamType::Date => "2026-01-31",
        ParamType::List => "a,b",
        ParamType::Secret => "env:NAME",
        ParamType::File => "input.csv",
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::tests::header_of;
    use super::*;

    #[test]
    fn help_shows_everything_a_caller_needs() {
        let (header, findings) = header_of(super::super::header::tests::GOOD);
        assert!(findings.is_empty(), "{findings:?}");
        insta::assert_snapshot!(text(&header, "scripts/onboard_customer.rhai"));
    }

    #[test]
    fn a_runbook_without_parameters_says_so_by_silence() {
        insta::assert_snapshot!(text(&Header::default(), "a.rhai"));
    }
}
