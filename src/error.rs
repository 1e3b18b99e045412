//! The one error that leaves the library: a stable code, what failed, what to do, and everything a
//! service said about it. Exit codes follow from the code's family alone.

use std::fmt;

/// Declares the codes: variant, text, explanation.
macro_rules! codes {
    ($($variant:ident = $text:literal, $about:literal;)*) => {
        /// A stable name for what went wrong; scripts and other programs may rely on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $about] $variant,)*
        }

        impl Code {
            /// All codes, in the order of their families.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the text of the code, `family.name`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Returns one paragraph for `tenantry explain`.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => $about,)* }
            }
        }
    };
}

codes! {
    ScriptRuntime = "script.runtime", "The script raised an error or did something the language does not allow.";
    ScriptFailed = "script.failed", "The script ended itself with `fail(…)` or `throw`.";
    ScriptArgument = "script.argument", "A function got an argument that it cannot take; nothing was sent.";
    ScriptFunction = "script.function", "No function of that name takes these arguments.";
    ScriptCapturedRoot = "script.captured_root", "A chain starts with a variable that a closure inside it uses; start it with a `let` or the function form.";
    ScriptText = "script.text", "The script file is empty or is not UTF-8 text.";
    ScriptImport = "script.import", "A module could not be imported, or imports itself.";
    ScriptFile = "script.file", "A file that the script names could not be read or written, or its path is not granted.";
    RecordProperty = "record.property", "A record has no property of that name.";
    RecordNotAsked = "record.not_asked", "The property was not asked for; add it to the call's `select`.";
    RecordReadOnly = "record.read_only", "Records do not change; use the record's `update` method.";
    ScopeMissing = "scope.missing", "A call needs to know for whom it is, and got nothing; there is no ambient tenant.";
    ScopeWrongKind = "scope.wrong_kind", "A record was given where another kind of record is meant.";
    ScopeTenantUnknown = "scope.tenant_unknown", "The tenant of an id cannot be told; name it together with the id.";
    UsageArgument = "usage.argument", "A command line argument is wrong or missing.";
    UsageParameter = "usage.parameter", "A runbook's parameter is unknown, missing, or of the wrong type.";
    UsageFile = "usage.file", "A file named on the command line is missing, is a folder, or cannot be read.";
    UsageEnvironment = "usage.environment", "The environment describes a profile only in part, or wrongly.";
    UsageConfig = "usage.config", "The configuration file has an unknown key or a wrong value, or names no such profile.";
    UsageState = "usage.state", "A state file cannot be used: it is of another kind, newer than this program, or damaged.";
    CheckSyntax = "check.syntax", "The script is not valid Rhai.";
    CheckName = "check.name", "A name that the script uses does not exist.";
    CheckArgument = "check.argument", "A call has the wrong number or kind of arguments.";
    CheckProperty = "check.property", "A property does not exist on that kind of record.";
    CheckKey = "check.key", "A map literal has a key that does not belong there.";
    CheckCapture = "check.capture", "A closure uses a variable in a way that fails when it runs.";
    CheckHeader = "check.header", "The runbook's header has an unknown key or a wrong value.";
    CheckDocument = "check.document", "A document that describes an API cannot be made into a module; nothing was written.";
    CheckImport = "check.import", "A module that the script imports cannot be used.";
    AuthPrincipalMissing = "auth.principal_missing", "The operation needs a principal (app or user) that the profile does not have.";
    AuthClient = "auth.client", "The application's own credential was refused: wrong, expired, or unknown.";
    AuthExpired = "auth.expired", "The refresh token has expired; sign in again.";
    AuthRevoked = "auth.revoked", "The refresh token was revoked; sign in again.";
    AuthMfaMissing = "auth.mfa_missing", "The sign-in that made the refresh token had no multi-factor authentication; sign in again with it.";
    AuthConsentMissing = "auth.consent_missing", "The application has no consent in that tenant.";
    AuthTenant = "auth.tenant", "The tenant is unknown, or the user cannot reach it.";
    AuthRefused = "auth.refused", "The identity service refused to issue a token.";
    AuthCertificate = "auth.certificate", "The application's certificate cannot be used: missing, unreadable, expired, without its key, or with a wrong password.";
    AuthDeclined = "auth.declined", "The sign-in was declined, or the identity service ended it with an error.";
    AuthUnfinished = "auth.unfinished", "The sign-in was not finished in time.";
    AuthInteraction = "auth.interaction", "Somebody has to sign in, and this run may not ask for it.";
    AuthRole = "auth.role", "The profile's role does not allow the call; nothing was sent.";
    AuthSecrets = "auth.secrets", "The store of secrets is locked, absent, or damaged; nothing was changed.";
    AuthOpaque = "auth.opaque", "An access token cannot be read: the identity service issues tokens that say nothing about themselves.";
    AuthToken = "auth.token", "A service did not accept the token.";
    AuthWrongTenant = "auth.wrong_tenant", "The token is of another tenant than the subscription. It is never tried with another token: name the tenant that the error tells.";
    PartnerRefused = "partner.refused", "Partner Center refused the call.";
    PartnerNotFound = "partner.not_found", "Partner Center does not know the object.";
    PartnerConflict = "partner.conflict", "Partner Center refused the call because of the object's present state.";
    PartnerChanged = "partner.changed_meanwhile", "The object has changed since it was read; read it again.";
    PartnerAgreement = "partner.agreement_missing", "The customer agreement has not been confirmed for this customer.";
    PartnerForbidden = "partner.forbidden", "The principal may not do this in Partner Center.";
    PartnerLimit = "partner.limit", "A limit of Partner Center does not allow this.";
    GraphDependency = "graph.dependency", "A request of a batch was not made because one on which it depends failed.";
    GraphDeltaExpired = "graph.delta_expired", "The link to the changes of a directory is too old; start anew.";
    GraphRefused = "graph.refused", "Microsoft Graph refused the call.";
    GraphNotFound = "graph.not_found", "Microsoft Graph does not know the object in that tenant.";
    GraphPermission = "graph.permission", "The application has none of the permissions in that tenant that Microsoft Graph wants for this; consent to one of those that the error names.";
    GraphGdapRole = "graph.gdap_role", "The application may do this, but the user's delegated administration of that customer lacks the role; give a group of the user one of the roles that the error names, by a GDAP relationship and its assignment.";
    GraphDirectoryRole = "graph.directory_role", "The application may do this, but the user lacks the directory role; assign one of those that the error names.";
    GraphChanged = "graph.changed_meanwhile", "The object has changed since it was read, so that its entity tag no longer fits; read it again.";
    ArmRefused = "arm.refused", "Azure Resource Manager refused the call.";
    ArmForbidden = "arm.forbidden", "The principal has no role in Azure that permits this there. A partner's users have theirs through its group of admin agents; an application needs a role of its own on each subscription.";
    ArmPolicy = "arm.policy", "A policy of the customer's Azure forbids this.";
    ArmNotFound = "arm.not_found", "Azure Resource Manager does not know the subscription, group, resource or deployment.";
    ArmLocked = "arm.locked", "A lock on the resource, or on what it is in, forbids the change.";
    ArmExists = "arm.exists", "It exists already: the role is assigned, or the name is taken.";
    ArmConflict = "arm.conflict", "The present state forbids the call: something else is under way, or uses the object.";
    ArmChanged = "arm.changed_meanwhile", "The resource has changed since it was read, so that its entity tag no longer fits; read it again.";
    ArmUnregistered = "arm.unregistered", "The subscription has not registered the provider that the call needs.";
    ArmVersion = "arm.api_version", "No such version of the service, or none of that type there; a wrong path is answered the same way.";
    ArmDisabled = "arm.subscription_disabled", "The subscription is disabled or past due: it can be read and emptied only.";
    ArmQuota = "arm.quota", "A quota of the subscription, or what the region has left, does not allow this.";
    ArmTemplate = "arm.template", "A template or its parameters are not valid.";
    ArmPrincipal = "arm.principal_unknown", "Azure does not know who should get the role; what was made seconds ago takes a while to be known.";
    RecoveryRefused = "recovery.refused", "Recovery Services refused the call.";
    RecoveryJobFailed = "recovery.job_failed", "A job of Recovery Services has failed; the error holds what the job says: causes, and what to do.";
    HttpConnect = "http.connect", "No connection to the service could be opened; nothing was sent.";
    HttpBroken = "http.broken", "The connection broke before the whole answer had arrived.";
    HttpTimeout = "http.timeout", "The service did not answer in time.";
    HttpAnswer = "http.answer", "The service's answer is not what its documents promise.";
    HttpServer = "http.server", "The service failed (5xx).";
    HttpForeignLink = "http.foreign_link", "A link in an answer leads to another host; it was not followed, so that no token leaves.";
    HttpLoop = "http.loop", "The pages of a list lead in a circle.";
    HttpTls = "http.tls", "No trusted encrypted connection could be made.";
    AccessEffect = "access.effect", "The run was not granted the effect of this call; see `--allow`.";
    AccessHeader = "access.header", "The runbook's header does not list the effect of this call.";
    ThrottleExhausted = "throttle.exhausted", "The service kept refusing calls because there were too many.";
    TimeOut = "time.out", "The time given by `--timeout` is over.";
    OperationFailed = "operation.failed", "A long-running operation ended in failure.";
    OperationPending = "operation.pending", "A long-running operation has not ended within its deadline.";
    OperationUnknown = "operation.unknown", "It is not known whether a write took effect; look before you repeat it.";
    ItemsFailed = "items.failed", "Some items of a fan-out failed; the others went on.";
    RunInterrupted = "run.interrupted", "The run was stopped by Ctrl-C.";
    Internal = "internal.bug", "Something that should not be possible happened; please report it.";
}

impl Code {
    /// Returns the code of that text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// Returns the part before the dot.
    pub fn family(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }

    /// Returns the exit code of a process that ends with this code.
    pub fn exit(self) -> u8 {
        match self.family() {
            "usage" => 2,
            "check" => 3,
            "auth" => 4,
            "partner" | "graph" | "arm" | "recovery" | "http" => 5,
            "access" | "limit" | "plan" => 6,
            "items" => 7,
            "throttle" | "time" => 8,
            "operation" => 9,
            "tests" => 10,
            "run" => 130,
            _ => 1,
        }
    }

    /// Returns whether a script's `try` may catch it. Access, limits, plans, time and
    /// cancellation end the script.
    pub fn catchable(self) -> bool {
        !matches!(self.family(), "access" | "limit" | "plan" | "time" | "run")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the request of a failed call may have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sent {
    /// It never left, or was refused unprocessed.
    #[default]
    No,
    /// The service answered it.
    Yes,
    /// It may have arrived; no answer came back.
    Unknown,
}

impl Sent {
    /// Returns `no`, `yes` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Yes => "yes",
            Self::Unknown => "unknown",
        }
    }
}

/// A service's refusal, with everything support will ask for. Absent parts are empty or `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fault {
    /// `partner`, `graph`, `arm`, `recovery` or `identity`.
    pub service: String,
    /// Function or route that was called.
    pub operation: String,
    /// Tenant (GUID or domain) it was for.
    pub tenant: Option<String>,
    /// HTTP status.
    pub status: u16,
    /// The service's own code, as text.
    pub code: String,
    /// The service's own message.
    pub message: String,
    /// What the message is about.
    pub target: Option<String>,
    /// Possible causes, as the service lists them.
    pub possible_causes: Option<String>,
    /// What the service recommends.
    pub recommended_action: Option<String>,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The id that ties several requests together.
    pub correlation_id: Option<String>,
    /// Azure's id of the activity.
    pub activity_id: Option<String>,
    /// The id that the client sent.
    pub client_request_id: Option<String>,
    /// When the service answered, as it wrote it.
    pub time: Option<String>,
    /// The whole error as the service sent it (JSON text where it was JSON), at most 64 KiB.
    pub body: String,
}

/// A place in a script: file, line and column (both from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// Name of the script, as it was given; empty for the main script.
    pub source: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1; 0 when only the line is known.
    pub column: usize,
    /// How many characters the place covers; at least 1.
    pub length: usize,
}

/// An error with a stable code. It is cheap to move.
#[derive(Debug, Clone)]
pub struct Error(Box<Inner>);

/// What an [`Error`] holds.
#[derive(Debug, Clone)]
pub struct Inner {
    /// The stable code.
    pub code: Code,
    /// What failed: a fragment that begins in lower case and has no final period.
    pub message: String,
    /// What to do about it: one action, ready to paste where possible.
    pub help: Option<String>,
    /// Where in the script.
    pub at: Option<At>,
    /// The calls that led there, innermost first.
    pub calls: Vec<At>,
    /// A few words beside the caret.
    pub label: Option<String>,
    /// Whether the request may have arrived.
    pub sent: Sent,
    /// What the service said.
    pub fault: Option<Fault>,
    /// The text by which another process goes on waiting for what was accepted.
    pub handle: Option<String>,
    /// Further errors found together with this one.
    pub related: Vec<Error>,
}

impl Error {
    /// Creates an error.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            help: None,
            at: None,
            calls: Vec::new(),
            label: None,
            sent: Sent::No,
            fault: None,
            handle: None,
            related: Vec::new(),
        }))
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Adds the place, unless one is known already.
    #[must_use]
    pub fn at(mut self, at: At) -> Self {
        self.0.at.get_or_insert(at);
        self
    }

    /// Adds the calls that led to the place, innermost first, unless some are known already.
    #[must_use]
    pub fn calls(mut self, calls: Vec<At>) -> Self {
        if self.0.calls.is_empty() {
            self.0.calls = calls;
        }
        self
    }

    /// Adds a few words beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.0.label = Some(label.into());
        self
    }

    /// Says whether the request may have arrived.
    #[must_use]
    pub fn sent(mut self, sent: Sent) -> Self {
        self.0.sent = sent;
        self
    }

    /// Adds what the service said.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.0.fault = Some(fault);
        self
    }

    /// Adds the text by which another process goes on waiting.
    #[must_use]
    pub fn handle(mut self, handle: impl Into<String>) -> Self {
        self.0.handle = Some(handle.into());
        self
    }

    /// Adds errors found together with this one.
    #[must_use]
    pub fn related(mut self, related: impl IntoIterator<Item = Self>) -> Self {
        self.0.related.extend(related);
        self
    }

    /// Returns the stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns the exit code.
    pub fn exit(&self) -> u8 {
        self.0.code.exit()
    }

    /// Returns all parts.
    pub fn parts(&self) -> &Inner {
        &self.0
    }

    /// Returns all parts, to change them.
    pub fn parts_mut(&mut self) -> &mut Inner {
        &mut self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_have_a_known_family() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} twice");
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            assert!(!code.about().is_empty());
        }
        assert_eq!(Code::AccessEffect.exit(), 6);
        assert_eq!(Code::ScopeMissing.exit(), 1);
        assert_eq!(Code::RunInterrupted.exit(), 130);
    }
}
