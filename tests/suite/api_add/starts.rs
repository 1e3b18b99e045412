//! What an added API costs later starts: nothing where no script names it, and where one does, only
//! its tables are read.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{added, flat};
use crate::program::Program;

/// Returns the file in which the program keeps a module.
fn kept(program: &Program, module: &str) -> PathBuf {
    program
        .folder()
        .join("tenantry/apis")
        .join(format!("{module}.api"))
}

/// Changes bytes in place.
fn change(path: &PathBuf, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let bytes = fs::read(path).expect("it is kept");
    fs::write(path, change(bytes)).expect("it can be written");
}

/// Where the tables begin, and how long they are.
fn tables(bytes: &[u8]) -> (usize, usize) {
    let line = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a line");
    let header: Value = serde_json::from_slice(&bytes[..line]).expect("a header");
    let length = header["length"].as_u64().expect("a length");
    (line + 1, usize::try_from(length).expect("it fits"))
}

/// Returns a document of about two megabytes.
fn large() -> String {
    let mut paths = serde_json::Map::new();
    let mut definitions = serde_json::Map::new();
    for number in 0..700 {
        let name = format!("Thing{number}");
        let link = json!({ "$ref": format!("#/definitions/{name}") });
        let parameter =
            |name: &str| json!({ "name": name, "in": "path", "required": true, "type": "string" });
        let version =
            json!({ "name": "api-version", "in": "query", "required": true, "type": "string" });
        paths.insert(
            format!(
                "/subscriptions/{{subscriptionId}}/providers/Large.Things/things{number}/{{thing}}"
            ),
            json!({ "get": {
                "operationId": format!("Things{number}_Get"),
                "description": format!("Gets the thing of number {number}."),
                "parameters": [parameter("subscriptionId"), parameter("thing"), version],
                "responses": { "200": { "description": "It.", "schema": link } },
            } }),
        );
        let mut properties = serde_json::Map::new();
        properties.insert("id".to_owned(), json!({ "type": "string" }));
        for field in 0..20 {
            let about = format!(
                "The property of number {field} of things of number {number}, about which much is said here."
            );
            properties.insert(
                format!("property{field}"),
                json!({ "type": "string", "description": about }),
            );
        }
        definitions.insert(name, json!({ "type": "object", "properties": properties }));
    }
    let document = json!({
        "swagger": "2.0",
        "info": { "title": "Large", "version": "2025-01-01" },
        "paths": paths,
        "definitions": definitions,
    });
    document.to_string()
}

#[test]
fn a_large_document_costs_nothing_where_it_is_not_named() {
    let program = Program::new();
    let document = large();
    assert!(document.len() > 2_000_000, "{}", document.len());
    program.write("large.json", &document);
    program
        .run(&["api", "add", "large.json", "--as", "large", "--on", "arm"])
        .exit(0);
    let path = kept(&program, "large");
    fs::remove_file(program.folder().join("large.json")).expect("it was there");

    // Of what is kept, only line and tables are read: the rest may be anything.
    change(&path, |mut bytes| {
        let (begin, length) = tables(&bytes);
        assert!(begin + length < document.len(), "{length}");
        bytes.truncate(begin + length);
        bytes.extend(b"no JSON at all");
        bytes
    });
    let known = program.run(&["doc", "large::things7_get"]).exit(0);
    assert!(known.stdout.contains("Gets the thing of number 7."));

    // A start that does not name it does not look into it: it is not even one of ours any more.
    fs::write(&path, "rubbish").expect("it can be written");
    assert_eq!(program.run(&["eval", "40 + 2"]).exit(0).stdout.trim(), "42");
    program.run(&["doc", "partner::customers"]).exit(0);
    program.write(
        "a.rhai",
        "import \"std/summary\" as s;\npartner::customers().count()",
    );
    program.run(&["run", "a.rhai"]).exit(0);
    let named = program.run(&[
        "--error-format",
        "json",
        "eval",
        "large::things7_get(\"S\", \"x\")",
    ]);
    assert_eq!(named.error(), "usage.state");
}

#[test]
fn a_program_whose_tables_are_others_makes_them_anew() {
    let program = added();
    let path = kept(&program, "nat");
    let before = fs::read(&path).expect("it is kept");
    let older = |bytes: Vec<u8>| {
        let line = bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .expect("a line");
        let mut header: Value = serde_json::from_slice(&bytes[..line]).expect("a header");
        header["reader"] = json!("0000000000000000");
        [header.to_string().as_bytes(), &bytes[line..]].concat()
    };
    change(&path, older);
    program.run(&["doc", "nat::nat_gateways_get"]).exit(0);
    assert_eq!(fs::read(&path).expect("it is kept"), before);
}

#[test]
fn a_file_that_is_not_ours_newer_or_damaged_is_refused() {
    let program = added();
    let path = kept(&program, "nat");
    let good = fs::read(&path).expect("it is kept");
    let check = |bytes: Vec<u8>| {
        fs::write(&path, bytes).expect("it can be written");
        let ended = program.run(&["doc", "nat::nat_gateways_get"]).exit(2);
        flat(&ended.stderr)
    };
    let newer = String::from_utf8_lossy(&good[..40]).replace("\"version\":1", "\"version\":2");
    let newer = [newer.as_bytes(), &good[40..]].concat();
    let shown = check(newer);
    assert!(
        shown.contains("version 2") && shown.contains("version 1"),
        "{shown}"
    );
    let (begin, _) = tables(&good);
    let mut damaged = good.clone();
    damaged[begin + 100] ^= 1;
    assert!(check(damaged).contains("not what was written"));
    assert!(check(good[..begin + 10].to_vec()).contains("not what was written"));
    assert!(check(b"{\"kind\":\"x\",\"version\":1}\n".to_vec()).contains("`x` file"));
    assert!(check(Vec::new()).contains("does not begin"));
    program.run(&["api", "remove", "nat"]).exit(0);
    assert!(!path.exists());
}

#[test]
fn a_damaged_one_is_noted_where_it_is_not_named() {
    let program = added();
    fs::write(kept(&program, "nat"), "rubbish").expect("it can be written");
    for words in [
        &["doc"][..],
        &["doc", "Customer"],
        &["api", "list"],
        &["api", "list", "--added"],
    ] {
        let ended = program.run(words).exit(0);
        let shown = flat(&ended.stderr);
        assert!(
            shown.contains("the added API `nat` cannot be used"),
            "{words:?} {shown}"
        );
    }
    let session = program.type_in(&["repl"], "40 + 2\n");
    assert!(session.stdout.contains("42"), "{session:?}");
    assert!(
        flat(&session.stderr).contains("the added API `nat` cannot be used"),
        "{session:?}"
    );
    program.run(&["doc", "nat::nat_gateways_get"]).exit(2);
}
