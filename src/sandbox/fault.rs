//! Faults on demand: a rule says which calls it meets and what goes wrong with them. What a fault
//! does to an answer is decided here; when it strikes, by the engine.

use serde::{Deserialize, Serialize};

use super::route::Service;

/// When a fault strikes: whether the call's change has been made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Nothing has happened.
    #[default]
    Before,
    /// The change has been made; only its answer is lost.
    After,
}

/// Where a bad next link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// It is no address.
    Malformed,
    /// To another host.
    Foreign,
    /// Back to the same page.
    Loop,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// 429 in the gateway's form, unprocessed.
    Throttle {
        /// Seconds in `Retry-After`; none for no such header.
        #[serde(default)]
        retry_after: Option<u32>,
        /// Whether `Retry-After` is written as a date.
        #[serde(default)]
        date: bool,
    },
    /// A failure of the service.
    ServerError {
        /// The status, 500 to 599.
        status: u16,
        /// Whether the change was made.
        #[serde(default)]
        when: When,
    },
    /// The connection closes without an answer.
    Drop {
        /// Whether the change was made.
        #[serde(default)]
        when: When,
    },
    /// The connection closes in the middle of the answer.
    Cut,
    /// No answer comes.
    Hang {
        /// Whether the change was made.
        #[serde(default)]
        when: When,
    },
    /// A page for people instead of JSON, with status 200.
    Html,
    /// Half of the JSON, as if it were all.
    Truncated,
    /// A byte order mark before the JSON.
    Bom,
    /// 500 with an empty body.
    Empty,
    /// Numbers in the JSON are strings.
    NumbersAsStrings,
    /// The token is taken for expired.
    TokenExpired,
    /// Entra ID refuses with a code of its own, such as 50078, with all fields of that refusal.
    Aadsts {
        /// The code, without `AADSTS`.
        code: u32,
    },
    /// Entra ID tells a device that it asks too often.
    SlowDown,
    /// The page's next link is bad; one is added where there is none.
    NextLink {
        /// Where it leads.
        link: Link,
    },
}

impl Fault {
    /// Tells whether the call is not processed at all.
    pub(crate) fn instead(self) -> bool {
        match self {
            Self::Throttle { .. }
            | Self::TokenExpired
            | Self::Empty
            | Self::Aadsts { .. }
            | Self::SlowDown => true,
            Self::ServerError { when, .. } | Self::Drop { when } | Self::Hang { when } => {
                when == When::Before
            }
            Self::Cut
            | Self::Html
            | Self::Truncated
            | Self::Bom
            | Self::NumbersAsStrings
            | Self::NextLink { .. } => false,
        }
    }
}

/// Which calls a fault meets, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The service; any when absent.
    #[serde(default)]
    pub service: Option<Service>,
    /// The method; any when absent.
    #[serde(default)]
    pub verb: Option<String>,
    /// The path below the service's prefix, without casing; `*` stands for any text. Any path when
    /// absent.
    #[serde(default)]
    pub path: Option<String>,
    /// The first matching call that it meets, from 1.
    #[serde(default = "one")]
    pub nth: u32,
    /// How many calls it meets from there; 0 for all.
    #[serde(default = "one")]
    pub times: u32,
    /// What goes wrong.
    pub fault: Fault,
}

fn one() -> u32 {
    1
}

impl Rule {
    /// Makes a rule that meets the next call of a path (`*` stands for any text).
    pub fn once(path: &str, fault: Fault) -> Self {
        Self {
            service: None,
            verb: None,
            path: Some(path.to_owned()),
            nth: 1,
            times: 1,
            fault,
        }
    }

    fn fits(&self, service: Service, verb: &str, path: &str) -> bool {
        self.service.is_none_or(|wanted| wanted == service)
            && self
                .verb
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(verb))
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| like(&pattern.to_lowercase(), &path.to_lowercase()))
    }
}

/// Compares a text with a pattern in which `*` stands for any text.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| like(tail, &rest[at..]))
        }),
    }
}

/// The rules in force, with how many calls each has seen.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<(Rule, u32)>,
}

impl Faults {
    /// Adds a rule.
    pub(crate) fn add(&mut self, rule: Rule) {
        self.rules.push((rule, 0));
    }

    /// Forgets all rules.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Returns the rules.
    pub(crate) fn list(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|(rule, _)| rule)
    }

    /// Counts a call and returns what goes wrong with it: the first rule that strikes wins.
    pub(crate) fn strike(&mut self, service: Service, verb: &str, path: &str) -> Option<Fault> {
        let mut struck = None;
        for (rule, seen) in &mut self.rules {
            if rule.fits(service, verb, path) {
                *seen += 1;
                let from = rule.nth.max(1);
                let meets = *seen >= from && (rule.times == 0 || *seen - from < rule.times);
                if meets && struck.is_none() {
                    struck = Some(rule.fault);
                }
            }
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_without_casing_and_with_stars() {
        let fits = |pattern: &str, path: &str| {
            Rule::once(pattern, Fault::Html).fits(Service::Partner, "GET", path)
        };
        assert!(fits("/v1/customers", "/v1/Customers"));
        assert!(!fits("/v1/customers", "/v1/customers/1"));
        assert!(fits("/v1/customers/*/orders", "/v1/customers/1/orders"));
        assert!(fits("*", "/anything"));
        assert!(!fits("/v1/*/users", "/v1/customers/1/orders"));
    }

    #[test]
    fn a_rule_meets_as_many_calls_as_it_says() {
        let mut faults = Faults::default();
        faults.add(Rule {
            nth: 2,
            times: 2,
            ..Rule::once("/v1/x", Fault::Html)
        });
        let seen: Vec<bool> = (0..5)
            .map(|_| faults.strike(Service::Partner, "GET", "/v1/x").is_some())
            .collect();
        assert_eq!(seen, [false, true, true, false, false]);
        assert_eq!(faults.strike(Service::Partner, "GET", "/v1/y"), None);
    }

    #[test]
    fn rules_are_read_as_people_write_them() {
        let text = r#"{"service":"partner","verb":"POST","path":"/v1/customers","fault":{"kind":"server_error","status":503,"when":"after"}}"#;
        let rule: Rule = serde_json::from_str(text).expect("a rule");
        assert_eq!((rule.nth, rule.times), (1, 1));
        assert_eq!(
            rule.fault,
            Fault::ServerError {
                status: 503,
                when: When::After
            }
        );
        assert!(serde_json::from_str::<Rule>(r#"{"path":"*"}"#).is_err());
        assert!(serde_json::from_str::<Rule>(r#"{"pth":"*","fault":{"kind":"html"}}"#).is_err());
    }
}
