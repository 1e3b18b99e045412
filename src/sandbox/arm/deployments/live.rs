//! The world behind `reference` and `listKeys` while a deployment runs.

use std::cell::RefCell;

use http::Method;
use serde_json::{Value, json};

use super::inside::{self, Call};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::template::{Fault, Plan, World};
use crate::sandbox::reply::{Content, Refusal};
use crate::sandbox::route::Caller;
use crate::sandbox::store::Tx;

/// The world as a deployment sees it, as who asked for it.
pub(super) struct Live<'a, 'b> {
    pub(super) tx: RefCell<&'a mut Tx<'b>>,
    pub(super) plan: &'a Plan,
    pub(super) caller: &'a Caller,
}

impl Live<'_, '_> {
    /// Asks about a resource that the template or an id names.
    fn ask(
        &self,
        verb: Method,
        target: &str,
        version: &str,
        action: &str,
    ) -> Result<(Id, String, Value), Fault> {
        let planned = self.plan.find(target);
        let path = planned.map_or(target, |planned| planned.id.as_str());
        let version = match planned {
            Some(planned) if version.is_empty() => &planned.api_version,
            _ => version,
        };
        let id = Id::parse(path).unwrap_or_default();
        let call = Call {
            verb,
            path: &format!("{path}{action}"),
            kind: &id.kind().unwrap_or_default(),
            version,
            body: None,
        };
        let reply = inside::call(&mut self.tx.borrow_mut(), self.caller, &call);
        match reply.map_err(|refusal| refused(&refusal))?.content {
            Content::Json(value) => Ok((id, version.to_owned(), value)),
            _ => Ok((id, version.to_owned(), Value::Null)),
        }
    }
}

impl World for Live<'_, '_> {
    fn reference(&self, target: &str, version: &str) -> Result<Value, Fault> {
        let (id, version, mut value) = self.ask(Method::GET, target, version, "")?;
        if let Some(members) = value.as_object_mut() {
            members.insert("apiVersion".to_owned(), version.into());
            members.insert("resourceId".to_owned(), id.text().into());
            members.insert("subscriptionId".to_owned(), json!(id.subscription));
            members.insert("resourceGroupName".to_owned(), json!(id.group));
        }
        Ok(value)
    }

    fn list(&self, function: &str, target: &str, version: &str) -> Result<Value, Fault> {
        let action = format!("/{function}");
        let (_, _, value) = self.ask(Method::POST, target, version, &action)?;
        Ok(value)
    }
}

fn refused(refusal: &Refusal) -> Fault {
    Fault::Refused {
        code: refusal.code.as_str().unwrap_or_default().to_owned(),
        text: refusal.text.clone(),
    }
}
