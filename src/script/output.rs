//! Results on their way to stdout: `emit` and `table`. Records and lists pass through as the text
//! that the service sent.

use std::io;
use std::sync::Arc;

use rhai::{Dynamic, Engine, Map};

use super::error::{argument, describe};
use super::host::{Host, answer};
use super::json::{self, Purpose};
use super::key;
use super::outcome::{self, Outcomes};
use super::pager::List;
use super::record::Record;
use crate::error::{Code, Error};

/// Registers `emit` and `table`.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>) {
    let own = Arc::clone(host);
    engine.register_fn("emit", move |value: Dynamic| answer(emit(&own, &value)));
    let own = Arc::clone(host);
    engine.register_fn("table", move |rows: Dynamic| {
        answer(table(&own, &rows, &Dynamic::UNIT))
    });
    let own = Arc::clone(host);
    engine.register_fn("table", move |rows: Dynamic, options: Dynamic| {
        answer(table(&own, &rows, &options))
    });
}

/// Emits a value; of an array or list every item.
fn emit(host: &Host, value: &Dynamic) -> Result<(), Error> {
    let output = &host.settings.output;
    let send = |text: &str| output.emit(text).map_err(|error| lost(&error));
    if let Some(list) = value.read_lock::<List>() {
        return list.texts(send);
    }
    if let Some(record) = value.read_lock::<Record>() {
        return json::shown(&record, send);
    }
    if let Ok(items) = value.as_array_ref() {
        return items.iter().try_for_each(|item| emit(host, item));
    }
    send(&json::text(value, Purpose::Show)?)
}

fn lost(error: &io::Error) -> Error {
    Error::new(
        Code::ScriptFile,
        format!("results cannot be written: {error}"),
    )
}

/// Writes a table: rows are records or maps, in an array or list; one of them is a table of one row.
pub(super) fn table(host: &Host, rows: &Dynamic, options: &Dynamic) -> Result<(), Error> {
    let mut options = Options::read(options)?;
    if rows.is::<Outcomes>() && options.columns.is_empty() {
        options.columns = outcome::COLUMNS.map(str::to_owned).to_vec();
    }
    let mut texts = Vec::new();
    if let Some(list) = rows.read_lock::<List>() {
        if options.columns.is_empty() {
            list.texts(|text| {
                texts.push(text.to_owned());
                Ok(())
            })?;
        } else {
            for item in list.read() {
                texts.push(options.row(&item?)?);
            }
        }
    } else if let Some(outcomes) = rows.read_lock::<Outcomes>() {
        for row in outcomes.rows() {
            texts.push(options.row(&row)?);
        }
    } else if let Ok(items) = rows.as_array_ref() {
        for item in items.iter() {
            texts.push(options.row(item)?);
        }
    } else {
        texts.push(options.row(rows)?);
    }
    let output = &host.settings.output;
    output
        .table(options.title.as_deref(), &texts)
        .map_err(|error| lost(&error))
}

#[derive(Default)]
struct Options {
    title: Option<String>,
    columns: Vec<String>,
}

impl Options {
    fn read(value: &Dynamic) -> Result<Self, Error> {
        let mut options = Self::default();
        if value.is_unit() {
            return Ok(options);
        }
        if let Ok(title) = value.as_immutable_string_ref() {
            options.title = Some(title.to_string());
            return Ok(options);
        }
        let map = value.as_map_ref().map_err(|_| {
            argument(format!(
                "`table` takes a title or options, not {}",
                describe(value)
            ))
        })?;
        for (name, value) in map.iter() {
            match (name.as_str(), value.as_array_ref()) {
                ("title", _) => options.title = Some(value.to_string()),
                ("columns", Ok(columns)) => {
                    options.columns = columns.iter().map(Dynamic::to_string).collect();
                }
                _ => {
                    return Err(argument(format!("`table` has no option `{name}`"))
                        .help("it has: title, and columns (an array of property names)"));
                }
            }
        }
        Ok(options)
    }

    fn row(&self, row: &Dynamic) -> Result<String, Error> {
        if !self.columns.is_empty() {
            return self.projected(row);
        }
        if row.is_map() || row.is::<Record>() {
            return json::text(row, Purpose::Show);
        }
        if row.is_array() {
            return Err(argument("a row must be a map or a record, not an array")
                .help("flatten the array first: `.flatten()`"));
        }
        let mut map = Map::new();
        map.insert("value".into(), row.clone());
        json::text(&map.into(), Purpose::Show)
    }

    fn projected(&self, row: &Dynamic) -> Result<String, Error> {
        let mut text = String::from("{");
        for (number, column) in self.columns.iter().enumerate() {
            if number > 0 {
                text.push(',');
            }
            json::string(column, &mut text);
            text.push(':');
            let value = key::property(row, column)?;
            json::write(&value, Purpose::Show, &mut text)?;
        }
        text.push('}');
        Ok(text)
    }
}
