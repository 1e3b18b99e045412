//! What queries may ask of users. Source: graph reference §2, §2.1, §8; which operators a property
//! takes is (unconfirmed) where the reference does not say.

use crate::sandbox::graph::odata::{Kind, USER_USUAL};

const TEXT: &str = "eq startsWith; ne not";

/// Users in queries.
pub(in crate::sandbox::graph) const USER: Kind = Kind {
    name: "User",
    usual: USER_USUAL,
    filter: &[
        ("id", "eq; ne not"),
        ("accountEnabled", "eq; ne not"),
        ("assignedLicenses/skuId", "eq; not"),
        ("assignedLicenses/$count", "; eq ne"),
        ("businessPhones", "eq startsWith; not"),
        ("city", TEXT),
        ("companyName", TEXT),
        ("country", TEXT),
        ("createdDateTime", "eq ge le gt lt; ne not"),
        ("creationType", "eq; ne not"),
        ("department", TEXT),
        ("displayName", TEXT),
        ("employeeId", TEXT),
        ("externalUserState", "eq; ne not"),
        ("givenName", TEXT),
        ("jobTitle", TEXT),
        ("mail", "eq startsWith; ne not endsWith"),
        ("mailNickname", TEXT),
        ("mobilePhone", TEXT),
        ("officeLocation", TEXT),
        ("onPremisesImmutableId", "eq; ne not"),
        ("onPremisesSyncEnabled", "eq; ne not"),
        ("otherMails", "eq startsWith; not endsWith"),
        ("postalCode", TEXT),
        ("preferredLanguage", TEXT),
        ("proxyAddresses", "eq startsWith; not endsWith"),
        (
            "signInActivity/lastSignInDateTime",
            "eq ge le gt lt; ne not",
        ),
        ("state", TEXT),
        ("streetAddress", TEXT),
        ("surname", TEXT),
        ("usageLocation", TEXT),
        ("userPrincipalName", "eq startsWith; ne not endsWith"),
        ("userType", "eq; ne not"),
    ],
    order: (
        &["displayName", "userPrincipalName"],
        &[
            "createdDateTime",
            "givenName",
            "surname",
            "mail",
            "jobTitle",
            "department",
        ],
    ),
    search: &[
        "displayName",
        "givenName",
        "mail",
        "mailNickname",
        "surname",
        "userPrincipalName",
        "otherMails",
        "proxyAddresses",
    ],
    expand: &["manager", "directReports", "memberOf", "transitiveMemberOf"],
    directory: true,
    ..Kind::PLAIN
};

/// Deleted users in queries.
pub(in crate::sandbox::graph) const DELETED: Kind = Kind {
    expand: &[],
    filter: &[
        ("id", "eq"),
        ("displayName", TEXT),
        ("userPrincipalName", "eq startsWith; ne not endsWith"),
        ("deletedDateTime", "eq ge le gt lt; ne not"),
    ],
    ..USER
};
