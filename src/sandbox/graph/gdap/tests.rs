//! GDAP as the partner works with it, and every refusal with code and text.

mod access;
mod life;
mod limits;

use serde_json::{Value, json};

use crate::sandbox::entra::roles::{DIRECTORY_READERS, USER_ADMINISTRATOR};
use crate::sandbox::graph::bench::{Megan, text};
use crate::sandbox::testing::Seen;

const ALL: &str = "/v1.0/tenantRelationships/delegatedAdminRelationships";

impl Megan<'_> {
    fn made(&self, body: &Value) -> String {
        let seen = self.post(ALL, body);
        assert_eq!(seen.status, 201, "{}", seen.json);
        text(&seen, "id")
    }

    /// Makes a relationship that is in force.
    fn active(&self, body: &Value) -> String {
        let id = self.made(body);
        assert_eq!(self.asks(&id, "lockForApproval").status, 201);
        assert_eq!(self.answers(&json!({ "relationship": id })), 200);
        self.waits(60);
        assert_eq!(self.status(&id), "active");
        id
    }

    fn asks(&self, id: &str, action: &str) -> Seen {
        let body = json!({ "action": action });
        self.post(&format!("{ALL}/{id}/requests"), &body)
    }

    /// Answers in the customer's place.
    fn answers(&self, body: &Value) -> u16 {
        self.control("gdap/approve", body)
    }

    fn status(&self, id: &str) -> String {
        text(&self.get(&format!("{ALL}/{id}")), "status")
    }
}

fn details(roles: &[&str]) -> Value {
    let roles: Vec<Value> = roles
        .iter()
        .map(|role| json!({ "roleDefinitionId": role }))
        .collect();
    json!({ "unifiedRoles": roles })
}

fn wanted(name: &str, customer: &str) -> Value {
    json!({
        "displayName": name,
        "duration": "P365D",
        "customer": { "tenantId": customer },
        "accessDetails": details(&[USER_ADMINISTRATOR, DIRECTORY_READERS]),
    })
}

fn assigned(group: &str, roles: &[&str]) -> Value {
    json!({
        "accessContainer": { "accessContainerId": group, "accessContainerType": "securityGroup" },
        "accessDetails": details(roles),
    })
}
