//! What cannot be added, and what is said about it. Nothing is written then.

use std::fmt::Write as _;

use super::{DOCUMENT, flat};
use crate::program::{Program, file};

const HEAD: &str = r#""swagger": "2.0", "info": { "title": "T", "version": "1" }"#;

/// Adds a document that is refused; returns the exit code and all that is said.
fn refused(program: &Program, name: &str) -> String {
    let words = ["api", "add", name, "--as", "own", "--on", "arm"];
    let ended = program.run(&words);
    assert!(ended.stdout.is_empty(), "{ended:?}");
    assert!(!program.folder().join("tenantry").exists(), "{name}");
    format!("{name}: exit {}\n{}\n", ended.code, ended.stderr)
}

#[test]
fn what_is_no_document_is_refused() {
    let program = Program::new();
    let texts: &[(&str, &str)] = &[
        ("empty.json", " \n"),
        ("prose.txt", "This is a letter."),
        ("cut.json", "{\n  \"swagger\": \"2.0\",\n  \"paths\": {"),
        ("twice.yaml", "swagger: '2.0'\npaths: {}\npaths: {}\n"),
        ("list.json", "[1]"),
        ("old.json", r#"{ "swagger": "1.2", "paths": { "/a": {} } }"#),
        (
            "new.json",
            r#"{ "openapi": "4.0.0", "paths": { "/a": {} } }"#,
        ),
        ("other.json", r#"{ "name": "package" }"#),
        (
            "hooks.yaml",
            "openapi: 3.1.0\nwebhooks: { a: { post: {} } }\n",
        ),
        ("nothing.json", r#"{ "swagger": "2.0", "paths": {} }"#),
    ];
    let mut told = String::new();
    for (name, text) in texts {
        program.write(name, text);
        told.push_str(&refused(&program, name));
    }
    program.write("bytes.json", b"{\"a\": \"\xff\"}");
    told.push_str(&refused(&program, "bytes.json"));
    told.push_str(&refused(&program, "missing.json"));
    insta::assert_snapshot!("api_add_no_document", told);
}

#[test]
fn a_bad_document_gives_all_its_problems_with_their_places() {
    let program = Program::new();
    program.write("common.json", r#"{ "definitions": {} }"#);
    let paths = r##"
    "/a/{x}/{y}": {
      "get": {
        "operationId": "A_Get",
        "parameters": [
          { "name": "x", "in": "path", "required": true, "type": "string" },
          { "name": "form", "in": "formData", "type": "file" },
          { "$ref": "#/parameters/none" }
        ],
        "responses": { "200": { "description": "", "schema": { "$ref": "./common.json#/definitions/None" } } }
      },
      "gett": {},
      "trace": { "operationId": "A_Trace" }
    },
    "b": {
      "get": { "operationId": "A_Get", "responses": {} },
      "put": { "operationId": "Export", "responses": {} },
      "post": { "responses": {} },
      "delete": { "operationId": "a_get", "responses": {}, "x-tenantry": { "effect": "read" } }
    },
    "/c": {
      "get": {
        "operationId": "C_Get",
        "responses": { "200": { "description": "", "schema": { "$ref": "./gone/types.json#/definitions/C" } } }
      },
      "put": {
        "operationId": "C_Put",
        "parameters": [{ "name": "body", "in": "body", "schema": { "$ref": "#/definitions/Loop" } }],
        "responses": { "200": { "description": "", "schema": { "$ref": "#/definitions/Deep" } } }
      },
      "patch": {
        "operationId": "C_Patch",
        "parameters": [{ "name": "body", "in": "body", "schema": { "$ref": "#/definitions/Strange" } }],
        "responses": { "200": { "description": "", "schema": { "$ref": "https://example.invalid/t.json#/C" } } }
      }
    }"##;
    let definitions = r##"
    "Loop": { "$ref": "#/definitions/Loop" },
    "Deep": { "type": "array", "items": { "$ref": "#/definitions/Deep" } },
    "Strange": { "type": "thing" }"##;
    let document = format!(
        "{{\n  {HEAD},\n  \"paths\": {{{paths}\n  }},\n  \"definitions\": {{{definitions}\n  }}\n}}\n"
    );
    program.write("bad.json", document);
    insta::assert_snapshot!("api_add_bad_document", refused(&program, "bad.json"));
}

#[test]
fn an_overlay_that_means_nothing_is_refused() {
    let program = Program::new();
    let document = file(DOCUMENT);
    let mut told = String::new();
    let texts: &[(&str, &str)] = &[
        (
            "unknown.yaml",
            "operations:\n  NatGateways_Gett: { effect: read }\n",
        ),
        ("word.yaml", "operation: {}\ndefaults: { efect: read }\n"),
        (
            "effect.yaml",
            "operations: { NatGateways_Get: { effect: harmless, nam: get } }\n",
        ),
        (
            "schema.yaml",
            "operations: { NatGateways_Get: { method_of: Nat, name: Export } }\n",
        ),
        (
            "clash.yaml",
            "operations: { NatGateways_Get: { name: nat_gateways_delete } }\n",
        ),
        ("list.yaml", "[1]"),
    ];
    for (name, text) in texts {
        program.write(name, text);
        let words = [
            "api",
            "add",
            &document,
            "--as",
            "own",
            "--on",
            "arm",
            "--overlay",
            name,
        ];
        let ended = program.run(&words).exit(3);
        let shown = flat(&ended.stderr).replace(&document, "nat.json");
        let _ = writeln!(told, "{name}\n{shown}");
    }
    assert!(!program.folder().join("tenantry").exists());
    assert!(
        told.contains("`NatGateways_Gett`") && told.contains("efect"),
        "{told}"
    );
    for word in [
        "one of read, write, spend, destroy",
        "`nam`",
        "no schema `Nat`",
        "`Export`",
        "described already",
    ] {
        assert!(told.contains(word), "{word}\n{told}");
    }
}

#[test]
fn a_name_must_be_free_and_one_that_scripts_can_write() {
    let program = Program::new();
    let document = file(DOCUMENT);
    let add = |name: &str, more: &[&str]| {
        let words = ["api", "add", &document, "--as", name, "--on", "arm"];
        program.run(&[&words[..], more].concat())
    };
    let refuses = |name: &str, why: &str| {
        let ended = add(name, &[]).exit(2);
        assert!(
            flat(&ended.stderr).contains(why),
            "{name}: {}",
            ended.stderr
        );
    };
    refuses("graph", "in every script already");
    refuses("log", "in every script already");
    refuses("export", "keeps this word for itself");
    refuses("NatGateways", "`--as nat_gateways`");
    refuses("../nat", "a name begins with a small letter");
    add("nat", &["--dry-run"]).exit(0);
    assert!(!program.folder().join("tenantry").exists());
    add("nat", &[]).exit(0);
    refuses("nat", "`--replace` puts this in its place");
    add("nat", &["--replace"]).exit(0);
    program.run(&["api", "show", "nat"]).exit(0);
    let gone = program.run(&["api", "remove", "nats"]).exit(2);
    assert!(
        gone.stderr.contains("did you mean `nat`?"),
        "{}",
        gone.stderr
    );
    program.run(&["api", "remove", "nat"]).exit(0);
    let none = program.run(&["api", "show", "nat"]).exit(2);
    assert!(none.stderr.contains("none was added"), "{}", none.stderr);
    program.run(&["api", "remove", "../../config"]).exit(2);
}
