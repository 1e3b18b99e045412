//! Turns the documents under `src/api/<service>/` into static tables: YAML, to the reader, to the
//! `Debug` text of the service, which is Rust source. Prints every problem and fails on any.

use std::path::Path;
use std::{env, fs, process};

use serde_json::Value;

#[expect(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the build needs the reader, the crate the rest of these modules as well"
)]
#[path = "api/document/mod.rs"]
mod document;

fn main() {
    let api = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("src/api");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    println!("cargo::rerun-if-changed=src/api");
    println!("cargo::rustc-env=TENANTRY_READER={:016x}", reader(&api));
    let mut failed = false;
    for service in ["partner", "graph", "arm", "recovery"] {
        match tables(service, &api.join(service)) {
            Ok(source) => fs::write(Path::new(&out).join(format!("{service}.rs")), source)
                .expect("OUT_DIR can be written"),
            Err(problems) => {
                failed = true;
                for problem in problems {
                    println!("cargo::error=src/api/{service}/{problem}");
                }
            }
        }
    }
    if failed {
        process::exit(1);
    }
}

/// Returns a digest (FNV-1a) of the code that reads documents, by which kept tables are known to be
/// its own.
fn reader(api: &Path) -> u64 {
    let mut folders = vec![api.join("document")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "rs" => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    let texts = files
        .iter()
        .map(|file| fs::read(file).expect("a file can be read"));
    texts.flatten().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Returns the Rust source of a service, or what is wrong with its documents. A service without a
/// folder has empty tables.
fn tables(service: &str, folder: &Path) -> Result<String, Vec<String>> {
    let mut problems = Vec::new();
    let mut parsed: Vec<(String, Value)> = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension() != Some("yaml".as_ref()) {
            continue;
        }
        let text = fs::read_to_string(entry.path()).expect("a document can be read");
        match serde_saphyr::from_str(&text) {
            Ok(value) => parsed.push((name, value)),
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    parsed.sort_by(|a, b| a.0.cmp(&b.0));
    let documents: Vec<_> = parsed
        .iter()
        .map(|(name, value)| document::Document { name, value })
        .collect();
    match document::read(service, &documents) {
        Ok(service) if problems.is_empty() => Ok(format!("{service:?}")),
        Ok(_) => Err(problems),
        Err(found) => {
            problems.extend(found.iter().map(ToString::to_string));
            Err(problems)
        }
    }
}
