//! How each service writes filters, cuts lists into pages, links them, and reports errors. A
//! dialect is pure: it reads and writes text, and sends nothing.

mod arm;
mod body;
mod fields;
mod graph;
mod odata;
mod partner;

use std::fmt::Debug;
use std::ops::Range;

use http::HeaderMap;
use url::Url;

use super::ServiceName;
use super::filter::Filter;
use super::model::{FilterField, Paging};
use crate::error::{Code, Fault};

/// A page of a list, cut into its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Where each item stands in the body, in bytes.
    pub items: Vec<Range<u32>>,
    /// Where the next page is.
    pub next: Option<NextLink>,
}

/// A link to the next page, as the service wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextLink {
    /// Address: absolute or relative; see [`Dialect::resolve`].
    pub uri: String,
    /// Headers to send with the request for the next page.
    pub headers: Vec<(String, String)>,
}

/// What is asked of a list.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The condition, if there is one.
    pub filter: Option<&'a Filter>,
    /// Parameters of the query, by their names on the wire; a condition that somebody wrote is
    /// `$filter`.
    pub options: &'a [(&'static str, String)],
}

/// What a query needs beside what was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Parameters of the query.
    pub options: &'static [(&'static str, &'static str)],
    /// Headers, also with the requests for the pages that follow.
    pub headers: &'static [(&'static str, &'static str)],
}

/// What is particular to one service.
pub trait Dialect: Sync + Debug {
    /// Renders a filter for a list that can compare `fields` (none named: whatever the service can
    /// do). The error is a sentence fragment that says what the list can do.
    fn filter(&self, filter: &Filter, fields: &[FilterField]) -> Result<String, String>;

    /// Returns how a text travels that is searched for.
    fn search(&self, text: &str) -> String {
        text.to_owned()
    }

    /// Returns the marks of a query of directory objects ([`Operation::advanced`]), or what is wrong
    /// with it.
    ///
    /// [`Operation::advanced`]: super::model::Operation::advanced
    fn marks(&self, _query: Query<'_>) -> Result<Marks, String> {
        Ok(Marks::default())
    }

    /// Cuts a page into its items and finds the link to the next one. The error says how the body
    /// differs from what the service promises.
    fn page(&self, body: &[u8], paging: Paging) -> Result<Split, String>;

    /// Returns the address that a link in an answer means. `root` is the service's root, which may
    /// have a path; `base` is the address of the answer. Whether the host may be called is not
    /// decided here.
    fn resolve(&self, root: &Url, base: &Url, link: &str) -> Result<Url, String>;

    /// Reads a refusal, whatever its shape; service, operation and tenant are left empty.
    fn fault(&self, status: u16, headers: &HeaderMap, body: &[u8]) -> Fault;

    /// Returns the stable code for a refusal.
    fn code(&self, fault: &Fault) -> Code;

    /// Returns what to do about a refusal, where its code tells.
    fn advice(&self, _fault: &Fault) -> Option<&'static str> {
        None
    }

    /// Returns headers that the service wants on every request; a call's own win over them.
    fn request_headers(&self) -> &'static [(&'static str, &'static str)];
}

/// Returns the dialect of a service.
pub fn of(service: ServiceName) -> &'static dyn Dialect {
    match service {
        ServiceName::Partner => &partner::Partner,
        ServiceName::Graph => &graph::Graph,
        ServiceName::Arm => &arm::ARM,
        ServiceName::Recovery => &arm::RECOVERY,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever a gateway sends, the dialects give a fault with a message, or say what is wrong.
        #[test]
        fn no_body_is_too_strange(
            status in 300u16..600,
            body in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..80),
                "[<>&;#a-z{}\\[\\]\":,0-9 é]{0,80}".prop_map(String::into_bytes),
            ],
        ) {
            for service in ServiceName::ALL {
                let dialect = of(service);
                let fault = dialect.fault(status, &HeaderMap::new(), &body);
                prop_assert_eq!(fault.status, status);
                prop_assert!(fault.body.len() <= 3 * body.len());
                dialect.code(&fault);
                if let Ok(split) = dialect.page(&body, Paging::Link) {
                    prop_assert!(split.items.iter().all(|item| item.end as usize <= body.len()));
                }
            }
        }
    }
}
