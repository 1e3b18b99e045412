//! Which values users may have: principal names, nicknames, passwords, countries, and the texts of the
//! refusals. Source: graph reference §4, §8, §15.7.

use serde_json::json;

use crate::sandbox::graph::body::bad;
use crate::sandbox::graph::groups;
use crate::sandbox::graph::people::{self, shown_nickname};
use crate::sandbox::partner::{accounts, countries};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tx;

/// What a name may have besides letters and digits.
const SIGNS: &str = "'.-_!#^~";

/// Refuses because another object has the value.
pub(super) fn conflict(property: &str) -> Refusal {
    let text =
        format!("Another object with the same value for property {property} already exists.");
    let detail = json!({ "code": "PropertyConflict", "message": text, "target": property });
    bad(text).data(detail)
}

/// Refuses a value.
pub(super) fn invalid(property: &str) -> Refusal {
    bad(format!(
        "Invalid value specified for property '{property}' of resource 'User'."
    ))
}

/// A principal name has a verified domain of the tenant and is no other user's.
pub(in crate::sandbox::graph) fn check_upn(
    tx: &Tx<'_>,
    tenant: &str,
    upn: &str,
    own: Option<&str>,
) -> Result<(), Refusal> {
    let (name, domain) = upn
        .rsplit_once('@')
        .ok_or_else(|| invalid("userPrincipalName"))?;
    let is_legal = |sign: char| sign.is_ascii_alphanumeric() || SIGNS.contains(sign);
    if name.is_empty()
        || name.starts_with('.')
        || name.ends_with('.')
        || !name.chars().all(is_legal)
    {
        return Err(invalid("userPrincipalName"));
    }
    if !accounts::is_verified(tx, tenant, domain) {
        return Err(bad(
            "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
        ));
    }
    if accounts::is_taken(tx, tenant, upn, own) {
        return Err(conflict("userPrincipalName"));
    }
    Ok(())
}

/// A nickname is none of a user or a group that has a mailbox.
pub(super) fn check_nickname(
    tx: &Tx<'_>,
    tenant: &str,
    nickname: &str,
    own: Option<&str>,
) -> Result<(), Refusal> {
    let is_illegal =
        |sign: char| !sign.is_ascii() || " @()\\[]\";:<>,".contains(sign) || sign.is_control();
    if nickname.is_empty() || nickname.len() > 64 || nickname.chars().any(is_illegal) {
        return Err(invalid("mailNickname"));
    }
    let taken = people::all(tx, tenant).iter().any(|person| {
        own != Some(&person.user.id)
            && person.mailbox().is_some()
            && shown_nickname(person).eq_ignore_ascii_case(nickname)
    });
    let groups = tx.directory.groups.under(tenant);
    let mut groups = groups.map(|(_, group)| groups::shown(tx, group));
    let is_group = groups.any(|row| {
        let own = row["mailNickname"].as_str().unwrap_or_default();
        row["mailEnabled"] == true && own.eq_ignore_ascii_case(nickname)
    });
    if taken || is_group {
        return Err(conflict("mailNickname"));
    }
    Ok(())
}

/// A password is strong, unless the user's policies do without.
pub(super) fn check_password(
    password: Option<&str>,
    upn: &str,
    policies: &str,
) -> Result<String, Refusal> {
    let Some(password) = password.filter(|password| !password.is_empty()) else {
        return Err(bad(
            "Property passwordProfile.password value is required but is empty or missing.",
        ));
    };
    let is_weak_allowed = policies.contains("DisableStrongPassword");
    if is_weak_allowed || accounts::is_strong(password, upn) {
        return Ok(password.to_owned());
    }
    Err(bad(
        "The specified password does not comply with password complexity requirements. Please provide a different password.",
    ))
}

/// Returns the code of a country in upper case.
pub(super) fn country(code: &str) -> Result<String, Refusal> {
    if countries::is_iso(code) {
        Ok(code.to_uppercase())
    } else {
        Err(invalid("usageLocation"))
    }
}
