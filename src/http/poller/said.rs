//! What an answer says about the work: its state, how far it is, where its result lies. Read without
//! taking the whole body apart, since most looks say nothing new.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// The members of a body that matter here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Members<'a> {
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow, rename = "percentComplete")]
    percent: Option<&'a RawValue>,
    #[serde(borrow, rename = "resourceLocation")]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Properties<'a> {
    #[serde(borrow, rename = "provisioningState")]
    state: Option<&'a RawValue>,
}

/// What a body says about an operation of Azure.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    /// `status`.
    pub(super) status: Option<String>,
    /// `percentComplete`.
    pub(super) percent: Option<f64>,
    /// `resourceLocation`.
    pub(super) result: Option<String>,
    /// `properties.provisioningState`.
    pub(super) provisioning: Option<String>,
}

impl Said {
    /// Reads a body; an error if it is no JSON.
    pub(super) fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        // An array would be read as the members in their order.
        let members: Members<'_> = if body.trim_ascii_start().starts_with(b"[") {
            Members::default()
        } else {
            serde_json::from_slice(body)?
        };
        let inner = members.properties.map(RawValue::get);
        let inner = inner.and_then(|inner| serde_json::from_str::<Properties<'_>>(inner).ok());
        Ok(Self {
            status: text(members.status),
            percent: members
                .percent
                .and_then(|raw| serde_json::from_str(raw.get()).ok()),
            result: text(members.result).filter(|link| !link.is_empty()),
            provisioning: text(inner.unwrap_or_default().state),
        })
    }
}

/// Returns the text that a member is, if it is one.
fn text(raw: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

/// Returns a body as JSON; what is none says nothing.
pub(super) fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

/// Returns the state of an operation or object.
pub(super) fn state(object: &Value) -> Option<&str> {
    let state = at(object, "status").or_else(|| at(object, "properties.provisioningState"));
    state?.as_str()
}

/// Returns what stands at a dotted path.
pub(super) fn at<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(object, |at, name| at.get(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_says_what_it_says_whatever_else_it_holds() {
        let check = |body: &str, expected: Option<(Option<&str>, Option<&str>)>| {
            let said = Said::read(body.as_bytes()).ok();
            let found = said
                .as_ref()
                .map(|said| (said.status.as_deref(), said.provisioning.as_deref()));
            assert_eq!(found, expected, "{body}");
        };
        check(
            r#"{"status":"Running","percentComplete":"half"}"#,
            Some((Some("Running"), None)),
        );
        check(
            r#"{"status":{"code":1},"properties":[]}"#,
            Some((None, None)),
        );
        check(
            r#"{"properties":{"provisioningState":"Updating","more":{}}}"#,
            Some((None, Some("Updating"))),
        );
        check(r#"{"status":null}"#, Some((None, None)));
        check("", None);
        check("<html>", None);
        check("[1]", Some((None, None)));
        let said = Said::read(br#"{"percentComplete":42.5,"resourceLocation":"/x"}"#);
        let said = said.expect("an object");
        assert_eq!(
            (said.percent, said.result.as_deref()),
            (Some(42.5), Some("/x"))
        );
    }
}
