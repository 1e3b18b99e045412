//! Azure Resource Manager, and Recovery Services, which are reached through it. Source: Azure REST
//! API reference; Azure Resource Manager request and response headers.

mod condition;
mod details;
mod refusal;
mod vault;

use http::HeaderMap;
use url::Url;

use super::{Dialect, Split, body, odata};
use crate::api::filter::{Filter, FilterOp, FilterValue};
use crate::api::model::{FilterField, Paging};
use crate::error::{Code, Fault};

/// The dialect of Azure Resource Manager and of the services behind it.
#[derive(Debug)]
pub(super) struct Arm {
    /// The code of a refusal that has no better one.
    refused: Code,
    /// How conditions are written.
    condition: fn(&Filter, &[FilterField]) -> Result<String, String>,
}

/// Azure Resource Manager itself.
pub(super) static ARM: Arm = Arm {
    refused: Code::ArmRefused,
    condition: |filter, fields| odata::filter_with(compare, filter, fields),
};
/// Recovery Services.
pub(super) static RECOVERY: Arm = Arm {
    refused: Code::RecoveryRefused,
    condition: condition::render,
};

impl Dialect for Arm {
    fn filter(&self, filter: &Filter, fields: &[FilterField]) -> Result<String, String> {
        (self.condition)(filter, fields)
    }

    fn page(&self, body: &[u8], paging: Paging) -> Result<Split, String> {
        odata::page(body, paging)
    }

    fn resolve(&self, _root: &Url, base: &Url, link: &str) -> Result<Url, String> {
        odata::resolve(base, link)
    }

    fn fault(&self, status: u16, headers: &HeaderMap, body: &[u8]) -> Fault {
        let mut fault = odata::fault(status, headers, body);
        details::complete(&mut fault, body);
        fault.request_id = body::id(headers, "x-ms-request-id");
        fault.correlation_id = body::id(headers, "x-ms-correlation-request-id");
        let sent = || body::id(headers, "x-ms-client-request-id");
        fault.client_request_id = fault.client_request_id.or_else(sent);
        fault
    }

    fn code(&self, fault: &Fault) -> Code {
        match fault.status {
            401 if fault.code == refusal::WRONG_TENANT => Code::AuthWrongTenant,
            // Site Recovery itself, of the agent's authentication: tokens are refused without advice.
            401 if fault.recommended_action.is_some() => self.refused,
            401 => Code::AuthToken,
            412 => Code::ArmChanged,
            429 => Code::ThrottleExhausted,
            500.. => Code::HttpServer,
            _ => refusal::of(fault).map_or(self.refused, |refusal| refusal.code),
        }
    }

    fn advice(&self, fault: &Fault) -> Option<&'static str> {
        let found = refusal::of(fault)?;
        let own = (found.code == Code::ArmNotFound).then(|| vault::absent(fault));
        Some(own.flatten().unwrap_or(found.help))
    }

    fn request_headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("accept", "application/json")]
    }
}

/// Writes a comparison as Azure has it: `substringof` where `OData` today says `contains`, and what
/// role assignments are asked for as functions. Source: Resources - List; Role Assignments - List
/// For Scope.
fn compare(field: &str, op: FilterOp, value: &FilterValue) -> Result<String, String> {
    match (field, op, value) {
        ("atScope", FilterOp::Eq, FilterValue::Bool(true)) => Ok("atScope()".to_owned()),
        ("atScope", ..) => Err("`atScope` can be `true` only".to_owned()),
        ("assignedTo", FilterOp::Eq, _) => Ok(format!("assignedTo({})", odata::literal(value))),
        (_, FilterOp::Contains, _) => Ok(format!("substringof({},{field})", odata::literal(value))),
        _ => odata::compare(field, op, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_written_as_azure_has_them() {
        let is = |field: &str, op, value| {
            let field = field.to_owned();
            ARM.filter(&Filter::Compare { field, op, value }, &[])
        };
        let text = |text: &str| FilterValue::Text(text.to_owned());
        let written = |given: Result<String, String>, expected: &str| {
            assert_eq!(given.as_deref(), Ok(expected));
        };
        written(
            is(
                "resourceType",
                FilterOp::Eq,
                text("Microsoft.Compute/disks"),
            ),
            "resourceType eq 'Microsoft.Compute/disks'",
        );
        written(
            is("name", FilterOp::Contains, text("o'b")),
            "substringof('o''b',name)",
        );
        written(
            is("tagName", FilterOp::StartsWith, text("dep")),
            "startswith(tagName,'dep')",
        );
        written(
            is("plan.publisher", FilterOp::Ne, text("x")),
            "plan/publisher ne 'x'",
        );
        written(
            is("assignedTo", FilterOp::Eq, text("a-b")),
            "assignedTo('a-b')",
        );
        written(
            is("atScope", FilterOp::Eq, FilterValue::Bool(true)),
            "atScope()",
        );
        assert!(is("atScope", FilterOp::Eq, FilterValue::Bool(false)).is_err());
    }

    #[test]
    fn refusals_carry_all_ids_and_the_service_s_code() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-ms-request-id", "r"),
            ("x-ms-correlation-request-id", "c"),
        ] {
            headers.insert(name, value.parse().expect("a header"));
        }
        let text = br#"{"error":{"code":"AuthorizationFailed","message":"no"}}"#;
        let fault = ARM.fault(403, &headers, text);
        assert_eq!(fault.request_id.as_deref(), Some("r"));
        assert_eq!(fault.correlation_id.as_deref(), Some("c"));
        assert_eq!(ARM.code(&fault), Code::ArmForbidden);
        let code = |code: &str| Fault {
            code: code.to_owned(),
            ..fault.clone()
        };
        assert_eq!(ARM.code(&code("Odd")), Code::ArmRefused);
        assert_eq!(RECOVERY.code(&code("Odd")), Code::RecoveryRefused);
        assert_eq!(
            ARM.code(&Fault {
                status: 503,
                ..fault
            }),
            Code::HttpServer
        );
    }
}
