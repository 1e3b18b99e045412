//! Microsoft Graph: `OData` throughout. Source: Microsoft Graph error responses and resource
//! types; Paging Microsoft Graph data in your app.

use http::HeaderMap;
use serde_json::Value;
use url::Url;

use super::{Dialect, Marks, Query, Split, body, odata};
use crate::api::filter::{Filter, FilterOp};
use crate::api::model::{FilterField, Paging};
use crate::error::{Code, Fault};

/// The dialect of Microsoft Graph.
#[derive(Debug)]
pub(super) struct Graph;

impl Dialect for Graph {
    fn filter(&self, filter: &Filter, fields: &[FilterField]) -> Result<String, String> {
        odata::filter(filter, fields)
    }

    /// Quotes what is searched for, unless it says by quotes of its own how it is to be read.
    fn search(&self, text: &str) -> String {
        if text.contains('"') {
            return text.to_owned();
        }
        format!("\"{text}\"")
    }

    fn marks(&self, query: Query<'_>) -> Result<Marks, String> {
        if !is_advanced(query) {
            return Ok(Marks::default());
        }
        if query.options.iter().any(|(name, _)| *name == "$expand") {
            return Err(NO_EXPAND.to_owned());
        }
        Ok(ADVANCED)
    }

    fn page(&self, body: &[u8], paging: Paging) -> Result<Split, String> {
        odata::page(body, paging)
    }

    fn resolve(&self, _root: &Url, base: &Url, link: &str) -> Result<Url, String> {
        odata::resolve(base, link)
    }

    fn fault(&self, status: u16, headers: &HeaderMap, body: &[u8]) -> Fault {
        let mut fault = odata::fault(status, headers, body);
        let inner = inner_error(body);
        let inner_id = |key: &str| {
            inner
                .as_ref()
                .and_then(|inner| inner[key].as_str())
                .map(str::to_owned)
        };
        fault.request_id = body::id(headers, "request-id").or_else(|| inner_id("request-id"));
        fault.client_request_id =
            body::id(headers, "client-request-id").or_else(|| inner_id("client-request-id"));
        fault
    }

    fn code(&self, fault: &Fault) -> Code {
        match fault.status {
            401 => Code::AuthToken,
            404 => Code::GraphNotFound,
            410 => Code::GraphDeltaExpired,
            412 => Code::GraphChanged,
            429 => Code::ThrottleExhausted,
            500.. => Code::HttpServer,
            _ => Code::GraphRefused,
        }
    }

    fn request_headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("accept", "application/json")]
    }
}

/// What an advanced query needs, or parts of it are silently left out.
const ADVANCED: Marks = Marks {
    options: &[("$count", "true")],
    headers: &[("ConsistencyLevel", "eventual")],
};
const NO_EXPAND: &str = "`expand` cannot stand beside `search`, `count`, another order or a condition that needs an advanced query; ask for the relation by itself";

/// The order that needs no advanced query.
const PLAIN_ORDER: [&str; 2] = ["displayname", "userprincipalname"];

/// Returns whether a query of directory objects is an advanced one. Source: Advanced query
/// capabilities on Microsoft Entra ID objects.
fn is_advanced(query: Query<'_>) -> bool {
    let option = |wanted: &str| {
        let mut all = query.options.iter();
        all.find(|(name, _)| *name == wanted)
            .map(|(_, value)| value.as_str())
    };
    let order = option("$orderby");
    let by_more = |order: &str| {
        let mut names = order
            .split(',')
            .filter_map(|part| part.split_whitespace().next());
        names.any(|name| !PLAIN_ORDER.contains(&name.to_ascii_lowercase().as_str()))
    };
    let hard = |filter: &Filter| match filter {
        Filter::Not(_) => true,
        Filter::Compare { op, .. } => matches!(op, FilterOp::Ne | FilterOp::EndsWith),
        Filter::And(..) | Filter::Or(..) => false,
    };
    let written = option("$filter");
    let filters = query.filter.is_some() || written.is_some();
    option("$search").is_some()
        || option("$count") == Some("true")
        || query.filter.is_some_and(|filter| filter.any(&hard))
        || written.is_some_and(is_hard)
        || (filters && order.is_some())
        || order.is_some_and(by_more)
}

/// Returns whether a condition that somebody wrote has what only an advanced query can compare. What
/// stands in quotes is no part of its language.
fn is_hard(condition: &str) -> bool {
    let bare: String = condition.split('\'').step_by(2).collect();
    let bare = bare.to_ascii_lowercase();
    let mut words = bare.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '$');
    words.any(|word| matches!(word, "ne" | "not" | "endswith" | "$count"))
}

/// Returns `error.innerError`, in either spelling.
fn inner_error(text: &[u8]) -> Option<Value> {
    let mut whole: Value = body::parse(text).ok()?;
    let error = whole.get_mut("error")?;
    let key = ["innerError", "innererror"]
        .into_iter()
        .find(|key| error.get(key).is_some())?;
    Some(error[key].take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_advanced_is_seen_in_a_written_condition() {
        let check = |condition: &str, expected: bool| {
            assert_eq!(is_hard(condition), expected, "{condition}");
        };
        check("displayName eq 'a ne b'", false);
        check(
            "displayName eq 'it''s not' and accountEnabled eq true",
            false,
        );
        check("startsWith(displayName,'not ')", false);
        check("displayName ne 'a'", true);
        check("NOT(displayName eq 'a')", true);
        check("endsWith(mail,'@a.example')", true);
        check("assignedLicenses/$count eq 0", true);
        check("notes eq 'a'", false);
    }

    #[test]
    fn ids_come_from_headers_or_the_inner_error() {
        let text = br#"{"error":{"code":"Request_ResourceNotFound","message":"no","innererror":{"request-id":"r1","client-request-id":"c1"}}}"#;
        let fault = Graph.fault(404, &HeaderMap::new(), text);
        assert_eq!(fault.request_id.as_deref(), Some("r1"));
        assert_eq!(fault.client_request_id.as_deref(), Some("c1"));
        assert_eq!(Graph.code(&fault), Code::GraphNotFound);
        let mut headers = HeaderMap::new();
        headers.insert("request-id", "r2".parse().expect("a header"));
        assert_eq!(
            Graph.fault(404, &headers, text).request_id.as_deref(),
            Some("r2")
        );
    }
}
