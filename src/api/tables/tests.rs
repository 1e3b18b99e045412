//! What our own documents promise, checked over all operations of all services. That names are
//! unique and legal and that path parameters are declared, the reader has checked already.

mod azure;
mod site_recovery;
mod vaults;

use super::{service, services};
use crate::api::document::is_reserved;
use crate::api::model::{Operation, Place, Service};

/// The text of every document of a service.
fn documents(service: &str) -> Vec<String> {
    let folder = format!("{}/src/api/{service}", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let read = |file: std::fs::DirEntry| std::fs::read_to_string(file.path());
    files.map(|file| read(file).expect("text")).collect()
}

/// Every operation with its service.
fn all() -> impl Iterator<Item = (&'static Service, &'static Operation)> {
    services().iter().flat_map(|service| {
        service
            .operations
            .iter()
            .map(move |operation| (*service, operation))
    })
}

#[test]
fn the_built_in_services_are_found_by_name() {
    let names: Vec<_> = services().iter().map(|service| service.name).collect();
    assert_eq!(names, ["partner", "graph", "arm", "recovery"]);
    assert!(service("partner").is_some() && service("teams").is_none());
}

#[test]
fn every_operation_says_what_it_is() {
    for (service, operation) in all() {
        let name = format!("{}::{}", service.name, operation.name);
        assert!(
            operation.doc.ends_with('.'),
            "{name}: summary is a sentence"
        );
        assert!(!operation.source.is_empty(), "{name}: source");
        assert!(!operation.needs.is_empty(), "{name}: needs");
        assert!(!operation.effects.is_empty(), "{name}: effect");
        let function = format!("{name}(");
        let method = operation.method_of.map(|(_, method)| format!(".{method}("));
        let calls = |text: &str| operation.example.contains(text);
        assert!(
            calls(&function) || method.is_some_and(|method| calls(&method)),
            "{name}: the example calls it"
        );
        for param in operation.params.iter() {
            assert!(
                param.doc.ends_with('.'),
                "{name}: `{}` is described",
                param.name
            );
        }
        if let Some(body) = operation.body {
            assert!(body.doc.ends_with('.'), "{name}: the body is described");
        }
    }
}

#[test]
fn roles_that_suffice_are_roles_that_tokens_name() {
    for (service, operation) in all() {
        for role in operation.roles.iter() {
            assert!(
                crate::api::is_directory_role(role),
                "{}::{}: {role}",
                service.name,
                operation.name
            );
        }
    }
}

#[test]
fn every_shape_and_property_is_described() {
    for service in services() {
        for schema in service.schemas.iter() {
            assert!(!schema.doc.is_empty(), "{}", schema.name);
            assert!(!schema.fields.is_empty(), "{}", schema.name);
            for field in schema.fields.iter() {
                assert!(!field.doc.is_empty(), "{}.{}", schema.name, field.name);
            }
        }
    }
}

#[test]
fn names_of_composites_and_raw_calls_stay_free() {
    let taken = [
        "add_member",
        "add_owner",
        "agent_authentication",
        "assign_license",
        "assign_licenses",
        "backup_container_name",
        "backup_item_name",
        "backup_operation_result",
        "backup_operation_status",
        "batch",
        "build_id",
        "buy",
        "delete",
        "delta",
        "deploy",
        "ensure_owner",
        "ensure_registered",
        "ensure_role",
        "find_catalog_item",
        "gdap_approval_url",
        "get",
        "head",
        "home",
        "job_id_from_location",
        "list",
        "parse_id",
        "patch",
        "post",
        "put",
        "register_beta_access",
        "remove_license",
        "remove_licenses",
        "remove_member",
        "remove_owner",
        "request",
        "reset_password",
        "set_manager",
        "resume",
        "validate",
        "wait_backup_job",
        "wait_job",
        "wait_order",
        "what_if",
    ];
    for (service, operation) in all() {
        assert!(
            !taken.contains(&operation.name),
            "{}::{}",
            service.name,
            operation.name
        );
    }
}

#[test]
fn properties_that_cannot_stand_after_a_dot_are_known() {
    let mut found = Vec::new();
    for service in services() {
        for schema in service.schemas.iter() {
            let names = schema.fields.iter().map(|field| field.name);
            let reserved = names.filter(|name| is_reserved(name));
            found.extend(reserved.map(|name| format!("{}: {}.{name}", service.name, schema.name)));
        }
    }
    assert!(found.is_empty(), "{found:?}: help must say `r[\"name\"]`");
}

#[test]
fn the_tenant_comes_first_then_the_path_and_both_are_required() {
    for (service, operation) in all() {
        let params = operation.positional();
        let places: Vec<_> = params
            .map(|param| param.place)
            .skip_while(|place| *place == Place::Token)
            .collect();
        let paths = places.iter().filter(|place| **place == Place::Path).count();
        assert!(!places.contains(&Place::Token), "{}", operation.name);
        assert!(
            places[..paths].iter().all(|place| *place == Place::Path),
            "{}",
            operation.name
        );
        let mut required = operation.params.iter().map(|param| param.required);
        assert!(
            required.by_ref().skip_while(|r| *r).all(|r| !r),
            "{}",
            operation.name
        );
        let arm = super::service("arm").filter(|_| service.name == "recovery");
        let described = [Some(service), arm].into_iter().flatten();
        let scoped = |name: &str| described.clone().any(|it| it.schema(name).is_some());
        let scopes = operation.params.iter().filter_map(|param| param.scope);
        let scopes = scopes.filter(|scope| !scope.is_any());
        assert!(
            scopes.map(|scope| scope.schema).all(scoped),
            "{}",
            operation.name
        );
    }
}

#[test]
fn presets_fix_the_body_of_an_operation_and_keep_its_request() {
    let presets: Vec<_> = all()
        .filter(|(_, operation)| operation.preset_of.is_some())
        .collect();
    assert!(!presets.is_empty());
    for (service, preset) in presets {
        let parent = preset.preset_of.and_then(|name| service.operation(name));
        let parent = parent.expect("the reader found it");
        assert_eq!((parent.verb, parent.path), (preset.verb, preset.path));
        assert!(preset.body.is_none() && parent.body.is_some() && !preset.preset.is_empty());
        assert!(preset.gravest() <= parent.gravest());
    }
}

#[test]
fn the_shapes_of_subscription_changes_are_as_partner_center_has_them() {
    use crate::api::model::{Effect, Idempotency, Merge, Until, Waiting};
    let partner = service("partner").expect("a built-in service");
    let gravest = |name| partner.operation(name).expect("an operation").gravest();
    assert_eq!(gravest("update_subscription"), Effect::Destroy);
    assert_eq!(gravest("cancel_subscription"), Effect::Destroy);
    assert_eq!(gravest("set_subscription_quantity"), Effect::Spend);
    for name in [
        "suspend_subscription",
        "activate_subscription",
        "set_auto_renew",
        "rename_subscription",
    ] {
        assert_eq!(gravest(name), Effect::Write, "{name}");
    }
    let update = partner
        .operation("update_subscription")
        .expect("an operation");
    assert_eq!(update.merge, Merge::Full);
    assert_eq!(update.before, Some("subscription"));
    assert_eq!(update.if_match, Some("attributes.etag"));
    assert_eq!(update.waiting, Waiting::Location(Until::AsSent));
    assert_eq!(update.idempotency, Idempotency::RequestId);
    assert_eq!(gravest("validate_address"), Effect::Read);
    assert_eq!(gravest("checkout_cart"), Effect::Spend);
}

#[test]
fn passwords_are_secret() {
    use crate::api::model::Kind;
    for service in services() {
        for schema in service.schemas.iter() {
            for field in schema
                .fields
                .iter()
                .filter(|field| field.name == "password")
            {
                assert_eq!(service.kind(field.ty), Kind::Secret, "{}", schema.name);
            }
        }
    }
}

#[test]
fn nothing_described_is_left_unused() {
    for service in services() {
        let all = documents(service.name).concat();
        let parsed = documents(service.name);
        let parsed = parsed.iter().map(|text| {
            serde_saphyr::from_str::<serde_json::Value>(text).expect("the build has read it")
        });
        for document in parsed {
            let parts = document["components"].as_object().into_iter().flatten();
            for (part, entries) in parts {
                for name in entries
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name)
                {
                    let link = format!("#/components/{part}/{name}\"");
                    assert!(
                        all.contains(&link),
                        "{}: nothing leads to {link}",
                        service.name
                    );
                }
            }
        }
    }
}

#[test]
fn microsoft_s_words_are_spelt_as_microsoft_does() {
    let known = [
        "x-ms-pageable",
        "x-ms-long-running-operation",
        "x-ms-long-running-operation-options",
        "x-ms-skip-url-encoding",
        "x-ms-authorization-auxiliary",
    ];
    for service in services() {
        for text in documents(service.name) {
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let mut ours = words.filter(|word| word.starts_with("x-ms-"));
            assert_eq!(
                ours.find(|word| !known.contains(word)),
                None,
                "{}",
                service.name
            );
        }
    }
}
