//! What makes a container mapping: a policy that fits the fabric, and a target that is there.
//! Source: recovery reference §5.2, §9.4.

use serde_json::{Map, Value, json};

use super::AZURE;
use crate::sandbox::arm::recovery::calls::Asked;
use crate::sandbox::arm::recovery::fabrics::{self, A2A, FabricKind};
use crate::sandbox::arm::recovery::refusal::detailed;
use crate::sandbox::arm::recovery::{chore, containers, object, policies, providers};
use crate::sandbox::arm::{body, locations, resource};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Diagnosis, Tx, VaultObject};

/// Replicates from one site of VMM to another.
const SITE_TO_SITE: [&str; 2] = ["HyperVReplica2012", "HyperVReplica2012R2"];

/// Returns what is kept of a mapping that may be made.
pub(super) fn accepted(
    request: &Request,
    tx: &Tx<'_>,
    asked: &Asked,
) -> Result<Map<String, Value>, Refusal> {
    let fabric = containers::above(tx, asked)?;
    let parent = asked.id.parent();
    let source = tx.recovery.objects.get(&parent.key());
    let source = source.ok_or_else(|| resource::missing(&parent))?;
    let fault = |diagnosis: Diagnosis| diagnosis.refuse(request, 409);
    let kind = fabrics::kind(fabric);
    let kind = kind.ok_or_else(|| resource::missing(&parent))?;
    if kind.has_agent {
        needs_provider(tx, asked, fabric).map_err(fault)?;
    }
    let given = sent(asked, kind).map_err(|refusal| detailed(request, refusal))?;
    let policy = policy(tx, asked, &given.policy).map_err(fault)?;
    let instance = policies::instance(policy);
    if !kind.policies.contains(&instance) {
        return Err(unfit(policy, instance, kind).refuse(request, 409));
    }
    let (target, input) = given
        .checked(instance)
        .map_err(|refusal| detailed(request, refusal))?;
    let target = other_side(tx, asked, (source, instance), target).map_err(fault)?;
    let kept = properties(&policy.id, &target, input);
    match &asked.object {
        Some(before) if !is_same(before, &kept) => Err(taken(before).refuse(request, 409)),
        _ => Ok(kept),
    }
}

/// What a body says.
struct Given {
    policy: String,
    target: String,
    input: Map<String, Value>,
}

fn sent(asked: &Asked, kind: &FabricKind) -> Result<Given, Refusal> {
    let input = body::member(&asked.properties, "providerSpecificInput")?;
    let policy = body::need(&asked.properties, "policyId")?.to_owned();
    let target = body::need(&asked.properties, "targetProtectionContainerId")?;
    if let Some(given) = body::text(&input, "instanceType")?
        && !kind.policies.contains(&given)
    {
        let text = format!(
            "The instanceType '{given}' is not for a fabric of kind {}, which takes {}.",
            kind.name,
            kind.policies.join(", ")
        );
        return Err(body::parameter("providerSpecificInput.instanceType", text));
    }
    Ok(Given {
        policy,
        target: target.to_owned(),
        input,
    })
}

impl Given {
    /// Returns the target and the input, which fits the policy.
    fn checked(mut self, instance: &str) -> Result<(String, Value), Refusal> {
        if let Some(given) = body::text(&self.input, "instanceType")?
            && given != instance
        {
            let text = format!("The instanceType '{given}' is not the policy's, '{instance}'.");
            return Err(body::parameter("providerSpecificInput.instanceType", text));
        }
        match instance {
            A2A => {
                if let Some(status) = body::text(&self.input, "agentAutoUpdateStatus")? {
                    let known = &["Disabled", "Enabled"];
                    body::one_of("agentAutoUpdateStatus", status, known)?;
                }
            }
            "VMwareCbt" => {
                body::need(&self.input, "storageAccountId")?;
                let location = locations::normal(body::need(&self.input, "targetLocation")?);
                locations::check(&location)?;
            }
            _ => {}
        }
        self.input
            .insert("instanceType".to_owned(), instance.into());
        Ok((self.target, self.input.into()))
    }
}

/// Source: recovery reference §9.4: the provider comes before the mapping.
fn needs_provider(tx: &Tx<'_>, asked: &Asked, fabric: &VaultObject) -> Result<(), Diagnosis> {
    let mut providers = object::of_kind(tx, &fabric.id, providers::KIND);
    if providers.any(|one| !chore::goes(tx, &asked.vault.id, &one.id.to_lowercase())) {
        return Ok(());
    }
    Err(Diagnosis::new(
        "150049",
        format!("The fabric '{}' has no provider.", object::friendly(fabric)),
        "No agent of the site is registered, or its provider is being removed.",
        "Register the provider on a server of the site, and retry.",
    ))
}

fn policy<'a>(tx: &'a Tx<'_>, asked: &Asked, id: &str) -> Result<&'a VaultObject, Diagnosis> {
    let found = object::referred(tx, &asked.vault.id, id);
    let found = found.filter(|one| one.kind == policies::KIND);
    let found = found.filter(|one| !chore::goes(tx, &asked.vault.id, &one.id.to_lowercase()));
    found.ok_or_else(|| {
        Diagnosis::new(
            "150050",
            format!("The replication policy '{id}' was not found."),
            "It was not created in this vault, its job has not ended, or it is being deleted.",
            "Create the policy, wait for its job, and retry.",
        )
    })
}

fn unfit(policy: &VaultObject, instance: &str, kind: &FabricKind) -> Diagnosis {
    Diagnosis::new(
        "150051",
        format!(
            "The replication policy '{}' does not fit the fabric.",
            object::friendly(policy)
        ),
        format!(
            "The policy is for {instance}; a fabric of kind {} takes {}.",
            kind.name,
            kind.policies.join(", ")
        ),
        "Use a policy of that kind.",
    )
}

/// Returns the target as it is kept: the id of a container, or the words for Azure.
fn other_side(
    tx: &Tx<'_>,
    asked: &Asked,
    (source, instance): (&VaultObject, &str),
    target: String,
) -> Result<String, Diagnosis> {
    let wants_container = instance == A2A || SITE_TO_SITE.contains(&instance);
    if !wants_container {
        return if target.eq_ignore_ascii_case(AZURE) {
            Ok(AZURE.to_owned())
        } else {
            Err(bad_target(
                &target,
                &format!("{instance} replicates to '{AZURE}'."),
            ))
        };
    }
    let Some(found) = object::referred(tx, &asked.vault.id, &target)
        .filter(|one| one.kind == containers::KIND)
        .filter(|one| !chore::goes(tx, &asked.vault.id, &one.id.to_lowercase()))
    else {
        let why = "There is no such protection container in this vault, or its job has not ended.";
        return Err(bad_target(&target, why));
    };
    if found.id == source.id {
        return Err(bad_target(&target, "A container is not mapped to itself."));
    }
    let fits = fabrics::kind_above(tx, &found.id);
    if !fits.is_some_and(|kind| kind.policies.contains(&instance)) {
        let why = format!("Its fabric is not one for {instance}.");
        return Err(bad_target(&target, &why));
    }
    Ok(found.id.clone())
}

fn bad_target(target: &str, why: &str) -> Diagnosis {
    Diagnosis::new(
        "150052",
        format!("The target protection container '{target}' cannot be used."),
        why,
        "Choose a container that can be replicated to, and retry.",
    )
}

/// The reference has no change of a mapping's policy and target, so another one is refused.
fn is_same(before: &VaultObject, kept: &Map<String, Value>) -> bool {
    ["policyId", "targetProtectionContainerId"]
        .iter()
        .all(|name| before.properties.get(*name) == kept.get(*name))
}

fn taken(before: &VaultObject) -> Diagnosis {
    Diagnosis::new(
        "150053",
        format!("There is a container mapping '{}' already.", before.name),
        "It has another policy or another target.",
        "Use another name, or remove the mapping first.",
    )
}

/// Returns what is kept of a mapping.
pub(super) fn properties(policy: &str, target: &str, input: Value) -> Map<String, Value> {
    let kept = json!({
        "policyId": policy,
        "targetProtectionContainerId": target,
        "state": "Paired",
        "providerSpecificDetails": input,
    });
    kept.as_object().cloned().unwrap_or_default()
}
