//! What queries may ask of objects of one kind. Source: graph reference §2, §2.1.

/// How objects of one kind behave in queries.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Name in refusals: `User`.
    pub(crate) name: &'static str,
    /// Properties that come without `$select`; empty means all (and of users and groups in a list of
    /// several kinds, theirs).
    pub(crate) usual: &'static [&'static str],
    /// Properties that `$filter` takes, with the operators: `eq startsWith; ge le`. Those after the
    /// semicolon need an advanced query; `ne`, `not`, `endsWith` and `$count` always do where the
    /// objects are the directory's. `in` comes with `eq`. A path is written as in the filter
    /// (`customer/tenantId`, `assignedLicenses/$count`); for a collection it names what is compared,
    /// without the lambda: `groupTypes`, `assignedLicenses/skuId`.
    pub(crate) filter: &'static [(&'static str, &'static str)],
    /// Properties that `$orderby` takes without an advanced query, and those that need one.
    pub(crate) order: (&'static [&'static str], &'static [&'static str]),
    /// Properties that `$search` takes.
    pub(crate) search: &'static [&'static str],
    /// Relationships that `$expand` takes.
    pub(crate) expand: &'static [&'static str],
    /// The greatest `$top`; 0 means that the list has one page and takes none.
    pub(crate) most: usize,
    /// Items of a page, unless the caller says otherwise.
    pub(crate) page: usize,
    /// Whether they are directory objects, which know advanced queries and no `$skip`. Their lists
    /// are in the order of their ids; others stay in the order that the handler gives.
    pub(crate) directory: bool,
}

impl Kind {
    /// What most kinds have in common: everything comes, nothing can be filtered.
    pub(crate) const PLAIN: Self = Self {
        name: "",
        usual: &[],
        filter: &[],
        order: (&[], &[]),
        search: &[],
        expand: &[],
        most: 999,
        page: 100,
        directory: false,
    };

    /// Tells how `$filter` takes an operator (`eq`, `startsWith`, `not`, …) on a property.
    pub(super) fn takes(&self, property: &str, operator: &str) -> Takes {
        let Some((_, operators)) = self.filter.iter().find(|(name, _)| *name == property) else {
            return Takes::Never;
        };
        let (plain, advanced) = operators.split_once(';').unwrap_or((operators, ""));
        let has = |list: &str| list.split_whitespace().any(|word| word == operator);
        let always_advanced =
            ["ne", "not", "endsWith"].contains(&operator) || property.ends_with("$count");
        match (has(plain), has(advanced)) {
            (false, false) => Takes::Never,
            (true, _) if !(self.directory && always_advanced) => Takes::Plainly,
            _ => Takes::Advanced,
        }
    }
}

/// How `$filter` takes an operator on a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Not at all.
    Never,
    /// In an advanced query only.
    Advanced,
    /// In every query.
    Plainly,
}

/// Properties of a user that come without `$select` (§2.1).
pub(crate) const USER_USUAL: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

/// Properties of a group that come without `$select` (§2.1).
pub(crate) const GROUP_USUAL: &[&str] = &[
    "id",
    "classification",
    "createdDateTime",
    "deletedDateTime",
    "description",
    "displayName",
    "expirationDateTime",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName",
    "onPremisesProvisioningErrors",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "preferredDataLocation",
    "preferredLanguage",
    "proxyAddresses",
    "renewedDateTime",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "securityEnabled",
    "securityIdentifier",
    "serviceProvisioningErrors",
    "theme",
    "uniqueName",
    "visibility",
];

/// Returns what comes without `$select` of an object in a list of several kinds, by its
/// `@odata.type`; empty means all.
pub(super) fn usual_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "#microsoft.graph.user" => USER_USUAL,
        "#microsoft.graph.group" => GROUP_USUAL,
        _ => &[],
    }
}
