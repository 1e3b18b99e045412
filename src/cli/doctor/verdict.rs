//! What one check found.

use serde_json::{Value, json};

use crate::error::{Code, Error};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// As it should be.
    Pass,
    /// It works, and will not for long, or not for everything.
    Warn,
    /// It does not work.
    Fail,
    /// There was nothing to look at, or no way to look.
    Skip,
}

impl Status {
    /// Returns the word of the JSON form.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// What a check found, why, and what to do about it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    pub(super) status: Status,
    /// What was found; of a failure its cause.
    pub(super) detail: String,
    /// The code of the error that was met.
    pub(super) code: Option<Code>,
    /// The command or step that mends it.
    pub(super) mend: Option<String>,
}

impl Verdict {
    /// All is well.
    pub(super) fn pass(detail: impl Into<String>) -> Self {
        Self::new(Status::Pass, detail)
    }

    /// It works for now, or in part.
    pub(super) fn warn(detail: impl Into<String>, mend: impl Into<String>) -> Self {
        let mend = Some(mend.into());
        Self {
            mend,
            ..Self::new(Status::Warn, detail)
        }
    }

    /// It does not work.
    pub(super) fn fail(detail: impl Into<String>, mend: impl Into<String>) -> Self {
        let mend = Some(mend.into());
        Self {
            mend,
            ..Self::new(Status::Fail, detail)
        }
    }

    /// It was not looked at.
    pub(super) fn skip(why: impl Into<String>) -> Self {
        Self::new(Status::Skip, why)
    }

    /// Takes what mends it in the place of what was said of that.
    pub(super) fn mended(self, mend: String) -> Self {
        Self {
            mend: Some(mend),
            ..self
        }
    }

    /// An error was met.
    pub(super) fn of(error: &Error) -> Self {
        let code = error.code();
        let help = error.parts().help.clone();
        let explained = || format!("`tenantry explain {code}` tells what this is");
        let detail = match &error.parts().at {
            Some(at) if !at.source.is_empty() => format!("{}:{}: {error}", at.source, at.line),
            _ => error.to_string(),
        };
        Self {
            code: Some(code),
            mend: Some(help.unwrap_or_else(explained)),
            ..Self::new(Status::Fail, detail)
        }
    }

    /// Names the code that the failure would have elsewhere.
    #[must_use]
    pub(super) fn code(self, code: Code) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    /// Takes another way to mend it.
    #[must_use]
    pub(super) fn mend(self, mend: impl Into<String>) -> Self {
        Self {
            mend: Some(mend.into()),
            ..self
        }
    }

    fn new(status: Status, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            code: None,
            mend: None,
        }
    }
}

/// A check that was made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Check {
    /// Its stable name.
    pub(super) name: &'static str,
    /// What it found.
    pub(super) verdict: Verdict,
}

impl Check {
    /// Returns the check as programs see it.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "check": self.name,
            "status": self.verdict.status.as_str(),
            "detail": self.verdict.detail,
            "code": self.verdict.code.map(Code::as_str),
            "mend": self.verdict.mend,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::At;

    #[test]
    fn an_error_becomes_a_failure_with_its_help() {
        let placed = Error::new(Code::UsageConfig, "no key `x`").at(At {
            source: "config.toml".to_owned(),
            line: 2,
            column: 1,
            length: 1,
        });
        assert_eq!(Verdict::of(&placed).detail, "config.toml:2: no key `x`");
        let error = Error::new(Code::AuthClient, "wrong secret").help("set it");
        let verdict = Verdict::of(&error);
        let check = Check {
            name: "app_token",
            verdict,
        };
        assert_eq!(
            check.to_json(),
            json!({ "check": "app_token", "status": "fail", "detail": "wrong secret", "code": "auth.client", "mend": "set it" })
        );
    }
}
