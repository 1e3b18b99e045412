//! What bodies say about relationships and assignments: names, durations, roles, groups.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::sandbox::graph::body::{Body, bad};
use crate::sandbox::reply::Refusal;

/// The longest name of a relationship.
const NAME: usize = 50;

/// What is wished of a relationship; what is not named is `None`.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub(super) name: Option<String>,
    pub(super) days: Option<u32>,
    pub(super) extends: Option<bool>,
    /// The customer; empty for whoever agrees.
    pub(super) customer: Option<String>,
    pub(super) roles: Option<Vec<String>>,
}

impl Wish {
    /// Reads a body.
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, Refusal> {
        let known = [
            "@odata.type",
            "displayName",
            "duration",
            "autoExtendDuration",
            "customer",
            "accessDetails",
        ];
        let body = Body::of(members, &known)?;
        let name = body.text("displayName")?;
        if name.is_some_and(|name| name.trim().is_empty() || name.chars().count() > NAME) {
            let text = format!("The property 'displayName' must have 1 to {NAME} characters.");
            return Err(bad(text));
        }
        Ok(Self {
            name: name.map(str::to_owned),
            days: body.text("duration")?.map(days).transpose()?,
            extends: body.text("autoExtendDuration")?.map(extends).transpose()?,
            customer: customer(&body)?,
            roles: roles(&body)?,
        })
    }

    /// Refuses because a property is missing that a new relationship must have.
    pub(super) fn missing(name: &str) -> Refusal {
        bad(format!("The property '{name}' is required."))
    }
}

fn customer(body: &Body<'_>) -> Result<Option<String>, Refusal> {
    if !body.has("customer") {
        return Ok(None);
    }
    let known = ["@odata.type", "tenantId", "displayName"];
    match body.object("customer", "customer.", &known)? {
        None => Ok(Some(String::new())),
        Some(inner) => guid(inner.need_text("tenantId")?, "customer.tenantId").map(Some),
    }
}

fn guid(text: &str, name: &str) -> Result<String, Refusal> {
    let parsed = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
    let refused = || bad(format!("The value '{text}' of '{name}' is no GUID."));
    parsed.map(|id| id.to_string()).ok_or_else(refused)
}

/// Reads how long a relationship lasts: whole days or years, up to two years.
fn days(text: &str) -> Result<u32, Refusal> {
    let number = |unit: char| -> Option<u32> {
        let digits = text.strip_prefix('P')?.strip_suffix(unit)?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| plain)
    };
    let years = || number('Y')?.checked_mul(365);
    let days = number('D').or_else(years);
    days.filter(|days| (1..=730).contains(days)).ok_or_else(|| {
        bad(format!(
            "The duration '{text}' is invalid: it must be from P1D to P730D."
        ))
    })
}

fn extends(text: &str) -> Result<bool, Refusal> {
    match text {
        "P0D" | "PT0S" => Ok(false),
        "P180D" => Ok(true),
        _ => Err(bad(format!(
            "The autoExtendDuration '{text}' is invalid: it must be P0D, PT0S or P180D."
        ))),
    }
}

/// Reads the roles of `accessDetails`, in their order; one that is named twice counts once.
pub(super) fn roles(body: &Body<'_>) -> Result<Option<Vec<String>>, Refusal> {
    let known = ["@odata.type", "unifiedRoles"];
    let Some(details) = body.object("accessDetails", "accessDetails.", &known)? else {
        return Ok(None);
    };
    let listed = details.array("unifiedRoles")?;
    let listed = listed.filter(|listed| !listed.is_empty());
    let mut roles: Vec<String> = Vec::new();
    for role in listed.ok_or_else(|| details.required("unifiedRoles"))? {
        let members = role.as_object();
        let members = members.ok_or_else(|| bad("Each of 'unifiedRoles' must be an object."))?;
        let role = Body::of(members, &["@odata.type", "roleDefinitionId"])?;
        let id = guid(role.need_text("roleDefinitionId")?, "roleDefinitionId")?;
        if !roles.contains(&id) {
            roles.push(id);
        }
    }
    Ok(Some(roles))
}

/// Reads the group of `accessContainer`.
pub(super) fn group(body: &Body<'_>) -> Result<String, Refusal> {
    let known = ["@odata.type", "accessContainerId", "accessContainerType"];
    let container = body.object("accessContainer", "accessContainer.", &known)?;
    let container = container.ok_or_else(|| body.required("accessContainer"))?;
    let kind = container.need_text("accessContainerType")?;
    if kind != "securityGroup" {
        let text = format!("The accessContainerType '{kind}' is not supported: use securityGroup.");
        return Err(bad(text));
    }
    guid(
        container.need_text("accessContainerId")?,
        "accessContainer.accessContainerId",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relationship_lasts_whole_days_up_to_two_years() {
        for (text, expected) in [
            ("P1D", Some(1)),
            ("P730D", Some(730)),
            ("P2Y", Some(730)),
            ("P0D", None),
            ("P731D", None),
            ("P3Y", None),
            ("P+5D", None),
            ("PD", None),
            ("PT24H", None),
            ("365", None),
        ] {
            assert_eq!(days(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn only_half_a_year_extends() {
        let seen = ["P0D", "PT0S", "P180D", "P90D"].map(|text| extends(text).ok());
        assert_eq!(seen, [Some(false), Some(false), Some(true), None]);
    }
}
