//! What the identity service says when it refuses, and what it means for the user. Classified by
//! Microsoft's codes (AADSTS…), then by the OAuth error; never by the text. Source: Microsoft Entra
//! authentication and authorization error codes.

use std::fmt;

use oauth2::ErrorResponse;
use serde::{Deserialize, Serialize};

use super::remedy;
use crate::api::Principal;
use crate::config::Profile;
use crate::error::{Code, Error, Fault, Sent};
use crate::http::Response;

/// A refusal of the token endpoint, with all its fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct EntraError {
    /// The OAuth error.
    pub error: String,
    /// Text: begins with the code, ends with the ids.
    pub error_description: Option<String>,
    /// Microsoft's codes.
    pub error_codes: Vec<i64>,
    /// A finer OAuth error.
    pub suberror: Option<String>,
    /// Claims to ask for.
    pub claims: Option<String>,
    /// The service's id of the request.
    pub trace_id: Option<String>,
    /// The client's id of the request.
    pub correlation_id: Option<String>,
    /// When.
    pub timestamp: Option<String>,
}

impl ErrorResponse for EntraError {}

impl fmt::Display for EntraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

impl EntraError {
    /// Returns the stable code.
    pub(crate) fn code(&self) -> Code {
        let known = self.error_codes.iter().find_map(|code| by_number(*code));
        known.unwrap_or(match (self.error.as_str(), self.suberror.as_deref()) {
            ("consent_required", _) | (_, Some("consent_required")) => Code::AuthConsentMissing,
            ("invalid_client" | "unauthorized_client", _) => Code::AuthClient,
            ("access_denied" | "authorization_declined", _) => Code::AuthDeclined,
            ("expired_token" | "bad_verification_code", _) => Code::AuthUnfinished,
            ("interaction_required" | "login_required", _)
            | (_, Some("basic_action" | "additional_action" | "user_password_expired")) => {
                Code::AuthInteraction
            }
            (_, Some("token_expired")) => Code::AuthExpired,
            (_, Some("bad_token")) => Code::AuthRevoked,
            _ => Code::AuthRefused,
        })
    }

    /// Returns the error for a user who wanted a token of `tenant` for `resource`.
    pub(crate) fn into_error(self, what: &Wanted<'_>, answer: Option<&Response>) -> Error {
        let code = self.code();
        let number = self.error_codes.first().copied();
        let fault = self.fault("token", what.tenant, answer);
        let message = format!(
            "the identity service gave no token of {} for {} as {}: {} ({})",
            what.tenant,
            what.resource,
            what.principal.as_str(),
            fault.code,
            fault.message
        );
        let error = Error::new(code, message).fault(fault).sent(Sent::Yes);
        match help(code, number, what.profile) {
            Some(help) => error.help(help),
            None => error,
        }
    }

    /// Returns the error for a user who named a tenant that the service does not admit to.
    pub(crate) fn about_tenant(self, name: &str, answer: &Response) -> Error {
        let fault = self.fault("tenant", name, Some(answer));
        let message = format!(
            "the identity service knows no tenant `{name}`: {} ({})",
            fault.code, fault.message
        );
        Error::new(Code::AuthTenant, message)
            .help("look whether the tenant's domain is right and verified")
            .sent(Sent::Yes)
            .fault(fault)
    }

    /// Returns all that the service said.
    fn fault(self, operation: &str, tenant: &str, answer: Option<&Response>) -> Fault {
        let number = self.error_codes.first();
        Fault {
            service: "identity".to_owned(),
            operation: operation.to_owned(),
            tenant: Some(tenant.to_owned()),
            status: answer.map_or(0, |answer| answer.status.as_u16()),
            code: number.map_or_else(|| self.error.clone(), |number| format!("AADSTS{number}")),
            message: self.said(),
            target: self.suberror,
            request_id: self.trace_id,
            correlation_id: self.correlation_id,
            time: self.timestamp,
            body: answer.map_or_else(String::new, |answer| {
                String::from_utf8_lossy(&answer.body).into_owned()
            }),
            ..Fault::default()
        }
    }

    /// Returns the description without the code before it and the ids after it.
    fn said(&self) -> String {
        let text = self.error_description.as_deref().unwrap_or(&self.error);
        let text = match text.split_once(": ") {
            Some((code, rest)) if code.starts_with("AADSTS") => rest,
            _ => text,
        };
        let end = text.find("Trace ID:").unwrap_or(text.len());
        text[..end].trim().to_owned()
    }
}

/// The application is unknown in the tenant.
const APPLICATION_UNKNOWN: i64 = 700_016;

/// Tells whether the tenant does not know the application.
pub(crate) fn application_is_unknown(error: &Error) -> bool {
    let fault = error.parts().fault.as_ref();
    fault.is_some_and(|fault| fault.code == format!("AADSTS{APPLICATION_UNKNOWN}"))
}

/// Returns the error of an application that another tenant than its own does not know: it comes to
/// be known there by consent.
pub(crate) fn without_consent(mut error: Error) -> Error {
    error.parts_mut().code = Code::AuthConsentMissing;
    error.help(CONSENT)
}

const CONSENT: &str =
    "give the application consent in that tenant, or pre-consent it through Partner Center";

/// The token that was wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// By whom.
    pub profile: &'a Profile,
    /// Tenant.
    pub tenant: &'a str,
    /// Resource.
    pub resource: &'a str,
    /// As whom.
    pub principal: Principal,
}

fn by_number(number: i64) -> Option<Code> {
    Some(match number {
        70_002 | 7_000_215 | 7_000_218 | 7_000_222 | 70_001 | APPLICATION_UNKNOWN | 7_000_112
        | 700_021 | 700_024 | 700_025 | 700_027 | 50_012 | 50_027 | 70_021 | 700_229 => {
            Code::AuthClient
        }
        70_008 | 700_082 | 700_084 | 70_043 => Code::AuthExpired,
        50_173 => Code::AuthRevoked,
        50_072 | 50_074 | 50_076 | 50_078 | 50_079 => Code::AuthMfaMissing,
        50_055 | 50_058 | 50_158 => Code::AuthInteraction,
        65_001 | 90_094 | 90_095 | 90_099 | 650_052 | 650_056 | 650_057 => Code::AuthConsentMissing,
        50_020 | 50_059 | 50_177 | 90_002 | 90_038 | 90_072 | 900_023 | 5_000_224 => {
            Code::AuthTenant
        }
        65_004 | 70_020 => Code::AuthDeclined,
        70_018 | 70_019 => Code::AuthUnfinished,
        53_000..=53_004 | 530_032 | 530_034 | 530_035 => Code::AuthRefused,
        _ => return None,
    })
}

fn help(code: Code, number: Option<i64>, profile: &Profile) -> Option<String> {
    let told = match (code, number) {
        (Code::AuthClient, Some(7_000_222)) => {
            let how = remedy::client_secret(profile);
            return Some(format!(
                "the client secret has expired: create a new one, and {how}"
            ));
        }
        (Code::AuthClient, Some(APPLICATION_UNKNOWN)) => return Some(remedy::application(profile)),
        (Code::AuthClient, Some(700_024)) => "look whether this machine's clock is right",
        (Code::AuthClient, Some(700_025)) => {
            "the application is registered as a public client: leave its credential out of the profile, or register a web platform"
        }
        (Code::AuthClient, _) => return Some(remedy::credential(profile)),
        (Code::AuthExpired | Code::AuthRevoked | Code::AuthInteraction, _) => {
            return Some(remedy::sign_in(profile));
        }
        (Code::AuthMfaMissing, _) => return Some(remedy::sign_in_with_mfa(profile)),
        (Code::AuthDeclined, _) => {
            "sign in again and accept, or ask an administrator of the tenant for consent"
        }
        (Code::AuthUnfinished, _) => {
            "start again with `tenantry login --device`, and enter the new code at once"
        }
        (Code::AuthConsentMissing, _) => CONSENT,
        (Code::AuthTenant, Some(90_002 | 900_023)) => "look whether the tenant's id is right",
        (Code::AuthTenant, Some(90_038)) => "look whether the tenant is in this cloud",
        (Code::AuthTenant, Some(50_059)) => {
            "give the profile the id of one tenant: `common` and `organizations` issue no token"
        }
        (Code::AuthTenant, _) => {
            "the user needs an active GDAP relationship with that customer, through a group it is a member of"
        }
        (Code::AuthRefused, Some(70_000)) => return Some(remedy::refresh_token(profile)),
        (Code::AuthRefused, Some(53_000..=53_004 | 530_032 | 530_034 | 530_035)) => {
            "a conditional access policy of the tenant forbids it: ask its administrator which one, or sign in from a device and in a way that it allows"
        }
        _ => return None,
    };
    Some(told.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::tests::profile;

    #[test]
    fn codes_follow_microsofts_numbers_then_the_oauth_error() {
        let check = |error: &str, number: i64, suberror: Option<&str>, expected| {
            let refusal = EntraError {
                error: error.to_owned(),
                error_codes: vec![number],
                suberror: suberror.map(str::to_owned),
                ..EntraError::default()
            };
            assert_eq!(refusal.code(), expected, "{number}");
        };
        check("invalid_client", 7_000_215, None, Code::AuthClient);
        check("invalid_client", 7_000_222, None, Code::AuthClient);
        check("unauthorized_client", 700_016, None, Code::AuthClient);
        check("invalid_grant", 700_082, None, Code::AuthExpired);
        check("invalid_grant", 70_008, None, Code::AuthExpired);
        check(
            "invalid_grant",
            50_173,
            Some("bad_token"),
            Code::AuthRevoked,
        );
        check("invalid_grant", 65_001, None, Code::AuthConsentMissing);
        check("invalid_grant", 90_099, None, Code::AuthConsentMissing);
        check("invalid_grant", 50_020, None, Code::AuthTenant);
        check("invalid_request", 90_002, None, Code::AuthTenant);
        check("interaction_required", 50_076, None, Code::AuthMfaMissing);
        check("interaction_required", 1, None, Code::AuthInteraction);
        check("login_required", 50_058, None, Code::AuthInteraction);
        check("interaction_required", 53_003, None, Code::AuthRefused);
        check("access_denied", 65_004, None, Code::AuthDeclined);
        check(
            "invalid_grant",
            1,
            Some("consent_required"),
            Code::AuthConsentMissing,
        );
        check("invalid_grant", 1, None, Code::AuthRefused);
    }

    #[test]
    fn an_error_keeps_all_fields() {
        let refusal: EntraError = serde_json::from_str(
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: t-1 Correlation ID: c-1 Timestamp: 2026-11-20 09:15:00Z",
            "error_codes":[7000215],"timestamp":"2026-11-20 09:15:00Z","trace_id":"t-1","correlation_id":"c-1"}"#,
        )
        .expect("JSON");
        let profile = profile("http://localhost:1");
        let wanted = Wanted {
            profile: &profile,
            tenant: "contoso",
            resource: "https://graph.microsoft.com",
            principal: Principal::App,
        };
        let error = refusal.into_error(&wanted, None);
        assert_eq!(
            error.to_string(),
            "the identity service gave no token of contoso for https://graph.microsoft.com as app: \
             AADSTS7000215 (Invalid client secret provided.)"
        );
        assert_eq!(error.exit(), 4);
        let fault = error.parts().fault.as_ref().expect("a fault");
        assert_eq!(fault.request_id.as_deref(), Some("t-1"));
        assert_eq!(fault.correlation_id.as_deref(), Some("c-1"));
        assert_eq!(fault.time.as_deref(), Some("2026-11-20 09:15:00Z"));
    }
}
