//! The checks for people: one line each, with a mark, and beneath it what mends it.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};

use super::verdict::{Check, Status};

/// How marks are drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    color: bool,
    unicode: bool,
}

/// Returns what stdout can show.
pub(super) fn marks() -> Marks {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let dumb = set("TERM").is_some_and(|term| term == "dumb");
    Marks {
        color: io::stdout().is_terminal() && !dumb && set("NO_COLOR").is_none(),
        unicode: !dumb,
    }
}

/// Returns the lines.
pub(super) fn text(checks: &[Check], marks: Marks) -> String {
    let width = checks.iter().map(|check| check.name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for check in checks {
        let mark = mark(check.verdict.status, marks);
        let (name, detail) = (check.name, check.verdict.detail.trim_end());
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{mark} {name:width$}  {detail}");
        if let Some(mend) = &check.verdict.mend {
            let arrow = if marks.unicode { '→' } else { '>' };
            let _ = writeln!(text, "  {:width$}  {arrow} {mend}", "");
        }
    }
    text
}

fn mark(status: Status, marks: Marks) -> String {
    let (plain, sign, color) = match status {
        Status::Pass => ("+", "✓", 32),
        Status::Warn => ("!", "!", 33),
        Status::Fail => ("x", "✗", 31),
        Status::Skip => ("-", "–", 2),
    };
    let sign = if marks.unicode { sign } else { plain };
    if marks.color {
        format!("\x1b[{color}m{sign}\x1b[0m")
    } else {
        sign.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::verdict::Verdict;
    use super::*;

    #[test]
    fn marks_are_coloured_on_terminals_alone() {
        let checks = [
            Check {
                name: "mfa",
                verdict: Verdict::pass("it had it"),
            },
            Check {
                name: "consent",
                verdict: Verdict::fail("there is none", "give it"),
            },
        ];
        let text = |color, unicode| text(&checks, Marks { color, unicode });
        assert_eq!(
            text(false, true),
            "✓ mfa      it had it\n✗ consent  there is none\n           → give it\n"
        );
        assert_eq!(
            text(false, false),
            "+ mfa      it had it\nx consent  there is none\n           > give it\n"
        );
        assert!(text(true, true).starts_with("\x1b[32m✓\x1b[0m mfa"));
    }
}
