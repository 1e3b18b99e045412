//! What errors recommend exists: the functions and commands that stand in messages and helps.

use std::collections::BTreeSet;

use crate::layers::sources;
use crate::program::{Program, project};

/// Returns what the program's texts put into backticks; neither comments nor tests count.
fn quoted() -> BTreeSet<String> {
    let root = project();
    let source = root.join("src").display().to_string();
    let files = sources(&root, "src").into_iter();
    let said = files.filter(|(path, _)| {
        let place = path.strip_prefix(&source).unwrap_or(path);
        !["/sandbox/", "/tests/", "/tests.rs"]
            .iter()
            .any(|part| place.contains(part))
    });
    let mut found = BTreeSet::new();
    for (_, text) in said {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().map(str::trim_start);
        for line in lines.filter(|line| !line.starts_with("//")) {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// Returns the function that a piece of script calls, such as `partner::customers`.
fn function(script: &str) -> Option<&str> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let (module, rest) = script.split_once("::")?;
    let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let whole = &script[..module.len() + 2 + length];
    (!module.is_empty() && module.chars().all(is_name) && length > 0).then_some(whole)
}

#[test]
fn every_function_that_is_recommended_exists() {
    let program = Program::new();
    let quoted = quoted();
    let names: BTreeSet<&str> = quoted.iter().filter_map(|text| function(text)).collect();
    assert!(names.contains("partner::confirm_agreement"), "{names:?}");
    assert!(names.contains("partner::cart"), "{names:?}");
    for name in names {
        program.run(&["doc", name]).exit(0);
    }
}

#[test]
fn every_command_that_is_recommended_exists() {
    let program = Program::new();
    let mut commands = BTreeSet::new();
    for text in quoted() {
        let words = text.strip_prefix("tenantry ").unwrap_or_default();
        let words = words
            .split(' ')
            .take_while(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()));
        let words: Vec<String> = words.map(str::to_owned).collect();
        if !words.is_empty() {
            commands.insert(words);
        }
    }
    assert!(commands.len() >= 4, "{commands:?}");
    for words in commands {
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.push("--help");
        program.run(&args).exit(0);
    }
}
