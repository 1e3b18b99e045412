//! The mistakes, one line each, and what the scripts share.

use crate::refused_case::{Case, case};

/// What every script may name.
pub(super) const NAMES: &str = r#"
let fabrikam = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
let tailspin = "7a115b10-9c4e-4a2b-b5d6-0e1f2a3b4c5d";
let kim = "fab71ca0-0001-4000-8000-000000000002";
let sold = "fab71ca0-0002-4000-8000-000000000002"; // the Azure plan, as Partner Center names it
let sub = arm::subscriptions(fabrikam).first();
let shop = arm::resource_group(sub, "rg-shop");
let empty = arm::resource_group(sub, "rg-empty");
let odd = shop.id + "/providers/Microsoft.Odd/things/x";
let reader = sub.id + "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";
let storage = #{ location: "westeurope", sku: #{ name: "Standard_LRS" }, kind: "StorageV2" };
let server = #{ location: "westeurope", properties: #{ administratorLogin: "fab", administratorLoginPassword: "Brisk-Otter-4182" } };
fn machine(name, size, nic) {
    #{ location: "westeurope", properties: #{ hardwareProfile: #{ vmSize: size },
        storageProfile: #{ imageReference: #{ publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
            osDisk: #{ createOption: "FromImage" } },
        osProfile: #{ computerName: name, adminUsername: "fabadmin", adminPassword: "Brisk-Otter-4182" },
        networkProfile: #{ networkInterfaces: [#{ id: nic }] } } }
}
fn make_vm(group, name, size) {
    arm::create_vm(group, name, machine("more", size, group.id + "/providers/Microsoft.Network/networkInterfaces/nic-none"))
}
fn template(resources, parameters) {
    #{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        contentVersion: "1.0.0.0", parameters: parameters, resources: resources }
}
fn aset(name, more) {
    #{ type: "Microsoft.Compute/availabilitySets", apiVersion: "2025-04-01", name: name, location: "westeurope",
        sku: #{ name: "Aligned" }, properties: #{ platformFaultDomainCount: 2 } } + more
}
"#;

/// Somebody who has a role.
pub(super) const PREPARED: &str = "arm::ensure_role(empty, kim, \"Reader\"); ()";

const ARGUMENT: (&str, &str) = ("script.argument", "");
const UNKNOWN: (&str, &str) = ("scope.tenant_unknown", "");
const KIND: (&str, &str) = ("scope.wrong_kind", "");
const TENANT: (&str, &str) = ("auth.wrong_tenant", "InvalidAuthenticationTokenTenant");
const VERSION: (&str, &str) = ("arm.api_version", "InvalidApiVersionParameter");
const NAMESPACE: (&str, &str) = ("arm.api_version", "InvalidResourceNamespace");
const TEMPLATE: (&str, &str) = ("arm.template", "InvalidTemplate");

/// Whose subscription it is, and ids that are none.
pub(super) const SCOPES: &[Case] = &[
    case(
        "arm::vms(\"0b5c7c5e-6d0e-4a52-9d4a-9f2d7d0a1c11\").count()",
        UNKNOWN,
        "which tenant the subscription 0b5c7c5e",
        "arm::subscription(tenant, id)",
    ),
    case(
        "arm::vm(\"/subscriptions/0b5c7c5e-6d0e-4a52-9d4a-9f2d7d0a1c11/resourceGroups/a/providers/Microsoft.Compute/virtualMachines/x\")",
        UNKNOWN,
        "which tenant",
        "arm::subscription(tenant, id)",
    ),
    case(
        "arm::vms(partner::subscription(fabrikam, sold)).count()",
        KIND,
        "a Subscription record of partner",
        "arm::subscriptions(customer)",
    ),
    case(
        "partner::subscription(fabrikam, sold); arm::vms(sold).count()",
        KIND,
        "Partner Center",
        "arm::subscriptions(customer)",
    ),
    case(
        "arm::get(partner::home(), sub.id)",
        TENANT,
        "tenant fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b is asked for",
        "a token of one tenant is never used for another",
    ),
    case(
        "arm::get(tailspin, sub.id + \"/resourceGroups\")",
        TENANT,
        "the token is of tenant 7a115b10",
        "make the call for tenant fab71ca0",
    ),
    case(
        "arm::delete(tailspin, empty.id)",
        TENANT,
        "refused `delete_resource_group`",
        "make the call for tenant fab71ca0",
    ),
    case(
        "arm::locks(sub.id + \"/resourceGroup/rg-shop\").count()",
        ARGUMENT,
        "`resourceGroup` cannot stand where it does",
        "an id reads like",
    ),
    case(
        "arm::locks(sub.id + \"/resourceGroups//providers/Microsoft.Compute\").count()",
        ARGUMENT,
        "a part before it is empty",
        "an id reads like",
    ),
    case(
        "arm::locks(\"/subscription/\" + sub.subscriptionId).count()",
        ARGUMENT,
        "begins with `subscription`",
        "an id reads like",
    ),
    case(
        "arm::vm(shop.id + \"/providers/Microsoft.Compute/disks/disk-spare\")",
        KIND,
        "virtualMachines/{vm}",
        "",
    ),
    case(
        "arm::start_vm(arm::disk(shop, \"disk-spare\"))",
        KIND,
        "a Disk record",
        "VirtualMachine",
    ),
];

/// Versions and types that there are not.
pub(super) const VERSIONS: &[Case] = &[
    case(
        "arm::resource_groups(sub, #{ api_version: \"1999-01-01\" }).count()",
        VERSION,
        "The supported versions are",
        "api_version",
    ),
    case(
        "arm::create_resource_group(sub, \"rg-new\", #{ location: \"westeurope\" }, #{ api_version: \"latest\" })",
        VERSION,
        "The supported versions are",
        "api_version",
    ),
    case(
        "arm::get(sub, sub.id + \"/resourceGroups?api-version=\")",
        ("arm.api_version", "MissingApiVersionParameter"),
        "is required for all requests",
        "`?api-version=…`",
    ),
    case(
        "arm::get(sub, sub.id + \"/resourcegroup?api-version=2025-04-01\")",
        VERSION,
        "refused `get`",
        "the path is wrong",
    ),
    case(
        "arm::resource(odd)",
        ARGUMENT,
        "needs the option `api_version`",
        "arm::provider_resource_types",
    ),
    case(
        "arm::create_resource(odd, #{ location: \"westeurope\" }, #{ api_version: \"2024-01-01\" })",
        NAMESPACE,
        "'Microsoft.Odd'",
        "arm::providers(subscription)",
    ),
    case(
        "arm::create_resource(shop.id + \"/providers/Microsoft.Compute/odd/x\", #{ location: \"westeurope\" }, #{ api_version: \"2024-01-01\" })",
        ("arm.api_version", "InvalidResourceType"),
        "'odd'",
        "arm::provider_resource_types",
    ),
    case(
        "arm::ensure_registered(sub, \"Microsoft.Odd\")",
        NAMESPACE,
        "'Microsoft.Odd'",
        "arm::providers(subscription)",
    ),
    case(
        "arm::register_feature(sub, \"Microsoft.Compute\", \"Nope\")",
        ("arm.not_found", "FeatureNotFound"),
        "'Nope'",
        "arm::features(subscription, namespace)",
    ),
];

/// Names that are not allowed, and what the present state forbids.
pub(super) const STATES: &[Case] = &[
    case(
        "arm::create_resource_group(sub, \"ends.\", #{ location: \"westeurope\" })",
        ("arm.refused", "InvalidResourceGroup"),
        "at most 90 letters",
        "",
    ),
    case(
        "arm::create_vm(empty, \"bad_name\", machine(\"bad_name\", \"Standard_B2s\", \"x\"))",
        ("arm.refused", "InvalidParameter"),
        "",
        "",
    ),
    case(
        "arm::create_storage_account(empty, \"Bad_Name\", storage)",
        ("arm.refused", "AccountNameInvalid"),
        "between 3 and 24 characters",
        "",
    ),
    case(
        "arm::create_sql_server(empty, \"Bad_Name\", server)",
        ("arm.refused", "InvalidResourceName"),
        "1 to 63 small letters",
        "",
    ),
    case(
        "arm::create_storage_account(empty, \"stfabshop01\", storage)",
        ("arm.exists", "StorageAccountAlreadyTaken"),
        "is already taken",
        "arm::check_storage_name",
    ),
    case(
        "arm::create_sql_server(empty, \"sql-fabshop\", server)",
        ("arm.exists", "NameAlreadyExists"),
        "already exists",
        "arm::check_sql_name",
    ),
    case(
        "arm::create_resource_group(sub, \"rg-shop\", #{ location: \"eastus\" })",
        ("arm.exists", "InvalidResourceGroupLocation"),
        "already exists in location 'westeurope'",
        "a location never changes",
    ),
    case(
        "arm::delete_resource_group(shop)",
        ("arm.locked", "ScopeLocked"),
        "are locked",
        "arm::delete_lock",
    ),
    case(
        "arm::delete_storage_account(shop, \"stfabshop01\")",
        ("arm.locked", "ScopeLocked"),
        "are locked",
        "arm::locks(resource)",
    ),
    case(
        "arm::delete_nic(shop, \"nic-web1\")",
        ("arm.conflict", "NicInUse"),
        "is used by existing resource",
        "take it off there",
    ),
    case(
        "arm::cancel_subscription(sub)",
        ("arm.conflict", "Conflict"),
        "has resources",
        "the text says what stands in the way",
    ),
    case(
        "arm::ensure_owner(sub, partner::customer(fabrikam))",
        ARGUMENT,
        "a principal is a user, group or service principal",
        "",
    ),
    case(
        "arm::get(sub, \"https://example.com/x\")",
        ARGUMENT,
        "must begin with one `/`",
        "/subscriptions?api-version=",
    ),
    case(
        "arm::create_role_assignment(empty, \"0b5c7c5e-6d0e-4a52-9d4a-9f2d7d0a1c11\", #{ properties: #{ principalId: kim, roleDefinitionId: reader } })",
        ("arm.exists", "RoleAssignmentExists"),
        "already exists",
        "arm::ensure_role",
    ),
];

/// Templates and parameters that do not fit.
pub(super) const TEMPLATES: &[Case] = &[
    case(
        "arm::deploy(empty, \"d\", template([aset(\"a\", #{ dependsOn: [\"b\"] }), aset(\"b\", #{ dependsOn: [\"a\"] })], #{}))",
        TEMPLATE,
        "Circular dependency",
        "arm::validate",
    ),
    case(
        "arm::validate(empty, \"d\", template([aset(\"a\", #{ dependsOn: [\"a\"] })], #{}))",
        TEMPLATE,
        "Circular dependency",
        "",
    ),
    case(
        "arm::deploy(empty, \"d\", template([], #{ size: #{ type: \"string\" } }))",
        ARGUMENT,
        "parameter `size` (string) is missing",
        "nothing was sent",
    ),
    case(
        "arm::deploy(empty, \"d\", template([], #{}), #{ size: 1 })",
        ARGUMENT,
        "has no parameter `size`",
        "nothing was sent",
    ),
    case(
        "arm::deploy(empty, \"d\", template([], #{ size: #{ type: \"int\" } }), #{ size: \"big\" })",
        TEMPLATE,
        "Expected a value of type 'Int'",
        "",
    ),
    case(
        "arm::what_if(empty, \"d\", template([aset(\"a\", #{ tags: #{ a: \"[reference('none').id]\" } })], #{}))",
        TEMPLATE,
        "'none' is not defined in the template",
        "",
    ),
    case(
        "arm::deploy(empty, \"d\", template([aset(\"a\", #{ tags: #{ a: \"[parameters('none')]\" } })], #{}))",
        TEMPLATE,
        "parameter 'none' is not found",
        "",
    ),
    case(
        "arm::deploy(empty, \"d\", template([aset(\"a\", #{ location: \"mars\" })], #{}))",
        ("arm.template", "InvalidTemplateDeployment"),
        "is not valid",
        "mend what lies deepest: LocationNotAvailableForResourceType",
    ),
    case(
        "arm::deploy(empty, \"d\", template([#{ type: \"Microsoft.Odd/things\", apiVersion: \"2025-04-01\", name: \"a\" }], #{}))",
        NAMESPACE,
        "'Microsoft.Odd'",
        "arm::providers(subscription)",
    ),
    case(
        "arm::deploy(empty, \"d\", 5)",
        ARGUMENT,
        "must be a map or the path of a file",
        "",
    ),
    case(
        "arm::deploy(sub, \"d\", template([], #{}))",
        ARGUMENT,
        "needs a `location`",
        "location:",
    ),
];
