//! Records: typed, immutable API objects over the JSON text that the service sent. Where members
//! stand is found on first access; nothing is parsed into a tree, and a record is written as it came.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use rhai::{Dynamic, ImmutableString, Map};

use super::date::Date;
use super::index::Index;
use super::secret::SecretText;
use super::{number, scan};
use crate::api::model::{Field, Kind, Operation, Schema, Service, Ty, first_name};
use crate::base::secret::Secret;
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};

/// Where a document came from: enough to call operations of the same object again.
#[derive(Debug)]
pub(super) struct Origin {
    /// The service whose schemas apply.
    pub(super) service: &'static Service,
    /// The operation that answered.
    pub(super) operation: &'static str,
    /// Path parameters of that call, by their names.
    pub(super) keys: Vec<(&'static str, String)>,
    /// The tenant whose token was used, where a service has many: its GUID or a domain.
    pub(super) tenant: Option<String>,
    /// The properties that were asked for; `None` = all.
    pub(super) asked: Option<Asked>,
    /// Properties whose values are secrets, wherever they may stand in the text.
    pub(super) secrets: Secrets,
}

/// Properties that were asked for: those that come by themselves, and those that the call named.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// By themselves.
    pub(super) fixed: &'static [&'static str],
    /// Named.
    pub(super) named: Vec<String>,
}

impl Asked {
    fn has(&self, name: &str) -> bool {
        self.fixed.contains(&name) || self.named.iter().any(|one| one == name)
    }
}

/// One item of an answer. Nested records share it.
#[derive(Debug)]
struct Doc {
    page: Bytes,
    item: Range<u32>,
    origin: Arc<Origin>,
    index: Index,
}

/// What is known about an object's properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing.
    Any,
    /// A declared record type.
    Rec(u16),
    /// Any names, values of one interned type.
    Dict(u16),
}

/// A typed, immutable API object.
#[derive(Clone)]
pub(super) struct Record {
    shape: Shape,
    doc: Arc<Doc>,
    at: Range<u32>,
}

impl Record {
    /// Creates a record over an object in a page whose text is known to be valid.
    pub(super) fn new(page: Bytes, at: Range<u32>, shape: Shape, origin: Arc<Origin>) -> Self {
        let doc = Doc {
            page,
            item: at.clone(),
            origin,
            index: Index::default(),
        };
        Self {
            shape,
            doc: Arc::new(doc),
            at,
        }
    }

    /// Returns the name of the record type.
    pub(super) fn kind(&self) -> &'static str {
        self.schema().map_or("Object", |schema| schema.name)
    }

    /// Returns the service it came from.
    pub(super) fn service(&self) -> &'static Service {
        self.doc.origin.service
    }

    /// Returns where it came from.
    pub(super) fn origin(&self) -> &Arc<Origin> {
        &self.doc.origin
    }

    /// Returns what is known about its properties.
    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// Returns its JSON text, as the service sent it.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(self.bytes(&self.at)).unwrap_or("null")
    }

    fn schema(&self) -> Option<&'static Schema> {
        match self.shape {
            Shape::Rec(index) => self.service().schemas.get(usize::from(index)),
            Shape::Any | Shape::Dict(_) => None,
        }
    }

    fn bytes(&self, at: &Range<u32>) -> &[u8] {
        self.doc
            .page
            .get(at.start as usize..at.end as usize)
            .unwrap_or(b"null")
    }

    /// Runs `f` over the members; those of an item are found once and kept.
    fn with_members<T>(&self, f: impl FnOnce(&[scan::Member]) -> T) -> T {
        let page = &self.doc.page;
        if self.at == self.doc.item {
            return self.doc.index.with_all(page, &self.at, f);
        }
        f(&scan::members(page, &self.at))
    }

    fn find(&self, name: &str) -> Option<Range<u32>> {
        let page = &self.doc.page;
        if self.at == self.doc.item {
            return self.doc.index.find(page, &self.at, name);
        }
        Some(scan::find(page, scan::Members::of(page, &self.at), name)?.value)
    }

    /// Returns the names of the members that are present.
    pub(super) fn names(&self) -> Vec<String> {
        self.with_members(|members| {
            let name = |member: &scan::Member| scan::named(self.bytes(&member.name));
            members.iter().map(name).collect()
        })
    }

    /// Returns the members that are present: name, JSON text, type.
    pub(super) fn members(&self) -> Vec<(String, &str, Ty)> {
        let found = self.with_members(<[scan::Member]>::to_vec);
        found
            .into_iter()
            .map(|member| {
                let name = scan::named(self.bytes(&member.name));
                let text = std::str::from_utf8(self.bytes(&member.value)).unwrap_or("null");
                let ty = self.type_of(&name);
                (name, text, ty)
            })
            .collect()
    }

    fn declared(&self, name: &str) -> Option<&'static Field> {
        self.schema()?.field(name)
    }

    fn type_of(&self, name: &str) -> Ty {
        match (self.shape, self.declared(name)) {
            (Shape::Dict(ty), _) => Ty(ty),
            (_, Some(field)) => field.ty,
            _ => Ty(u16::MAX),
        }
    }

    /// Returns a property: present ones declared or not, `()` for declared ones left out.
    pub(super) fn get(&self, name: &str) -> Result<Dynamic, Error> {
        if let Some(at) = self.find(name) {
            return match self.bytes(&at).first() {
                // These are what they are, whatever is declared.
                Some(b't') => Ok(true.into()),
                Some(b'f') => Ok(false.into()),
                Some(b'n') => Ok(Dynamic::UNIT),
                _ => self.value(&at, self.type_of(name), name),
            };
        }
        if matches!(self.shape, Shape::Dict(_)) {
            return Ok(Dynamic::UNIT);
        }
        if self.declared(name).is_none() {
            return Err(self.unknown(name));
        }
        match &self.doc.origin.asked {
            Some(asked) if self.at == self.doc.item && !asked.has(name) => {
                Err(self.not_asked(name))
            }
            _ => Ok(Dynamic::UNIT),
        }
    }

    /// Returns the property at a dotted path, if all of it is present.
    pub(super) fn at_path(&self, path: &str) -> Option<Dynamic> {
        let (first, rest) = first_name(path);
        let value = self.get(first).ok().filter(|value| !value.is_unit())?;
        match rest {
            Some(rest) => value.read_lock::<Self>()?.at_path(rest),
            None => Some(value),
        }
    }

    /// Returns the value of the whole text, which may be no object.
    pub(super) fn whole(&self, ty: Ty) -> Result<Dynamic, Error> {
        self.value(&self.at, ty, "value")
    }

    fn value(&self, at: &Range<u32>, ty: Ty, name: &str) -> Result<Dynamic, Error> {
        let kind = kind_of(self.service(), ty);
        let raw = self.bytes(at);
        match raw.first() {
            Some(b'{') => Ok(Dynamic::from(self.nested(at, kind))),
            Some(b'[') => {
                let item = match kind {
                    Kind::Array(ty) => Ty(ty),
                    _ => Ty(u16::MAX),
                };
                scan::elements(&self.doc.page, at)
                    .iter()
                    .map(|at| self.value(at, item, name))
                    .collect::<Result<rhai::Array, _>>()
                    .map(Dynamic::from_array)
            }
            Some(b'"') => self.text_value(raw, kind, name),
            Some(b't') => Ok(true.into()),
            Some(b'f') => Ok(false.into()),
            Some(b'n') | None => Ok(Dynamic::UNIT),
            Some(_) => Ok(number::read(std::str::from_utf8(raw).unwrap_or_default())),
        }
    }

    fn nested(&self, at: &Range<u32>, kind: Kind) -> Self {
        let shape = match kind {
            Kind::Rec(index) => Shape::Rec(index),
            Kind::Dict(ty) => Shape::Dict(ty),
            _ => Shape::Any,
        };
        Self {
            shape,
            doc: Arc::clone(&self.doc),
            at: at.clone(),
        }
    }

    fn text_value(&self, raw: &[u8], kind: Kind, name: &str) -> Result<Dynamic, Error> {
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        let text: ImmutableString = match std::str::from_utf8(inner) {
            Ok(plain) if !inner.contains(&b'\\') => plain.into(),
            _ => scan::string(raw).into(),
        };
        match kind {
            Kind::Date | Kind::Day => Ok(match Date::parse(&text) {
                Some(date) => Dynamic::from(date),
                None => text.into(),
            }),
            Kind::Guid => Ok(lower(text).into()),
            Kind::Secret => Ok(Dynamic::from(SecretText::new(Secret::new(
                text.to_string(),
            )))),
            Kind::Int | Kind::Num | Kind::Bool => Err(Error::new(
                Code::HttpAnswer,
                format!(
                    "the service sent the text {text:?} for `{}.{name}`, where its documents promise {}",
                    self.kind(),
                    if kind == Kind::Bool {
                        "true or false"
                    } else {
                        "a number"
                    },
                ),
            )),
            _ => Ok(text.into()),
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let present = self.names();
        let declared = self.schema().map_or(&[][..], |schema| &schema.fields);
        let known = declared
            .iter()
            .map(|field| field.name)
            .chain(present.iter().map(String::as_str));
        let error = Error::new(
            Code::RecordProperty,
            format!("{} has no property `{name}`", self.kind()),
        );
        match did_you_mean(name, known.clone()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("it has: {}", list(known))),
        }
    }

    fn not_asked(&self, name: &str) -> Error {
        let origin = &self.doc.origin;
        let call = format!("{}::{}", origin.service.name, origin.operation);
        let error = Error::new(
            Code::RecordNotAsked,
            format!("`{name}` was not asked for: `{call}` leaves it out"),
        );
        let again = self.read_again(name);
        let operation = origin.service.operation(origin.operation);
        if operation.is_some_and(selects) {
            error.help(format!(
                "add the option `#{{ select: [\"{name}\"] }}` to `{call}`, or {again}"
            ))
        } else {
            error.help(again)
        }
    }

    /// Returns how to read the object with that property: by its `refresh`, where there is one.
    fn read_again(&self, name: &str) -> String {
        let is_own = |operation: &&Operation| match (operation.method_of, self.shape) {
            (Some((schema, "refresh")), Shape::Rec(own)) => schema == own,
            _ => false,
        };
        let kind = self.kind();
        match self.service().operations.iter().find(is_own) {
            Some(refresh) if selects(refresh) => {
                format!("read the {kind} again with `.refresh(#{{ select: [\"{name}\"] }})`")
            }
            Some(_) => format!("read the whole {kind} with `.refresh()`"),
            None => format!("read the whole {kind}"),
        }
    }

    /// Returns all members as a map, nested ones too.
    pub(super) fn to_map(&self) -> Result<Map, Error> {
        self.names()
            .into_iter()
            .map(|name| {
                let value = plain(self.get(&name)?)?;
                Ok((name.into(), value))
            })
            .collect()
    }

    /// Returns a few words that tell which object it is.
    pub(super) fn title(&self) -> String {
        const NAMES: [&str; 8] = [
            "displayName",
            "companyProfile.companyName",
            "friendlyName",
            "companyName",
            "name",
            "title",
            "userPrincipalName",
            "id",
        ];
        let text = |path: &str| {
            let value = self.at_path(path)?;
            value
                .as_immutable_string_ref()
                .ok()
                .map(|text| text.to_string())
        };
        let name = NAMES.iter().find_map(|path| text(path));
        match (name, text("id")) {
            (Some(name), Some(id)) if name != id => format!("{} {name} ({id})", self.kind()),
            (Some(name), _) => format!("{} {name}", self.kind()),
            (None, _) => self.kind().to_owned(),
        }
    }
}

/// Turns records inside a value into maps.
pub(super) fn plain(value: Dynamic) -> Result<Dynamic, Error> {
    if let Some(record) = value.read_lock::<Record>() {
        return Ok(record.to_map()?.into());
    }
    if !value.is_array() {
        return Ok(value);
    }
    let items = value.into_array().unwrap_or_default();
    let items = items
        .into_iter()
        .map(plain)
        .collect::<Result<rhai::Array, _>>()?;
    Ok(items.into())
}

/// Returns what an interned type means; an unknown one means anything.
pub(super) fn kind_of(service: &Service, ty: Ty) -> Kind {
    service
        .kinds
        .get(usize::from(ty.0))
        .copied()
        .unwrap_or(Kind::Any)
}

/// The names of the secret properties that a value of a type may hold, found when they are needed.
#[derive(Debug)]
pub(super) struct Secrets {
    service: &'static Service,
    ty: Ty,
    names: OnceLock<Vec<&'static str>>,
}

impl Secrets {
    /// Takes the type of an answer.
    pub(super) fn of(service: &'static Service, ty: Ty) -> Self {
        Self {
            service,
            ty,
            names: OnceLock::new(),
        }
    }

    fn names(&self) -> &[&'static str] {
        self.names.get_or_init(|| {
            let mut found = Vec::new();
            let kind = kind_of(self.service, self.ty);
            self.look(kind, &mut Vec::new(), &mut found);
            found
        })
    }

    fn look(&self, kind: Kind, seen: &mut Vec<u16>, found: &mut Vec<&'static str>) {
        match kind {
            Kind::Array(ty) | Kind::Dict(ty) => {
                self.look(kind_of(self.service, Ty(ty)), seen, found);
            }
            Kind::Rec(index) if !seen.contains(&index) => {
                seen.push(index);
                let schema = self.service.schemas.get(usize::from(index));
                for field in schema.map_or(&[][..], |schema| &schema.fields) {
                    match kind_of(self.service, field.ty) {
                        Kind::Secret => found.push(field.name),
                        kind => self.look(kind, seen, found),
                    }
                }
            }
            _ => {}
        }
    }
}

impl Origin {
    /// Returns whether a text from there may hold a secret, so that it must not be shown as it is.
    pub(super) fn may_hold_secret(&self, text: &str) -> bool {
        let text = text.as_bytes();
        let named = |name: &&str| memchr::memmem::find(text, name.as_bytes()).is_some();
        let secrets = self.secrets.names();
        !secrets.is_empty() && (secrets.iter().any(named) || scan::has_escaped_name(text))
    }
}

/// Returns whether the caller can name the properties that come.
fn selects(operation: &Operation) -> bool {
    operation.optional().any(|one| one.name == "select")
}

fn lower(text: ImmutableString) -> ImmutableString {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return text.to_ascii_lowercase().into();
    }
    text
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    crate::base::text::shorten(&names.join(", "), 200)
}

impl PartialEq for Record {
    /// Equal: the same service and type, and the same text.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.service(), other.service())
            && self.shape == other.shape
            && self.bytes(&self.at) == other.bytes(&other.at)
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title())
    }
}
