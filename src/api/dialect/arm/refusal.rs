//! Refusals of Azure Resource Manager that tell what to do, by the service's code. Sources: Azure
//! Resource Manager, "Troubleshoot common Azure deployment errors"; Azure REST API reference.

use crate::error::{Code, Fault};

/// A token of another tenant than the subscription's.
pub(super) const WRONG_TENANT: &str = "InvalidAuthenticationTokenTenant";

/// What cannot be done as things are: also a region whose cores are used up, which the text alone
/// tells.
const NOT_ALLOWED: &str = "OperationNotAllowed";
/// Stands for it where the text speaks of a quota.
const QUOTA: &str = "OperationNotAllowed:quota";

/// What a refusal is, and what to do about it.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The service's codes.
    codes: &'static [&'static str],
    /// Our own.
    pub(super) code: Code,
    /// One action.
    pub(super) help: &'static str,
}

const ALL: &[Refusal] = &[
    Refusal {
        codes: &["AuthorizationFailed", "LinkedAuthorizationFailed"],
        code: Code::ArmForbidden,
        help: "as a user (`principal: \"user\"`) a partner acts through AdminAgents, which owns the subscriptions that it sold unless the customer took that away; an application needs a role of its own: `arm::ensure_role(subscription, principal, \"Contributor\")`. What was granted moments ago takes some minutes",
    },
    Refusal {
        codes: &["RequestDisallowedByPolicy"],
        code: Code::ArmPolicy,
        help: "what the policy asks for stands in the error's details: `catch (e) { print(e.service.body) }`",
    },
    Refusal {
        codes: &["SubscriptionNotFound"],
        code: Code::ArmNotFound,
        help: "see `arm::subscriptions(tenant)`: a new one takes some minutes, and the principal needs a role on it to see it",
    },
    Refusal {
        codes: &["ResourceGroupNotFound"],
        code: Code::ArmNotFound,
        help: "see `arm::resource_groups(subscription)`; `arm::create_resource_group` makes one",
    },
    Refusal {
        codes: &["ResourceNotFound", "ParentResourceNotFound", "NotFound"],
        code: Code::ArmNotFound,
        help: "see `arm::group_resources(resource_group)`",
    },
    Refusal {
        codes: &["FeatureNotFound"],
        code: Code::ArmNotFound,
        help: "see `arm::features(subscription, namespace)`",
    },
    Refusal {
        codes: &["DeploymentNotFound"],
        code: Code::ArmNotFound,
        help: "see `arm::deployments(resource_group)`",
    },
    Refusal {
        codes: &["ScopeLocked"],
        code: Code::ArmLocked,
        help: "see `arm::locks(resource)`, also of its group and subscription; whoever may take it away does so by `arm::delete_lock(lock)`",
    },
    Refusal {
        codes: &["RoleAssignmentExists"],
        code: Code::ArmExists,
        help: "`arm::ensure_role(scope, principal, role)` returns the one that there is",
    },
    Refusal {
        codes: &[
            "StorageAccountAlreadyTaken",
            "NameAlreadyExists",
            "AlreadyExists",
        ],
        code: Code::ArmExists,
        help: "such names are unique in all of Azure: ask first by `arm::check_storage_name` or `arm::check_sql_name`",
    },
    Refusal {
        codes: &["InvalidResourceLocation", "InvalidResourceGroupLocation"],
        code: Code::ArmExists,
        help: "a location never changes: give the one that it has, or another name",
    },
    Refusal {
        codes: &["MissingSubscriptionRegistration"],
        code: Code::ArmUnregistered,
        help: "register it first: `arm::ensure_registered(subscription, namespace)`; a run that may write does so by itself",
    },
    Refusal {
        codes: &["InvalidApiVersionParameter", "NoRegisteredProviderFound"],
        code: Code::ArmVersion,
        help: "the text names the versions there are, for `#{ api_version: … }`; where it seems to make no sense, the path is wrong: an empty or misspelt part of it",
    },
    Refusal {
        codes: &["MissingApiVersionParameter"],
        code: Code::ArmVersion,
        help: "write the version behind the path, `?api-version=…`, or as the option `api_version`",
    },
    Refusal {
        codes: &["InvalidResourceNamespace"],
        code: Code::ArmVersion,
        help: "see `arm::providers(subscription)`: a namespace reads like `Microsoft.Compute`",
    },
    Refusal {
        codes: &["InvalidResourceType"],
        code: Code::ArmVersion,
        help: "see `arm::provider_resource_types(subscription, namespace)`",
    },
    Refusal {
        codes: &["ReadOnlyDisabledSubscription"],
        code: Code::ArmDisabled,
        help: "see `arm::subscription(tenant, id).state`; while it is not Enabled, things can be read and deleted only",
    },
    Refusal {
        codes: &["QuotaExceeded", QUOTA],
        code: Code::ArmQuota,
        help: "take a smaller size or another region, delete what is not needed, or ask Azure's support for more",
    },
    Refusal {
        codes: &["SkuNotAvailable"],
        code: Code::ArmQuota,
        help: "take another size or region: `arm::vm_sizes(subscription, location)`",
    },
    Refusal {
        codes: &[
            "InvalidTemplate",
            "InvalidTemplateDeployment",
            "DeploymentFailed",
        ],
        code: Code::ArmTemplate,
        help: "mend the template or its parameters; `arm::validate` tells without deploying",
    },
    Refusal {
        codes: &["PrincipalNotFound"],
        code: Code::ArmPrincipal,
        help: "give the object id, never the application's, and say what it is (`principalType`); `arm::ensure_role` waits for one that is new",
    },
    Refusal {
        codes: &["RoleDefinitionDoesNotExist"],
        code: Code::ArmNotFound,
        help: "see `arm::role_definitions(scope)`",
    },
    Refusal {
        codes: &["ResourceGroupBeingDeleted"],
        code: Code::ArmConflict,
        help: "wait until it is gone: `arm::resource_group_exists(resource_group)` is false then",
    },
    Refusal {
        codes: &["DeploymentActive"],
        code: Code::ArmConflict,
        help: "wait for the deployment of that name, cancel it by `arm::cancel_deployment(deployment)`, or take another name",
    },
    Refusal {
        codes: &[NOT_ALLOWED],
        code: Code::ArmConflict,
        help: "the text says what stands in the way: change that first",
    },
    Refusal {
        codes: &[
            "NicInUse",
            "PublicIPAddressInUse",
            "PublicIPAddressCannotBeDeleted",
            "PrivateIPAddressInUse",
            "InUseSubnetCannotBeDeleted",
            "InUsePrefixCannotBeDeleted",
            "InUseNetworkSecurityGroupCannotBeDeleted",
        ],
        code: Code::ArmConflict,
        help: "the text names what uses it: take it off there, or delete that first",
    },
    Refusal {
        codes: &[
            "Conflict",
            "AnotherOperationInProgress",
            "StorageAccountBeingCreated",
        ],
        code: Code::ArmConflict,
        help: "the text says what stands in the way; where something is under way, try again when it is done",
    },
];

/// Returns what a refusal is, if its code tells.
pub(super) fn of(fault: &Fault) -> Option<&'static Refusal> {
    let speaks = fault.message.to_ascii_lowercase().contains("quota");
    let told = match fault.code.as_str() {
        NOT_ALLOWED if speaks => QUOTA,
        code => code,
    };
    let has = |refusal: &&Refusal| {
        let mut codes = refusal.codes.iter();
        codes.any(|code| code.eq_ignore_ascii_case(told))
    };
    ALL.iter().find(has)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::service;

    #[test]
    fn a_code_is_told_once() {
        let mut all: Vec<String> = ALL
            .iter()
            .flat_map(|refusal| refusal.codes)
            .map(|code| code.to_lowercase())
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn refusals_are_known_by_the_code_in_any_casing() {
        let check = |code: &str, expected: Option<Code>| {
            let fault = Fault {
                code: code.to_owned(),
                ..Fault::default()
            };
            assert_eq!(of(&fault).map(|refusal| refusal.code), expected, "{code}");
        };
        check("AuthorizationFailed", Some(Code::ArmForbidden));
        check("authorizationfailed", Some(Code::ArmForbidden));
        check("RoleAssignmentExists", Some(Code::ArmExists));
        check("NicInUse", Some(Code::ArmConflict));
        check("FeatureNotFound", Some(Code::ArmNotFound));
        check("InvalidResourceGroupLocation", Some(Code::ArmExists));
        check("OddRefusal", None);
        check("", None);
    }

    #[test]
    fn what_is_not_allowed_for_want_of_cores_is_a_quota() {
        let code = |message: &str| {
            let fault = Fault {
                code: NOT_ALLOWED.to_owned(),
                message: message.to_owned(),
                ..Fault::default()
            };
            of(&fault).map(|refusal| refusal.code)
        };
        let cores = "Operation could not be completed as it results in exceeding approved Quota.";
        assert_eq!(code(cores), Some(Code::ArmQuota));
        let attached = code("The disk is attached to a machine.");
        assert_eq!(attached, Some(Code::ArmConflict));
    }

    #[test]
    fn operations_that_are_advised_exist() {
        const COMPOSED: [&str; 3] = ["ensure_role", "ensure_registered", "validate"];
        let arm = service("arm").expect("a built-in service");
        for refusal in ALL {
            for part in refusal.help.split("`arm::").skip(1) {
                let name: String = part
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                    .collect();
                let known = COMPOSED.contains(&name.as_str()) || arm.operation(&name).is_some();
                assert!(known, "{name}");
            }
        }
    }
}
