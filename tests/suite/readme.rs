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
        let args: Vec<String> = words(args).into_iter().map(|word| here(&word)).collect();
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

#[test]
fn every_command_for_an_own_tenant_is_one_of_ours() {
    let text = std::fs::read_to_string(project().join("README.md")).expect("the README");
    let program = Program::new();
    let commands = blocks(&text.replace("\n   ", "\n"), "console");
    let lines: Vec<&str> = commands.iter().flat_map(|block| block.lines()).collect();
    assert!(lines.len() >= 8, "{lines:?}");
    for line in lines {
        let args = line.trim().strip_prefix("tenantry ").expect(line);
        // The help is shown only if everything before it is understood.
        let mut args: Vec<String> = words(args).iter().map(|word| here(word)).collect();
        args.push("--help".to_owned());
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        program.run(&args).exit(0);
    }
}

#[test]
fn the_configuration_of_the_readme_is_read() {
    let text = std::fs::read_to_string(project().join("README.md")).expect("the README");
    let files = blocks(&text, "toml");
    assert_eq!(files.len(), 1);
    let program = Program::new();
    let path = program.write("own.toml", &files[0]);
    let program = program.var("TENANTRY_CONFIG", path.display().to_string());
    let listed = program
        .run(&["profile", "list", "--output", "json"])
        .exit(0);
    assert_eq!(listed.json()[0]["name"], "contoso");
}

/// Returns a word of a command, with the project's own scripts where they are.
fn here(word: &str) -> String {
    if word.starts_with("scripts/") {
        file(word)
    } else {
        word.to_owned()
    }
}
