//! The options of a query for a list, read and held against what its kind takes, and the gate of
//! advanced queries. Source: graph reference §2.

use serde_json::Value;

use super::filter::Filter;
use super::kind::Kind;
use super::order::Order;
use super::search::Search;
use super::select::Expansion;
use super::{only, unsupported};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// What a query asks for, apart from the page and the properties.
#[derive(Debug, Default)]
pub(super) struct Query {
    filter: Option<Filter>,
    search: Option<Search>,
    pub(super) order: Order,
    pub(super) expand: Option<Expansion>,
    /// Whether the number of all objects is told.
    pub(super) count: bool,
}

/// Tells whether the client takes results that are consistent eventually.
pub(super) fn eventual(request: &Request) -> bool {
    let level = request.header("consistencylevel");
    level.is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
}

impl Query {
    /// Reads the query for a list of a kind.
    pub(super) fn read(request: &Request, kind: &Kind) -> Result<Self, Refusal> {
        if kind.directory && request.query("$skip").is_some() {
            return Err(unsupported("'$skip' is not supported.".to_owned()));
        }
        only(request, &options(kind))?;
        let counts = match request.query("$count") {
            None => false,
            Some(text) if text.eq_ignore_ascii_case("true") => true,
            Some(text) if text.eq_ignore_ascii_case("false") => false,
            Some(text) => {
                let text = format!("Invalid value '{text}' for $count query option found.");
                return Err(Refusal::new(400, "BadRequest", text));
            }
        };
        // Without the header, the number is left out without a word.
        let count = counts && (eventual(request) || !kind.directory);
        let mut query = Self::conditions(request, kind, count)?;
        if let Some(text) = request.query("$orderby") {
            query.order = Order::read(text, kind, count)?;
            if kind.directory && query.filter.is_some() && !count {
                return Err(unsupported(
                    "Sorting not supported for current query.".to_owned(),
                ));
            }
        }
        if let Some(text) = request.query("$expand") {
            let is_advanced = count || query.search.is_some();
            if kind.directory && is_advanced {
                return Err(unsupported(
                    "$expand is not supported with advanced queries.".to_owned(),
                ));
            }
            query.expand = Some(Expansion::read(text, kind)?);
        }
        query.count = count;
        Ok(query)
    }

    /// Reads the query of `/$count`.
    pub(super) fn of_number(request: &Request, kind: &Kind) -> Result<Self, Refusal> {
        only(request, &["$filter", "$search"])?;
        if kind.directory && !eventual(request) {
            let text = "$count is not currently supported.";
            return Err(Refusal::new(400, "Request_BadRequest", text));
        }
        Self::conditions(request, kind, true)
    }

    fn conditions(request: &Request, kind: &Kind, is_advanced: bool) -> Result<Self, Refusal> {
        let mut query = Self::default();
        if let Some(text) = request.query("$filter") {
            let filter = Filter::read(text, kind)?;
            filter.gate(kind, is_advanced)?;
            query.filter = Some(filter);
        }
        if let Some(text) = request.query("$search") {
            if kind.directory && !eventual(request) {
                return Err(unsupported("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'".to_owned()));
            }
            query.search = Some(Search::read(text, kind)?);
        }
        Ok(query)
    }

    /// Returns the objects that are asked for.
    pub(super) fn found(
        &self,
        rows: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Value>, Refusal> {
        let mut found = Vec::new();
        for row in rows {
            let searched = self.search.as_ref().is_none_or(|search| search.holds(&row));
            let holds = |filter: &Filter| filter.holds(&row);
            if searched && self.filter.as_ref().map_or(Ok(true), holds)? {
                found.push(row);
            }
        }
        Ok(found)
    }
}

/// Returns the options that a list of a kind takes.
fn options(kind: &Kind) -> Vec<&'static str> {
    let advanced = kind.directory;
    let taken = [
        ("$select", true),
        ("$count", true),
        ("$top", kind.most > 0),
        ("$skiptoken", kind.most > 0),
        ("$filter", advanced || !kind.filter.is_empty()),
        (
            "$orderby",
            advanced || !kind.order.0.is_empty() || !kind.order.1.is_empty(),
        ),
        ("$search", advanced || !kind.search.is_empty()),
        ("$expand", advanced || !kind.expand.is_empty()),
    ];
    let taken = taken.into_iter().filter(|(_, taken)| *taken);
    taken.map(|(name, _)| name).collect()
}
