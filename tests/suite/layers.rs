//! Who may import whom: the folders are the architecture.

use std::path::Path;

use crate::program::project;

/// Each layer and what it may import beside itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("error", &["base"]),
    ("api", &["base", "error"]),
    ("config", &["base", "error", "api"]),
    ("report", &["base", "error"]),
    ("sandbox", &["base", "error"]),
    ("http", &["base", "error", "api"]),
    ("identity", &["base", "error", "api", "config", "http"]),
    ("run", &["base", "error", "api", "http"]),
    ("script", &["base", "error", "api", "http", "run", "report"]),
    ("runbook", &["base", "error", "api", "script"]),
    (
        "repl",
        &[
            "base", "error", "api", "http", "run", "report", "script", "runbook",
        ],
    ),
];

#[test]
fn imports_follow_the_layers() {
    let mut wrong = Vec::new();
    for (layer, allowed) in LAYERS {
        for (path, text) in sources(&project().join("src"), layer) {
            for named in text
                .lines()
                .map(str::trim_start)
                .filter(|line| !line.starts_with("//"))
                .flat_map(imported)
            {
                if named != *layer && !allowed.contains(&named.as_str()) {
                    wrong.push(format!("{path}: `{layer}` imports `{named}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_description_reader_stands_alone() {
    for (path, text) in sources(&project().join("src/api"), "document") {
        assert!(
            !text.contains("crate::"),
            "{path} is compiled by the build script too"
        );
    }
}

#[test]
fn sockets_time_and_rhai_stay_in_their_places() {
    let rules: &[(&str, &[&str])] = &[
        // A browser is sent back to `identity/loopback` at the end of a sign-in.
        (
            "TcpListener",
            &[
                "sandbox/server",
                "http/policy/transport",
                "identity/loopback",
            ],
        ),
        ("SystemTime::now", &["base/"]),
        ("Instant::now", &["base/", "cli/", "report/"]),
        ("Timestamp::now()", &["base/"]),
        ("Uuid::new_v4", &["base/"]),
        ("use rhai", &["script/", "runbook/", "repl/"]),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources(&project(), "src") {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let place = path
            .split_once("src/")
            .map_or(path.as_str(), |(_, rest)| rest);
        for (word, places) in rules {
            let tests = ["/tests", "/testing.rs"]
                .iter()
                .any(|mark| place.contains(mark));
            if code.contains(word)
                && !tests
                && !places.iter().any(|allowed| place.starts_with(allowed))
            {
                wrong.push(format!("{place}: `{word}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the layers that a line imports (`crate::layer::…`).
fn imported(line: &str) -> Vec<String> {
    line.split("crate::")
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .filter(|name| LAYERS.iter().any(|(layer, _)| layer == name) || name == "cli")
        .collect()
}

/// Returns all Rust files of a layer: a folder or a single file.
pub(crate) fn sources(root: &Path, layer: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root.join(layer), root.join(format!("{layer}.rs"))];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(&path)
                    .expect("a folder")
                    .map(|entry| entry.expect("an entry").path()),
            );
        } else if path.extension().is_some_and(|extension| extension == "rs") && path.exists() {
            let text = std::fs::read_to_string(&path).expect("a source file");
            found.push((path.display().to_string().replace('\\', "/"), text));
        }
    }
    found
}
