//! The README keeps its word: its commands run and its scripts hold.

use crate::program::{Program, file, project};

/// Returns the fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.trim() == language, String::new())),
            (Some(_), Some(_)) => {
                if let Some((true, block)) = open.take() {
                    found.push(block);
                }
            }
            (Some((_, block)), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// Splits a command line; only single quotes are known.
fn words(line: &str) -> Vec<String> {
    line.split('\'')
        .enumerate()
        .flat_map(|(n, part)| match n % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[test]
fn every_command_of_the_readme_runs() {
    let text = std::fs::read_to_string(project().join("README.md")).expect("the README");
    let program = Program::new();
    let mut ran = 0;
    for line in blocks(&text, "sh").iter().flat_map(|block| block.lines()) {
        let command = line.split("  #").next().unwrap_or_default().trim();
        let Some(args) = command
            .strip_prefix("cargo run --release -- ")
            .or_else(|| command.strip_prefix("tenantry "))
        else {
            assert!(
                ["", "cargo test", "cargo install --path ."].contains(&command)
                    || command.starts_with("git clone")
                    || command.starts_with("cd "),
                "the README has a command that this test does not run: {command}"
            );
            continue;
        };
        let args: Vec<String> = words(args)
            .into_iter()
            .map(|word| {
                if word.starts_with("scripts/") {
                    file(&word)
                } else {
                    word
                }
            })
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        program.run(&args).exit(0);
        ran += 1;
    }
    assert!(ran >= 5, "only {ran} commands");
}

#[test]
fn every_script_of_the_readme_runs() {
    let text = std::fs::read_to_string(project().join("README.md")).expect("the README");
    let scripts = blocks(&text, "rhai");
    assert!(!scripts.is_empty());
    for script in scripts {
        Program::new().script(&script, &[]).exit(0);
    }
}
