//! Conversions: `string`, `int`, `bool`, `json`, `array`, base64, URIs, and the names that follow
//! from other names (`uniqueString`, `guid`).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ring::digest;
use serde_json::Value;

use super::{ANY, Args, Function, function};
use crate::sandbox::arm::template::evaluate::Frame;
use crate::sandbox::arm::template::fault::Fault;
use crate::sandbox::derived;

pub(super) const FUNCTIONS: &[Function] = &[
    function("string", 1, 1, |_, args| Ok(shown(args.value(0)).into())),
    function("int", 1, 1, int),
    function("bool", 1, 1, bool),
    function("json", 1, 1, |_, args| {
        let text = args.text(0)?;
        serde_json::from_str(text)
            .map_err(|error| args.fault(&format!("the text is not valid JSON: {error}")))
    }),
    function("array", 1, 1, |_, args| {
        Ok(match args.value(0) {
            Value::Array(items) => Value::from(items.clone()),
            other => Value::from(vec![other.clone()]),
        })
    }),
    function("base64", 1, 1, |_, args| {
        Ok(BASE64_STANDARD.encode(args.text(0)?).into())
    }),
    function("base64ToString", 1, 1, |_, args| Ok(decoded(args)?.into())),
    function("base64ToJson", 1, 1, |_, args| {
        serde_json::from_str(&decoded(args)?)
            .map_err(|error| args.fault(&format!("the text is not valid JSON: {error}")))
    }),
    function("uri", 2, 2, uri),
    function("uriComponent", 1, 1, |_, args| {
        Ok(utf8_percent_encode(args.text(0)?, COMPONENT)
            .to_string()
            .into())
    }),
    function("uriComponentToString", 1, 1, |_, args| {
        let text = percent_decode_str(args.text(0)?).decode_utf8();
        let text = text.map_err(|_| args.fault("the text is not valid UTF-8"))?;
        Ok(text.into_owned().into())
    }),
    function("uniqueString", 1, ANY, unique_string),
    function("guid", 1, ANY, |_, args| {
        let mut parts = texts(args)?;
        parts.insert(0, "guid");
        Ok(derived::guid(&parts).into())
    }),
];

/// What a URI's component has encoded: everything but the unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Returns a value as text: what `string` gives, and what `concat` and `format` put in.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn int(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let number = match args.value(0) {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64(),
        _ => return Err(args.wrong(0, "String")),
    };
    number
        .map(Value::from)
        .ok_or_else(|| args.fault("the value can't be converted to an integer"))
}

fn bool(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let flag = match args.value(0) {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        Value::String(text) => match text.to_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => return Err(args.wrong(0, "String")),
    };
    flag.map(Value::from)
        .ok_or_else(|| args.fault("the value can't be converted to a boolean"))
}

fn decoded(args: &Args<'_>) -> Result<String, Fault> {
    let bytes = BASE64_STANDARD.decode(args.text(0)?).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| args.fault("the text is not valid base64"))
}

fn uri(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let base = url::Url::parse(args.text(0)?).ok();
    let joined = base.and_then(|base| base.join(args.text(1).ok()?).ok());
    match joined {
        Some(joined) => Ok(joined.to_string().into()),
        None => Err(args.fault("the base must be an absolute URI, and the rest relative to it")),
    }
}

fn texts<'a>(args: &Args<'a>) -> Result<Vec<&'a str>, Fault> {
    (0..args.values.len()).map(|at| args.text(at)).collect()
}

/// Thirteen characters that follow from the arguments. The service's own hash is not documented, so
/// this is another one: the values are as stable, but not the same as in Azure.
fn unique_string(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = digest::digest(&digest::SHA256, texts(args)?.join("-").as_bytes());
    let letters = digest.as_ref().iter().take(13);
    let letters = letters.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    Ok(letters.collect::<String>().into())
}
