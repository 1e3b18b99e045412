//! Files of scripts: text, JSON, CSV and secrets, in granted places only, written whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rhai::{Array, Blob, Dynamic, Engine, Map};

use crate::base::file::{Readers, read_text, write_whole};
use crate::error::{Code, Error};
use crate::script::error::{argument, describe};
use crate::script::host::{Host, answer};
use crate::script::json::{self, Purpose};
use crate::script::record::Record;
use crate::script::secret::SecretText;

/// Registers the functions.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>) {
    let own = Arc::clone(host);
    engine.register_fn("read_text", move |path: &str| answer(read(&own, path)));
    let own = Arc::clone(host);
    engine.register_fn("read_json", move |path: &str| answer(read_json(&own, path)));
    // Rhai's own would read decimals as floats.
    engine.register_fn("parse_json", |text: &str| {
        answer(parse_json(text).map_err(|why| argument(format!("the text is not JSON: {why}"))))
    });
    let own = Arc::clone(host);
    engine.register_fn("read_csv", move |path: &str| answer(read_csv(&own, path)));
    let own = Arc::clone(host);
    engine.register_fn("write_text", move |path: &str, text: &str| {
        answer(write(&own, path, text.as_bytes(), Readers::Default))
    });
    let own = Arc::clone(host);
    engine.register_fn("write_json", move |path: &str, value: Dynamic| {
        answer(
            json::text(&value, Purpose::Show).and_then(|text| {
                write(&own, path, format!("{text}\n").as_bytes(), Readers::Default)
            }),
        )
    });
    let own = Arc::clone(host);
    engine.register_fn("write_csv", move |path: &str, rows: Array| {
        answer(write_csv(&own, path, &rows))
    });
    let own = Arc::clone(host);
    engine.register_fn("write_bytes", move |path: &str, bytes: Blob| {
        answer(write(&own, path, &bytes, Readers::Default))
    });
    let own = Arc::clone(host);
    engine.register_fn("secret_file", move |path: &str, secret: Dynamic| {
        answer(secret_file(&own, path, &secret))
    });
}

/// Returns the path as the machine sees it, if a granted place holds it.
fn granted(host: &Host, path: &str) -> Result<PathBuf, Error> {
    let refused = |why: String| {
        Error::new(Code::ScriptFile, why).help(
            "a runbook reads and writes only what its parameters of the type `file` name; `eval` and `repl` may use the current folder",
        )
    };
    let absolute = |path: &Path| -> std::io::Result<PathBuf> {
        // What does not exist yet is judged by the nearest folder above it that does.
        let path = std::path::absolute(path)?;
        let mut above = path.as_path();
        loop {
            match above.canonicalize() {
                Ok(real) => {
                    // Joining nothing would make a file a folder: `file/`.
                    return Ok(match path.strip_prefix(above) {
                        Ok(rest) if rest != Path::new("") => real.join(rest),
                        _ => real,
                    });
                }
                Err(error) => above = above.parent().ok_or(error)?,
            }
        }
    };
    let wanted = absolute(Path::new(path))
        .map_err(|error| refused(format!("`{path}` is no path: {error}")))?;
    let climbs = wanted
        .components()
        .any(|part| part == std::path::Component::ParentDir);
    let inside = host
        .settings
        .files
        .iter()
        .filter_map(|place| absolute(place).ok())
        .any(|place| wanted.starts_with(place));
    if inside && !climbs {
        return Ok(wanted);
    }
    Err(refused(format!("`{path}` is not in a granted folder")))
}

fn read(host: &Host, path: &str) -> Result<String, Error> {
    let place = granted(host, path)?;
    read_text(&place).map_err(|error| Error::new(Code::ScriptFile, error.to_string()))
}

/// Reads the value of a JSON file in a granted place. What is wrong with it is shown in its line.
pub(in crate::script) fn read_json(host: &Host, path: &str) -> Result<Dynamic, Error> {
    let text = read(host, path)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    parse_json(text).map_err(|why| {
        let message = format!("`{path}` is not JSON that can be used: {why}");
        let error = Error::new(Code::ScriptFile, message);
        match broken_line(text) {
            Some(line) => error.help(line),
            None => error,
        }
    })
}

/// Returns the line in which a text is not JSON, and a caret beneath the place.
fn broken_line(text: &str) -> Option<String> {
    const WIDTH: usize = 60;
    let error = serde_json::from_str::<serde::de::IgnoredAny>(text).err()?;
    let line = text.lines().nth(error.line().checked_sub(1)?)?;
    // The column counts bytes.
    let before = line.get(..error.column().saturating_sub(1).min(line.len()))?;
    let at = before.chars().count();
    let skipped = at.saturating_sub(WIDTH);
    let shown: String = line.chars().skip(skipped).take(WIDTH + 20).collect();
    let number = error.line();
    let margin = " ".repeat(number.to_string().len() + 3 + at - skipped);
    Some(format!(
        "{number} | {}\n{margin}^",
        shown.replace('\t', " ")
    ))
}

/// Returns the value of a JSON text, numbers without loss, or what is wrong with it.
fn parse_json(text: &str) -> Result<Dynamic, String> {
    json::plain(text.as_bytes()).ok_or_else(|| {
        match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Err(why) => why.to_string(),
            Ok(_) => "it is nested too deeply".to_owned(),
        }
    })
}

/// Reads a file with a header into an array of maps of texts; `line` is the row's line in the file.
fn read_csv(host: &Host, path: &str) -> Result<Array, Error> {
    let text = read(host, path)?;
    rows(text.strip_prefix('\u{feff}').unwrap_or(&text))
        .map_err(|why| Error::new(Code::ScriptFile, format!("`{path}` is not CSV: {why}")))
}

/// Returns the rows of a text with a header. Columns without a name or with the same one, and rows
/// that have more fields than the header, are errors: a value would be lost unseen.
fn rows(text: &str) -> Result<Array, String> {
    if !text
        .bytes()
        .filter(|byte| *byte == b'"')
        .count()
        .is_multiple_of(2)
    {
        return Err("a quoted field does not end".to_owned());
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = match records.next() {
        None => return Err("it is empty; its first line names the columns".to_owned()),
        Some(header) => header.map_err(|error| error.to_string())?,
    };
    let mut names = std::collections::HashSet::new();
    for name in &header {
        if name.is_empty() {
            return Err("a column of its first line has no name".to_owned());
        }
        if !names.insert(name) {
            return Err(format!("it has two columns `{name}`"));
        }
    }
    let mut lines = Lines::new(text);
    let mut rows = Array::new();
    for record in records {
        let record = record.map_err(|error| error.to_string())?;
        let line = lines.of(&record);
        if record.len() > header.len() {
            let (fields, columns) = (record.len(), header.len());
            return Err(format!(
                "line {line} has {fields} fields for {columns} columns"
            ));
        }
        let mut row: Map = header
            .iter()
            .zip(record.iter())
            .map(|(name, value)| (name.into(), value.to_owned().into()))
            .collect();
        row.insert("line".into(), line.into());
        rows.push(row.into());
    }
    Ok(rows)
}

/// Counts lines: the reader's own count is one less where lines end with CR and LF.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: i64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    /// Returns the line that a record begins in; records come in their order.
    fn of(&mut self, record: &csv::StringRecord) -> i64 {
        let start = record.position().map_or(0, csv::Position::byte);
        let bytes = self.text.as_bytes();
        let mut start = usize::try_from(start)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        // Empty lines, and the rest of the last line's end, stand before the record.
        while matches!(bytes.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let passed = bytes.get(self.at..start).unwrap_or_default();
        let ends = memchr::memchr_iter(b'\n', passed).count();
        self.line += i64::try_from(ends).unwrap_or(i64::MAX);
        self.at = self.at.max(start);
        self.line
    }
}

/// Writes a file whole; folders that are missing on its way are made.
fn write(host: &Host, path: &str, content: &[u8], readers: Readers) -> Result<(), Error> {
    let place = granted(host, path)?;
    let folder = place.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder.and_then(|()| write_whole(&place, content, readers));
    written.map_err(|error| {
        Error::new(
            Code::ScriptFile,
            format!("`{path}` cannot be written: {error}"),
        )
    })
}

fn write_csv(host: &Host, path: &str, rows: &[Dynamic]) -> Result<(), Error> {
    let mut columns: Vec<String> = Vec::new();
    let mut maps = Vec::new();
    for row in rows {
        let map = if let Some(record) = row.read_lock::<Record>() {
            record
                .names()
                .into_iter()
                .map(|name| {
                    let value = record.get(&name)?;
                    Ok((name.into(), value))
                })
                .collect::<Result<Map, Error>>()?
        } else {
            row.as_map_ref()
                .map_err(|_| {
                    argument(format!(
                        "a row must be a map or a record, not {}",
                        describe(row)
                    ))
                })?
                .clone()
        };
        for name in map
            .keys()
            .filter(|name| !columns.iter().any(|column| column == name.as_str()))
            .map(ToString::to_string)
            .collect::<Vec<_>>()
        {
            columns.push(name);
        }
        maps.push(map);
    }
    let failed = |error: String| {
        Error::new(
            Code::ScriptFile,
            format!("`{path}` cannot be written: {error}"),
        )
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(&columns)
        .map_err(|error| failed(error.to_string()))?;
    for map in maps {
        let cells = columns.iter().map(|name| cell(map.get(name.as_str())));
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        writer
            .write_record(&cells)
            .map_err(|error| failed(error.to_string()))?;
    }
    let content = writer
        .into_inner()
        .map_err(|error| failed(error.to_string()))?;
    write(host, path, &content, Readers::Default)
}

/// Returns a cell's text: plain values as they are, others as JSON.
fn cell(value: Option<&Dynamic>) -> Result<String, Error> {
    match value {
        None => Ok(String::new()),
        Some(value) if value.is_unit() => Ok(String::new()),
        Some(value) => match value.as_immutable_string_ref() {
            Ok(text) => Ok(text.to_string()),
            Err(_) => json::text(value, Purpose::Show),
        },
    }
}

/// Writes a secret to a file that only its owner can read.
fn secret_file(host: &Host, path: &str, secret: &Dynamic) -> Result<(), Error> {
    let text = if let Some(secret) = secret.read_lock::<SecretText>() {
        secret.expose().to_owned()
    } else if let Ok(text) = secret.as_immutable_string_ref() {
        text.to_string()
    } else {
        let what = describe(secret);
        return Err(argument(format!(
            "`secret_file` takes a secret or a text, not {what}"
        )));
    };
    write(host, path, text.as_bytes(), Readers::Owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = match rows(text) {
            Ok(rows) => json::text(&rows.into(), Purpose::Show).expect("plain values"),
            Err(why) => why,
        };
        assert_eq!(shown, expected, "{text:?}");
    }

    #[test]
    fn rows_know_their_line_whatever_ends_it() {
        check("a\nx\ny\n", r#"[{"a":"x","line":2},{"a":"y","line":3}]"#);
        check("a\r\nx\r\ny", r#"[{"a":"x","line":2},{"a":"y","line":3}]"#);
        check("a\n\n\nx", r#"[{"a":"x","line":4}]"#);
        check(
            "a,b\n\"x\n1\",2\ny,3",
            r#"[{"a":"x\n1","b":"2","line":2},{"a":"y","b":"3","line":4}]"#,
        );
        check("a,b\n1", r#"[{"a":"1","line":2}]"#);
    }

    #[test]
    fn parsed_numbers_keep_their_digits() {
        let source = r#"{"a":1.10,"b":123456789012345678901234567}"#;
        let value = parse_json(source).expect("valid");
        assert_eq!(json::text(&value, Purpose::Show).expect("plain"), source);
        assert!(parse_json("{").is_err());
    }

    #[test]
    fn nothing_is_lost_unseen() {
        check("", "it is empty; its first line names the columns");
        check("a\n\"x", "a quoted field does not end");
        check("a,a\n1,2", "it has two columns `a`");
        check("a,\n1,2", "a column of its first line has no name");
        check("a\n1,2", "line 2 has 2 fields for 1 columns");
        check("a\n", "[]");
    }
}
