//! From an answer's body to a script's value.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use rhai::Dynamic;
use serde_json::value::RawValue;

use super::record::{Origin, Record, Shape, kind_of};
use super::scan;
use crate::api::model::{Kind, Ty};
use crate::base::text::shorten;
use crate::error::{Code, Error, Sent};

/// Returns what an object of that kind is.
pub(super) fn shape(kind: Kind) -> Shape {
    match kind {
        Kind::Rec(index) => Shape::Rec(index),
        Kind::Dict(ty) => Shape::Dict(ty),
        _ => Shape::Any,
    }
}

/// Returns the value of a whole body.
pub(super) fn body(body: &Bytes, ty: Ty, origin: &Arc<Origin>) -> Result<Dynamic, Error> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Dynamic::UNIT);
    }
    valid(body, origin)?;
    item(body, &scan::whole(body), ty, origin)
}

/// Returns the value of one item of a page whose text is known to be valid.
pub(super) fn item(
    page: &Bytes,
    at: &Range<u32>,
    ty: Ty,
    origin: &Arc<Origin>,
) -> Result<Dynamic, Error> {
    let kind = kind_of(origin.service, ty);
    if page.get(at.start as usize) == Some(&b'{') {
        let record = Record::new(page.clone(), at.clone(), shape(kind), Arc::clone(origin));
        return Ok(Dynamic::from(record));
    }
    // Anything else is read through a record that holds it, so that one place knows all kinds.
    Record::new(page.clone(), at.clone(), Shape::Any, Arc::clone(origin)).whole(ty)
}

fn valid(body: &Bytes, origin: &Origin) -> Result<(), Error> {
    let Err(error) = serde_json::from_slice::<&RawValue>(body) else {
        return Ok(());
    };
    let begins = shorten(
        &String::from_utf8_lossy(body.get(..200).unwrap_or(body)),
        80,
    );
    Err(Error::new(
        Code::HttpAnswer,
        format!(
            "{} answered `{}` with something that is not JSON: {error}",
            origin.service.name, origin.operation
        ),
    )
    .help(format!("the answer begins with {begins:?}"))
    .sent(Sent::Yes))
}
