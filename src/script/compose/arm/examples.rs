//! Examples of the composite functions, as their manual shows them; each holds in a fresh sandbox.

pub(super) const ENSURE_OWNER: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let kim = graph::user("fabrikam.onmicrosoft.com", "kim@fabrikam.onmicrosoft.com");
arm::ensure_owner(sub, kim).properties.principalId == kim.id"#;

pub(super) const ENSURE_ROLE: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let kim = graph::user("fabrikam.onmicrosoft.com", "kim@fabrikam.onmicrosoft.com");
let group = arm::resource_group(sub, "rg-shop");
arm::ensure_role(group, kim, "Reader").properties.scope == group.id"#;

pub(super) const ENSURE_REGISTERED: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
arm::ensure_registered(sub, "Microsoft.KeyVault").registrationState"#;

pub(super) const DEPLOY: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let template = #{
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    contentVersion: "1.0.0.0",
    parameters: #{ greeting: #{ type: "string" } },
    resources: [],
    outputs: #{ said: #{ type: "string", value: "[parameters('greeting')]" } },
};
let done = arm::deploy(arm::resource_group(sub, "rg-empty"), "hello", template, #{ greeting: "good morning" });
done.properties.outputs.said.value"#;

pub(super) const WHAT_IF: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let template = #{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", contentVersion: "1.0.0.0", resources: [] };
arm::what_if(arm::resource_group(sub, "rg-shop"), "nothing", template).properties.changes.map(|change| change.changeType)"#;

pub(super) const VALIDATE: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let template = #{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", contentVersion: "1.0.0.0", resources: [] };
arm::validate(arm::resource_group(sub, "rg-empty"), "nothing", template).properties.provisioningState"#;

pub(super) const PARSE_ID: &str = r#"let id = "/subscriptions/5b5b5b5b-0000-4000-8000-000000000001/resourceGroups/rg-shop/providers/Microsoft.Compute/virtualMachines/vm-web1";
arm::parse_id(id).resource_group"#;

pub(super) const BUILD_ID: &str = r#"arm::build_id(#{ subscription: "5b5b5b5b-0000-4000-8000-000000000001", resource_group: "rg-shop", type: "Microsoft.Network/virtualNetworks/subnets", name: "vnet-shop/web" })"#;

pub(super) const CLOUDS: &str =
    r#"arm::clouds().find(|cloud| cloud.name == "AzureChinaCloud").storage"#;

pub(super) const CLOUD_METADATA: &str = "arm::cloud_metadata()[0].authentication.audiences";

pub(super) const RATE_LIMITS: &str = r#"arm::subscriptions("fabrikam.onmicrosoft.com").first().locations().count();
arm::rate_limits().map(|limit| limit.left)"#;
