//! DNS records of a domain: those that prove whose it is, and those that services want. What the
//! latter hold is unconfirmed, apart from their kinds.

use serde_json::{Value, json};

use super::{DOMAIN, READ, find};
use crate::sandbox::derived;
use crate::sandbox::entra::domains;
use crate::sandbox::graph::access::admit;
use crate::sandbox::graph::odata::listed;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::Tx;

pub(super) fn verification(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let name = find(request, tx, &caller.tenant)?.domain.name;
    let proof = domains::proof(&caller.tenant, &name);
    let rows = [
        record(
            &name,
            "Txt",
            &name,
            &json!({ "text": format!("MS={proof}") }),
        ),
        record(
            &name,
            "Mx",
            &name,
            &json!({ "mailExchange": format!("{proof}.msv1.invalid"), "preference": 32767 }),
        ),
    ];
    let part = format!("domains('{name}')/verificationDnsRecords");
    listed(request, &DOMAIN, &part, rows)
}

pub(super) fn services(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let known = find(request, tx, &caller.tenant)?;
    let name = known.domain.name;
    let exchange = format!("{}.mail.protection.outlook.com", name.replace('.', "-"));
    let rows = [
        record(
            &name,
            "Mx",
            &name,
            &json!({ "mailExchange": exchange, "preference": 0 }),
        ),
        record(
            &name,
            "Txt",
            &name,
            &json!({ "text": "v=spf1 include:spf.protection.outlook.com -all" }),
        ),
        record(
            &name,
            "CName",
            &format!("autodiscover.{name}"),
            &json!({ "canonicalName": "autodiscover.outlook.com" }),
        ),
        record(
            &name,
            "Srv",
            &format!("_sipfederationtls._tcp.{name}"),
            &json!({
                "nameTarget": "sipfed.online.lync.com",
                "port": 5061,
                "priority": 100,
                "weight": 1,
                "protocol": "_tcp",
                "service": "_sipfederationtls",
            }),
        ),
    ];
    // Only a verified domain is used by services.
    let rows = rows.into_iter().filter(|_| known.verified);
    let part = format!("domains('{name}')/serviceConfigurationRecords");
    listed(request, &DOMAIN, &part, rows)
}

fn record(domain: &str, kind: &str, label: &str, more: &Value) -> Value {
    let mut row = json!({
        "@odata.type": format!("#microsoft.graph.domainDns{kind}Record"),
        "id": derived::guid(&["record", domain, kind, &more.to_string()]),
        "isOptional": false,
        "label": label,
        "recordType": kind,
        "supportedService": if kind == "Srv" { "OfficeCommunicationsOnline" } else { "Email" },
        "ttl": 3600,
    });
    if let (Some(row), Some(more)) = (row.as_object_mut(), more.as_object()) {
        row.extend(more.clone());
    }
    row
}
