//! Whole outputs, compared character by character.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use super::*;

/// What has been written, to look at afterwards.
#[derive(Debug, Clone, Default)]
pub(super) struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic").clone()).expect("text")
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Steps = fn(&dyn Output) -> io::Result<()>;

fn written(format: Format, columns: Option<usize>, steps: Steps) -> (String, String) {
    let (page, notes) = (Page::default(), Page::default());
    let sink = Sink::new(page.clone());
    let sink = match columns {
        Some(columns) => sink.terminal(columns),
        None => sink,
    };
    let output = open(format, sink, Arc::new(Screen::lines(notes.clone())));
    steps(&*output).expect("written");
    output.finish().expect("finished");
    (page.text(), notes.text())
}

#[track_caller]
fn check(format: Format, steps: Steps, expected: &str) {
    assert_eq!(written(format, None, steps).0, expected);
}

fn rows() -> Vec<String> {
    vec![
        r#"{"name":"Fabrikam, Inc.","seats":5,"price":1.10}"#.to_owned(),
        r#"{"name":"Häuser \"Nord\"","seats":12,"price":null,"tags":["a","b"]}"#.to_owned(),
    ]
}

#[test]
fn a_table_stands_alone_as_rows() {
    let steps: Steps = |out| out.table(None, &rows());
    check(
        Format::Table,
        steps,
        "\
name            seats  price  tags
────────────────────────────────────
Fabrikam, Inc.      5   1.10
Häuser \"Nord\"      12         [a, b]
",
    );
    check(
        Format::Json,
        steps,
        r#"[
  {"name":"Fabrikam, Inc.","seats":5,"price":1.10},
  {"name":"Häuser \"Nord\"","seats":12,"price":null,"tags":["a","b"]}
]
"#,
    );
    check(
        Format::Ndjson,
        steps,
        r#"{"name":"Fabrikam, Inc.","seats":5,"price":1.10}
{"name":"Häuser \"Nord\"","seats":12,"price":null,"tags":["a","b"]}
"#,
    );
    let (text, notes) = written(Format::Csv, None, steps);
    assert_eq!(
        text,
        "name,seats,price\n\"Fabrikam, Inc.\",5,1.10\n\"Häuser \"\"Nord\"\"\",12,\n"
    );
    assert_eq!(
        notes,
        "csv: left out, because the first row does not have them: tags\n"
    );
}

#[test]
fn several_kinds_share_a_document() {
    let steps: Steps = |out| {
        out.table(Some("Customers"), &rows()[..1])?;
        out.table(None, &[])?;
        out.emit("1.50")?;
        out.emit(r#""two""#)?;
        out.result(r#"{"done":true}"#)
    };
    check(
        Format::Json,
        steps,
        r#"{
  "tables": [
    {"title": "Customers", "rows": [
      {"name":"Fabrikam, Inc.","seats":5,"price":1.10}
    ]},
    {"title": null, "rows": []}
  ],
  "items": [
    1.50,
    "two"
  ],
  "result": {"done":true}
}
"#,
    );
    check(
        Format::Table,
        steps,
        "\
Customers
name            seats  price
────────────────────────────
Fabrikam, Inc.      5   1.10

(none)
1.50
two
done  true
",
    );
    check(
        Format::Csv,
        steps,
        "name,seats,price\n\"Fabrikam, Inc.\",5,1.10\n\nvalue\n1.50\ntwo\n\ndone\ntrue\n",
    );
}

#[test]
fn the_last_value_stands_alone() {
    let steps: Steps = |out| out.result("12345678901234567890.10");
    for format in [Format::Table, Format::Json, Format::Ndjson] {
        check(format, steps, "12345678901234567890.10\n");
    }
    check(Format::Csv, steps, "value\n12345678901234567890.10\n");
}

#[test]
fn emitted_items_stand_alone_as_an_array_and_keep_their_text() {
    let steps: Steps = |out| {
        out.emit("{\"a\":1e400,\n \"b\":\"x\"}")?;
        out.emit(r#"{"a":2,"b":null}"#)
    };
    check(
        Format::Ndjson,
        steps,
        "{\"a\":1e400,  \"b\":\"x\"}\n{\"a\":2,\"b\":null}\n",
    );
    check(
        Format::Json,
        steps,
        "[\n  {\"a\":1e400,\n \"b\":\"x\"},\n  {\"a\":2,\"b\":null}\n]\n",
    );
    check(
        Format::Table,
        steps,
        "    a  b\n────────\n1e400  x\n    2\n",
    );
}

#[test]
fn nothing_at_all_is_null_in_json_and_empty_elsewhere() {
    let steps: Steps = |_| Ok(());
    check(Format::Json, steps, "null\n");
    for format in [Format::Table, Format::Ndjson, Format::Csv] {
        check(format, steps, "");
    }
}

#[test]
fn one_object_is_shown_as_names_and_values() {
    let steps: Steps = |out| {
        out.result(
            r#"{"id":"c1","companyProfile":{"domain":"fabrikam.example","tenantId":null},"links":[{"uri":"/x"}]}"#,
        )
    };
    check(
        Format::Table,
        steps,
        "\
id              c1
companyProfile
  domain        fabrikam.example
  tenantId
links           [{uri: /x}]
",
    );
}

#[test]
fn a_terminal_gets_no_line_wider_than_itself() {
    let steps: Steps = |out| {
        out.table(
            None,
            &[r#"{"id":"0123456789abcdef0123456789","text":"a sentence that is far too long for it","n":7,"more":"and yet another one","last":true}"#.to_owned()],
        )
    };
    let (text, _) = written(Format::Table, Some(40), steps);
    assert_eq!(
        text,
        "\
id                 text                n
────────────────────────────────────────
0123456789abcdef…  a sentence that i…  7
… 2 more columns (--output json shows a…
"
    );
}

#[test]
fn a_reader_that_has_gone_is_told_once_and_is_no_error() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    let told = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&told);
    let sink = Sink::new(Gone)
        .terminal(80)
        .on_closed(move || *counter.lock().expect("no panic") += 1);
    let output = open(Format::Ndjson, sink, Arc::new(Screen::lines(io::sink())));
    for _ in 0..3 {
        output.emit("1").expect("quiet");
    }
    output.finish().expect("quiet");
    assert_eq!(*told.lock().expect("no panic"), 1);
}
