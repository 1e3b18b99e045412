//! Lists that come in pages: followed by the service's own rule, one page ahead of the script, with
//! no growth of memory. A next link is not trusted, and an empty page is not the end.

use std::cell::RefCell;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HOST};
use serde::Deserialize;
use url::Url;

use super::answer;
use super::call::{Call, StepKey};
use super::client::{Client, header};
use super::prefetch::Prefetch;
use super::request::Request;
use super::response::Response;
use crate::api::dialect::{self, NextLink, Split};
use crate::api::model::Paging;
use crate::error::{Code, Error, Sent};

/// The page before which nothing is fetched ahead: many scripts end within the first.
const FIRST_AHEAD: u32 = 3;

/// One page: its text, and where each item stands in it.
#[derive(Debug, Clone)]
pub struct Page {
    /// The page's JSON text; known to be valid.
    pub body: Bytes,
    /// Byte ranges of the items.
    pub items: Vec<Range<u32>>,
}

/// The pages of one list.
#[derive(Debug)]
pub struct Pager {
    client: Arc<Client>,
    call: Call,
    paging: Paging,
    /// Number of the page that comes next, from 1.
    number: u32,
    next: Next,
    /// Headers of the first request; those of a link are laid over them.
    headers: HeaderMap,
    /// What has been asked for, as hashes: eight bytes for a page of hundreds of items.
    seen: HashSet<u64>,
    /// The items of the page before, as a hash, where pages are told apart by it.
    before: Option<u64>,
}

/// What comes next.
#[derive(Debug)]
enum Next {
    /// The call itself.
    First,
    /// This answer to the call, which was made in another way.
    Given(Box<Response>),
    /// This request.
    Page(Box<Request>),
    /// This request, which is already under way.
    Ahead(Box<Request>, Prefetch),
    /// Nothing.
    End,
}

impl Pager {
    pub(crate) fn new(client: Arc<Client>, call: Call, paging: Paging) -> Self {
        Self {
            client,
            call,
            paging,
            number: 1,
            next: Next::First,
            headers: HeaderMap::new(),
            seen: HashSet::new(),
            before: None,
        }
    }

    /// Returns the pager of a list whose first page is here already.
    pub(crate) fn after(client: Arc<Client>, call: Call, paging: Paging, first: Response) -> Self {
        let mut pager = Self::new(client, call, paging);
        pager.next = Next::Given(Box::new(first));
        pager
    }

    /// Returns the next page, or `None` after the last; blocks. A page may be empty. A page that could
    /// not be had is asked for again by the next call.
    pub fn next_page(&mut self) -> Result<Option<Page>, Error> {
        let (request, answer) = match std::mem::replace(&mut self.next, Next::End) {
            Next::End => return Ok(None),
            Next::Given(answer) => (Box::new(self.first()?), Ok(*answer)),
            Next::First => {
                let request = Box::new(self.first()?);
                let answer = self.answer(&request, None);
                (request, answer)
            }
            Next::Page(request) => {
                let answer = self.answer(&request, None);
                (request, answer)
            }
            Next::Ahead(request, prefetch) => {
                let answer = self.answer(&request, Some(prefetch));
                (request, answer)
            }
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.next = Next::Page(request);
                return Err(error);
            }
        };
        let split = dialect::of(self.call.service)
            .page(&answer.body, self.paging)
            .map_err(|why| answer.not_as_promised(&why))?;
        let following = match self.paging {
            Paging::Single | Paging::Bare => None,
            Paging::Link | Paging::Named { .. } => self.linked(&request, &answer, split.next)?,
            Paging::Offset { offset, size, page } => {
                if self.came_again(&request, offset, &answer, &split)? {
                    return Ok(None);
                }
                let asked = parameter(&request.url, size).unwrap_or(0);
                after_offset(&request, split.items.len(), (offset, asked, page))
            }
        };
        self.number += 1;
        if let Some(following) = following {
            self.next = self.approach(following)?;
        }
        Ok(Some(Page {
            body: answer.body,
            items: split.items,
        }))
    }

    /// Returns the request of the first page.
    fn first(&self) -> Result<Request, Error> {
        let mut request = self.client.admit(&self.call)?;
        if let Paging::Offset { offset, size, page } = self.paging {
            for (name, value) in [(offset, 0), (size, page)] {
                if parameter(&request.url, name).is_none() {
                    set_parameter(&mut request.url, name, u64::from(value));
                }
            }
        }
        Ok(request)
    }

    /// Takes a page as a step of the run.
    fn answer(&self, request: &Request, ahead: Option<Prefetch>) -> Result<Response, Error> {
        let ahead = RefCell::new(ahead);
        let key = match self.number {
            1 => self.call.step.clone(),
            number => StepKey(format!("{}/{number}", self.call.step.0)),
        };
        let answered = self.client.step(&key, self.call.effect, &|| {
            let answer = match ahead.borrow_mut().take() {
                Some(prefetch) => prefetch.take(&self.client)?,
                None => self.client.send(request.clone())?,
            };
            answer::accept(&self.call, request, answer)
        });
        answered.map_err(|error| self.client.advised(&self.call, error))
    }

    /// Returns the request of the page that a link leads to, if there is one.
    fn linked(
        &mut self,
        request: &Request,
        answer: &Response,
        link: Option<NextLink>,
    ) -> Result<Option<Request>, Error> {
        let Some(link) = link else {
            return Ok(None);
        };
        if self.number == 1 {
            // Most lists end with their first page, and need neither.
            self.seen.insert(fingerprint(request));
            self.headers.clone_from(&request.headers);
        }
        let mut following = self.client.admit(&self.call)?;
        following.url = self.trusted(&link, answer)?;
        following.headers.clone_from(&self.headers);
        for (name, value) in &link.headers {
            let (name, value) = header(name, value)
                .map_err(|_| malformed(&link, "a header of it cannot be sent"))?;
            if name != AUTHORIZATION && name != HOST {
                following.headers.insert(name, value);
            }
        }
        if !self.seen.insert(fingerprint(&following)) {
            return Err(circle(&self.call));
        }
        Ok(Some(following))
    }

    /// Returns where a link leads if that is the service itself.
    fn trusted(&self, link: &NextLink, answer: &Response) -> Result<Url, Error> {
        let root = self.client.root(self.call.service)?;
        let url = dialect::of(self.call.service)
            .resolve(root, &answer.url, &link.uri)
            .map_err(|why| malformed(link, &why))?;
        if url.origin() != root.origin() {
            let host = url.host_str().unwrap_or("no host");
            return Err(Error::new(
                Code::HttpForeignLink,
                format!(
                    "the next page of `{}` lies on {host}, which is not {}: it was not followed",
                    self.call.operation,
                    self.call.service.as_str()
                ),
            )
            .help(format!("if {host} is the service's own, give its address as the endpoint (TENANTRY_ENDPOINT_…)"))
            .sent(Sent::Yes));
        }
        Ok(url)
    }

    /// Returns what comes next: from the third page on it is fetched ahead.
    fn approach(&self, request: Request) -> Result<Next, Error> {
        if self.number < FIRST_AHEAD {
            return Ok(Next::Page(Box::new(request)));
        }
        let prefetch = Prefetch::start(&self.client, request.clone())?;
        Ok(Next::Ahead(Box::new(request), prefetch))
    }

    /// Returns whether this page holds the same items as the one before: a service that ignores the
    /// offset (Partner Center's modern invoices) sends the whole list each time, and it was complete.
    /// Fails if it was not, or if the pages lead in a circle.
    fn came_again(
        &mut self,
        request: &Request,
        offset: &str,
        answer: &Response,
        split: &Split,
    ) -> Result<bool, Error> {
        if split.items.is_empty() {
            return Ok(false);
        }
        let mut hasher = DefaultHasher::new();
        for item in &split.items {
            answer.body[item.start as usize..item.end as usize].hash(&mut hasher);
        }
        let items = hasher.finish();
        let again = self.before.replace(items) == Some(items);
        let first_time = self.seen.insert(items);
        let given = parameter(&request.url, offset).unwrap_or(0);
        match again {
            true if total(&answer.body).is_none_or(|total| total <= given) => Ok(true),
            false if first_time => Ok(false),
            _ => Err(circle(&self.call)),
        }
    }
}

/// Returns the request of the next offset, unless this page was shorter than asked.
fn after_offset(
    request: &Request,
    items: usize,
    (offset, asked, most): (&str, u64, u32),
) -> Option<Request> {
    // A service that allows smaller pages than were asked for cuts them to its own size.
    let whole = asked.min(u64::from(most));
    let items = items as u64;
    if items == 0 || items < whole {
        return None;
    }
    let mut following = request.clone();
    let at = parameter(&request.url, offset).unwrap_or(0) + items;
    set_parameter(&mut following.url, offset, at);
    Some(following)
}

/// Returns how many items a list has, where its page says so.
fn total(body: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Page {
        total_count: u64,
    }
    serde_json::from_slice::<Page>(body)
        .ok()
        .map(|page| page.total_count)
}

/// Returns a number that tells one request from another.
fn fingerprint(request: &Request) -> u64 {
    let mut hasher = DefaultHasher::new();
    request.url.hash(&mut hasher);
    for (name, value) in &request.headers {
        name.hash(&mut hasher);
        value.hash(&mut hasher);
    }
    hasher.finish()
}

fn parameter(url: &Url, name: &str) -> Option<u64> {
    let (_, value) = url.query_pairs().find(|(key, _)| key == name)?;
    value.parse().ok()
}

fn set_parameter(url: &mut Url, name: &str, value: u64) {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| key != name)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .append_pair(name, &value.to_string());
}

fn circle(call: &Call) -> Error {
    Error::new(
        Code::HttpLoop,
        format!(
            "the pages of `{}` lead in a circle: the service sent a page twice",
            call.operation
        ),
    )
    .help("ask for what you need in parts (a filter, a smaller `size`): the service cannot page this list")
    .sent(Sent::Yes)
}

fn malformed(link: &NextLink, why: &str) -> Error {
    Error::new(
        Code::HttpAnswer,
        format!(
            "the link to the next page, `{}`, is malformed: {why}",
            link.uri
        ),
    )
    .sent(Sent::Yes)
}
