use super::super::header::tests::{GOOD, header_of};
use super::*;
use crate::script::diagnostic::{Sources, Style, render};

fn read_good(line: &str) -> Result<Given, Error> {
    let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let environment = |name: &str| (name == "PW").then(|| "hush".to_owned());
    read(&header_of(GOOD).0.params, &args, &environment)
}

fn shown(line: &str, name: &str) -> Option<String> {
    let given = read_good(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let value = given.iter().find(|(given, _)| given == name);
    value.map(|(_, value)| value.shown())
}

#[test]
fn all_ways_to_give_a_value_are_read() {
    let check = |line: &str, name: &str, expected: Option<&str>| {
        let line = format!("--domain d --rows r.csv {line}");
        assert_eq!(shown(&line, name).as_deref(), expected, "{line}");
    };
    check("", "seats", Some("5"));
    check("", "password", None);
    check("--seats 7", "seats", Some("7"));
    check("--seats=7", "seats", Some("7"));
    check("--seats -7", "seats", Some("-7"));
    check("--company=--x", "company", Some("--x"));
    check("--company=", "company", Some("\"\""));
    check("--trial", "trial", Some("true"));
    check("--trial false", "trial", Some("false"));
    check("--no-trial", "trial", Some("false"));
    check("--trial --seats 9", "seats", Some("9"));
    check("--tags x,y --tags z", "tags", Some("x,y,z"));
    check("--password env:PW", "password", Some("•••"));
}

#[test]
fn kebab_and_snake_case_are_the_same() {
    let (mut header, _) = header_of(GOOD);
    header.params.truncate(1);
    header.params[0].name = "company_name".into();
    for flag in ["--company-name", "--company_name"] {
        let given = read(&header.params, &[flag.into(), "X".into()], &|_| None).expect("read");
        assert_eq!(given[0].1, ParamValue::Text("X".into()));
    }
}

#[test]
fn everything_wrong_is_said_at_once() {
    let line = "stray --seets 4 --seats many --term P1Q --start soon --password hush --trial=maybe --zzz --domain --discount 1 --discount 2";
    let error = read_good(line).expect_err("wrong");
    assert_eq!(error.code(), Code::UsageParameter);
    let text = render(&error, &Sources::new(), Style::PLAIN);
    assert!(!text.contains("hush"));
    insta::assert_snapshot!(text);
}

#[test]
fn a_secret_comes_from_the_environment_or_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pw");
    std::fs::write(&path, "from file\n").expect("written");
    let given = read_good(&format!(
        "--domain d --rows r --password file:{}",
        path.display()
    ))
    .expect("read");
    let secret = given.iter().find_map(|(_, value)| match value {
        ParamValue::Secret(secret) => Some(secret.expose().as_str()),
        _ => None,
    });
    assert_eq!(secret, Some("from file"));
    assert!(read_good("--domain d --rows r --password env:NONE").is_err());
    assert!(read_good("--domain d --rows r --password file:/no/such").is_err());
}
