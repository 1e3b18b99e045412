//! Shared access signatures of storage accounts: made from what is asked, signed with a key. How
//! they are written is that of storage's version 2015-04-05; the reference names only what is asked.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use ring::hmac;
use serde_json::{Map, Value, json};

use super::keys;
use crate::sandbox::arm::body::{self, need, one_of, parameter, text};
use crate::sandbox::partner::dates;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::arm(
    "POST",
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}/listAccountSas",
    list,
)];

/// Version of the signature's form.
const VERSION: &str = "2015-04-05";

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let account = keys::account(request, tx, "listAccountSas")?;
    let body = body::object(request)?;
    let asked = Asked::read(&body)?;
    let name = text(&body, "keyToSign")?.unwrap_or("key1");
    let name = one_of("keyToSign", name, &["key1", "key2"])?;
    let key = keys::value(&account, name).and_then(|key| BASE64.decode(key).ok());
    let signature = asked.signed(&account.name, &key.unwrap_or_default());
    Ok(Reply::ok(
        json!({ "accountSasToken": asked.token(&signature) }),
    ))
}

/// What is asked, examined.
struct Asked<'a> {
    services: &'a str,
    types: &'a str,
    permission: &'a str,
    start: &'a str,
    expiry: &'a str,
    address: &'a str,
    protocol: &'a str,
}

impl<'a> Asked<'a> {
    fn read(body: &'a Map<String, Value>) -> Result<Self, Refusal> {
        let asked = Self {
            services: letters(body, "signedServices", "bqtf")?,
            types: letters(body, "signedResourceTypes", "sco")?,
            permission: letters(body, "signedPermission", "rdwlacup")?,
            start: text(body, "signedStart")?.unwrap_or_default(),
            expiry: need(body, "signedExpiry")?,
            address: text(body, "signedIp")?.unwrap_or_default(),
            protocol: protocol(body)?,
        };
        let date = |field: &str, text: &str| {
            let wrong = || {
                parameter(
                    field,
                    format!("The value '{text}' of '{field}' is no time."),
                )
            };
            dates::parse(text).ok_or_else(wrong)
        };
        let ends = date("signedExpiry", asked.expiry)?;
        if !asked.start.is_empty() && date("signedStart", asked.start)? >= ends {
            let text = "The value of 'signedExpiry' must be later than that of 'signedStart'.";
            return Err(parameter("signedExpiry", text));
        }
        let is_address = |text: &str| text.parse::<std::net::Ipv4Addr>().is_ok();
        if !asked.address.is_empty() && !asked.address.split('-').all(is_address) {
            let text = format!("The value '{}' of 'signedIp' is no address.", asked.address);
            return Err(parameter("signedIp", text));
        }
        Ok(asked)
    }

    fn signed(&self, account: &str, key: &[u8]) -> String {
        let text = [
            account,
            self.permission,
            self.services,
            self.types,
            self.start,
            self.expiry,
            self.address,
            self.protocol,
            VERSION,
            "",
        ]
        .join("\n");
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        BASE64.encode(hmac::sign(&key, text.as_bytes()))
    }

    fn token(&self, signature: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("sv", VERSION),
            ("ss", self.services),
            ("srt", self.types),
            ("sp", self.permission),
            ("st", self.start),
            ("se", self.expiry),
            ("sip", self.address),
            ("spr", self.protocol),
            ("sig", signature),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

/// Returns a text out of some letters, each at most once.
fn letters<'a>(body: &'a Map<String, Value>, field: &str, known: &str) -> Result<&'a str, Refusal> {
    let given = need(body, field)?;
    let once = |one: char| given.matches(one).count() == 1;
    if given.chars().all(|one| known.contains(one) && once(one)) {
        return Ok(given);
    }
    let text = format!("The value '{given}' of '{field}' is not made of the letters '{known}'.");
    Err(parameter(field, text))
}

fn protocol(body: &Map<String, Value>) -> Result<&'static str, Refusal> {
    let given = text(body, "signedProtocol")?.unwrap_or("https,http");
    one_of("signedProtocol", given, &["https", "https,http"])
}
