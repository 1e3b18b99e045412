//! Lazy lists. A list is read page by page each time it is used; nothing is kept, so its length does
//! not matter to memory.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::vec;

use bytes::Bytes;
use rhai::{Dynamic, EvalAltResult};

use super::door::Pages;
use super::error::{cancelled, raise};
use super::host::Host;
use super::record::{Origin, Record};
use super::{decode, defer, json};
use crate::api::model::{Kind, Paging, Ty};
use crate::error::Error;
use crate::http::{Call, Response};
use crate::run::lane;

/// A list that is still to be read.
#[derive(Debug, Clone)]
pub(super) struct List(Arc<Recipe>);

/// How the list is read.
#[derive(Debug)]
struct Recipe {
    host: Arc<Host>,
    call: Call,
    paging: Paging,
    item: Ty,
    origin: Arc<Origin>,
    /// The first page, where it is here already.
    first: Option<Response>,
}

impl List {
    pub(super) fn new(
        host: &Arc<Host>,
        call: Call,
        paging: Paging,
        item: Ty,
        origin: Arc<Origin>,
    ) -> Self {
        Self(Arc::new(Recipe {
            host: Arc::clone(host),
            call,
            paging,
            item,
            origin,
            first: None,
        }))
    }

    /// Returns the list with its first page, which is not read again.
    pub(super) fn beginning(self, first: Response) -> Self {
        let recipe = &self.0;
        Self(Arc::new(Recipe {
            host: Arc::clone(&recipe.host),
            call: recipe.call.clone(),
            paging: recipe.paging,
            item: recipe.item,
            origin: Arc::clone(&recipe.origin),
            first: Some(first),
        }))
    }

    /// Returns what its items are, where they are records: service and record type.
    pub(super) fn record(&self) -> Option<(&'static str, &'static str)> {
        let service = self.0.origin.service;
        match service.kind(self.0.item) {
            Kind::Rec(schema) => Some((service.name, service.schemas[usize::from(schema)].name)),
            _ => None,
        }
    }

    /// Returns the operation that it reads, as scripts write it.
    pub(super) fn operation(&self) -> &str {
        &self.0.call.operation
    }

    /// Begins to read: a step of the lane that reads.
    pub(super) fn read(&self) -> Reader {
        let mut call = self.0.call.clone();
        call.step = lane::next_step(&call.operation);
        let (door, paging) = (&self.0.host.settings.door, self.0.paging);
        Reader {
            pages: match &self.0.first {
                Some(first) => door.pages_after(call, paging, first.clone()),
                None => door.pages(call, paging),
            },
            recipe: Arc::clone(&self.0),
            page: Bytes::new(),
            items: Vec::new().into_iter(),
            ended: false,
            teaches: self
                .record()
                .is_some_and(|(_, kind)| kind == "Subscription"),
        }
    }

    /// Returns how many items there are; reads all pages.
    pub(super) fn count(&self) -> Result<usize, Error> {
        let mut reader = self.read();
        let mut count = 0;
        while reader.turn()? {
            count += reader.items.len();
        }
        Ok(count)
    }

    /// Calls `each` with the JSON text of every item as it may be shown. Nothing is converted.
    pub(super) fn texts(
        &self,
        mut each: impl FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let recipe = &self.0;
        let mut reader = self.read();
        while reader.turn()? {
            let items = std::mem::take(&mut reader.items);
            for at in items {
                let text = reader.page.get(at.start as usize..at.end as usize);
                let text = text.and_then(|text| std::str::from_utf8(text).ok());
                let text = text.unwrap_or("null");
                if recipe.origin.may_hold_secret(text) {
                    let value = decode::item(&reader.page, &at, recipe.item, &recipe.origin)?;
                    each(&json::text(&value, json::Purpose::Show)?)?;
                } else {
                    each(text)?;
                }
            }
        }
        Ok(())
    }
}

/// A list that is being read.
pub(super) struct Reader {
    recipe: Arc<Recipe>,
    pages: Box<dyn Pages>,
    page: Bytes,
    items: vec::IntoIter<Range<u32>>,
    ended: bool,
    /// Whether its items tell of which tenant they are.
    teaches: bool,
}

impl Reader {
    /// Turns to the next page, which may be empty; `false` after the last.
    fn turn(&mut self) -> Result<bool, Error> {
        if self.ended {
            return Ok(false);
        }
        let stopped = cancelled(&self.recipe.host.settings.cancel);
        if let Some(error) = stopped.filter(|_| !defer::running()) {
            self.ended = true;
            return Err(error);
        }
        match self.pages.next_page() {
            Ok(Some(page)) => {
                self.recipe.host.seen.answered(&self.recipe.call);
                self.page = page.body;
                self.items = page.items.into_iter();
                Ok(true)
            }
            Ok(None) => {
                self.ended = true;
                Ok(false)
            }
            Err(error) => {
                self.ended = true;
                Err(error)
            }
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Dynamic, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(at) = self.items.next() {
                let recipe = &self.recipe;
                let item = decode::item(&self.page, &at, recipe.item, &recipe.origin);
                if let (true, Ok(item)) = (self.teaches, &item) {
                    recipe.host.seen.met(item);
                }
                return Some(item);
            }
            match self.turn() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// What a `for` loop reads.
pub(super) struct Loop(Reader);

impl Iterator for Loop {
    type Item = Result<Dynamic, Box<EvalAltResult>>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.map_err(raise))
    }
}

impl IntoIterator for List {
    type Item = Result<Dynamic, Box<EvalAltResult>>;
    type IntoIter = Loop;

    fn into_iter(self) -> Loop {
        Loop(self.read())
    }
}

/// Returns whether a list that is still to be read stands anywhere in a value.
pub(super) fn within(value: &Dynamic) -> bool {
    if value.is::<List>() {
        return true;
    }
    if let Ok(items) = value.as_array_ref() {
        return items.iter().any(within);
    }
    if let Ok(map) = value.as_map_ref() {
        return map.values().any(within);
    }
    false
}

/// The items of an array, of a list or of a range.
pub(super) enum Items {
    /// Of an array.
    Array(vec::IntoIter<Dynamic>),
    /// Of a list.
    List(Box<Reader>),
    /// Of a range.
    Numbers(RangeInclusive<i64>),
}

impl Items {
    /// Returns the items of a value, if it has some.
    pub(super) fn of(value: &Dynamic) -> Option<Self> {
        if let Some(list) = value.read_lock::<List>() {
            return Some(Self::List(Box::new(list.read())));
        }
        if let Some(range) = value.read_lock::<RangeInclusive<i64>>() {
            return Some(Self::Numbers(range.clone()));
        }
        if let Some(range) = value.read_lock::<Range<i64>>() {
            let last = range.end.checked_sub(1);
            let numbers = last.map_or(RangeInclusive::new(1, 0), |last| range.start..=last);
            return Some(Self::Numbers(numbers));
        }
        let items = value.as_array_ref().ok()?;
        Some(Self::Array(items.clone().into_iter()))
    }

    /// Returns how many there are, where that is known beforehand.
    pub(super) fn known(&self) -> Option<usize> {
        match self {
            Self::Array(items) => Some(items.len()),
            Self::List(_) => None,
            Self::Numbers(numbers) => numbers.size_hint().1,
        }
    }
}

impl Iterator for Items {
    type Item = Result<Dynamic, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Array(items) => items.next().map(Ok),
            Self::List(reader) => reader.next(),
            Self::Numbers(numbers) => numbers.next().map(|number| Ok(number.into())),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.known())
    }
}

/// Returns a record's identity as the name of a lane: its id, else a hash of its text.
pub(super) fn lane_name(value: &Dynamic) -> String {
    if let Some(record) = value.read_lock::<Record>() {
        let id = record.at_path("id").filter(Dynamic::is_string);
        if let Some(id) = id {
            return id.to_string();
        }
    }
    if value.is_string() || value.is_int() {
        return crate::base::text::shorten(&value.to_string(), 60);
    }
    if let Some(Some(id)) = value.as_map_ref().ok().map(|map| map.get("id").cloned())
        && id.is_string()
    {
        return id.to_string();
    }
    let text = json::text(value, json::Purpose::Show).unwrap_or_default();
    format!("item-{:08x}", hash(&text))
}

/// FNV-1a, which is the same in every process.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
