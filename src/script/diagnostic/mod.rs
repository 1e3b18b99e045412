//! How an error is shown: as a diagnostic for people (what failed, the line with a caret, what the
//! service said, what to do, the ids) or as one JSON object for programs. It decides nothing about
//! errors; it only shows all that they hold.

mod json;
mod sources;

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters,
    ThemeStyles,
};

use crate::error::{At, Error, Fault, Sent};

pub use json::to_json;
use sources::Quote;
pub use sources::Sources;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look; the script still runs.
    Warning,
    /// The script cannot work as written.
    Error,
}

/// What the place of output can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether it shows colours.
    pub color: bool,
    /// Columns.
    pub width: usize,
    /// Whether it shows more than ASCII.
    pub unicode: bool,
}

impl Style {
    /// Plain text of 100 columns: for files, pipes and tests.
    pub const PLAIN: Self = Self {
        color: false,
        width: 100,
        unicode: true,
    };

    fn theme(self) -> GraphicalTheme {
        GraphicalTheme {
            characters: if self.unicode {
                ThemeCharacters::unicode()
            } else {
                ThemeCharacters::ascii()
            },
            styles: if self.color {
                ThemeStyles::ansi()
            } else {
                ThemeStyles::none()
            },
        }
    }
}

/// Returns the whole text of an error, and of those found together with it, as people read it.
pub fn render(error: &Error, sources: &Sources, style: Style) -> String {
    render_as(error, Severity::Error, sources, style)
}

/// Does the same for a finding of that severity.
pub fn render_as(error: &Error, severity: Severity, sources: &Sources, style: Style) -> String {
    let mut text = one(error, severity, sources, style);
    for related in &error.parts().related {
        text.push('\n');
        text.push_str(&render_as(related, severity, sources, style));
    }
    text
}

/// Renders one error without those related to it.
fn one(error: &Error, severity: Severity, sources: &Sources, style: Style) -> String {
    let report = Report::new(error, severity, sources);
    let mut text = String::new();
    GraphicalReportHandler::new_themed(style.theme())
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(0)
        .render_report(&mut text, &report)
        .expect("writing to a string does not fail");
    for line in calls(error, sources).into_iter().chain(ids(error)) {
        text.push_str("  ");
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Returns the calls that led to the place; of a deep recursion only the innermost and outermost.
fn calls(error: &Error, sources: &Sources) -> Vec<String> {
    const SHOWN: usize = 4;
    let all = &error.parts().calls;
    let line = |at: &At| {
        let name = sources.name(at);
        format!("called from {name}:{}:{}", at.line, at.column)
    };
    match all.as_slice() {
        [inner @ .., outer] if inner.len() > SHOWN => {
            let more = format!("… and {} calls more", inner.len() - SHOWN);
            let first = inner.iter().take(SHOWN).map(line);
            first.chain([more, line(outer)]).collect()
        }
        all => all.iter().map(line).collect(),
    }
}

/// Returns the lines that support will ask for.
fn ids(error: &Error) -> Vec<String> {
    let parts = error.parts();
    let mut lines = Vec::new();
    if parts.sent == Sent::Unknown {
        lines.push("sent: it is not known whether the request took effect".to_owned());
    }
    if let Some(fault) = &parts.fault {
        let named = [
            ("correlation id ", &fault.correlation_id),
            ("request id ", &fault.request_id),
            ("activity id ", &fault.activity_id),
            ("client request id ", &fault.client_request_id),
            ("tenant ", &fault.tenant),
            ("", &fault.time),
        ];
        let line: Vec<String> = named
            .into_iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}{value}")))
            .collect();
        if !line.is_empty() {
            lines.push(line.join("  "));
        }
    }
    lines
}

/// An error together with its source text, in the form that miette draws.
#[derive(Debug)]
struct Report {
    headline: String,
    severity: Severity,
    help: Option<String>,
    quote: Option<Quote>,
    label: Option<LabeledSpan>,
    said: Option<Said>,
}

impl Report {
    fn new(error: &Error, severity: Severity, sources: &Sources) -> Self {
        let parts = error.parts();
        let mut headline = format!("{}  [{}]", parts.message, parts.code);
        let quote = parts.at.as_ref().and_then(|at| sources.quote(at));
        if let (Some(at), None) = (&parts.at, &quote) {
            let name = sources.name(at);
            headline = format!("{headline} at {name}:{}:{}", at.line, at.column);
        }
        Self {
            headline,
            severity,
            help: parts.help.clone(),
            label: quote.as_ref().map(|quote| {
                let (offset, length) = quote.part;
                LabeledSpan::new(parts.label.clone(), offset, length)
            }),
            quote,
            said: parts.fault.as_ref().and_then(Said::of),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)
    }
}

impl std::error::Error for Report {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.said.as_ref().map(|said| said as _)
    }
}

impl Diagnostic for Report {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.quote.as_ref().map(|quote| quote as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.label
            .clone()
            .map(|label| Box::new(std::iter::once(label)) as _)
    }
}

/// What a service said, sentence by sentence, as a chain of causes.
#[derive(Debug)]
struct Said {
    text: String,
    next: Option<Box<Said>>,
}

impl Said {
    fn of(fault: &Fault) -> Option<Self> {
        let texts = [
            answer(fault),
            fault
                .target
                .as_ref()
                .map(|target| format!("about: {target}")),
            fault
                .possible_causes
                .as_ref()
                .map(|causes| format!("possible causes: {causes}")),
            fault
                .recommended_action
                .as_ref()
                .map(|action| format!("it recommends: {action}")),
        ];
        texts.into_iter().rev().flatten().fold(None, |next, text| {
            Some(Self {
                text,
                next: next.map(Box::new),
            })
        })
    }
}

/// Returns the service's own code and message, or nothing if it said nothing.
fn answer(fault: &Fault) -> Option<String> {
    let who = if fault.service.is_empty() {
        "the service"
    } else {
        &fault.service
    };
    let status = match fault.status {
        0 => String::new(),
        status => format!(" {status}"),
    };
    match (fault.code.as_str(), fault.message.as_str()) {
        ("", "") if fault.status == 0 => None,
        ("", "") => Some(format!("{who} answered{status} without a word")),
        ("", message) => Some(format!("{who} answered{status}: {message}")),
        (code, "") => Some(format!("{who} answered{status}: code {code}")),
        (code, message) => Some(format!("{who} answered{status}: {message} (code {code})")),
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Said {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.next.as_deref().map(|next| next as _)
    }
}

#[cfg(test)]
mod tests;
