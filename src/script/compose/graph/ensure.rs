//! Members and owners of groups, as they should be: what is so already is no failure. The service
//! refuses to add a member twice and to remove what is none, with codes that mean other things as
//! well; whether it was that is read from the group, never from a text.

use std::sync::Arc;

use rhai::Dynamic;

use super::{map, reference};
use crate::base::text::is_guid;
use crate::error::Error;
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::invoke::by_name;
use crate::script::pager::Items;

/// The operations on one kind of link between a group and an object.
struct Link {
    what: &'static str,
    list: &'static str,
    add: &'static str,
    remove: &'static str,
}

const MEMBERS: Link = Link {
    what: "a member",
    list: "group_members",
    add: "add_group_member_ref",
    remove: "remove_group_member_ref",
};

const OWNERS: Link = Link {
    what: "an owner",
    list: "group_owners",
    add: "add_group_owner_ref",
    remove: "remove_group_owner_ref",
};

/// `add_member(tenant, group, object)`.
pub(super) fn add_member(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    MEMBERS.add(host, args)
}

/// `remove_member(tenant, group, object)`.
pub(super) fn remove_member(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    MEMBERS.remove(host, args)
}

/// `add_owner(tenant, group, object)`.
pub(super) fn add_owner(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    OWNERS.add(host, args)
}

/// `remove_owner(tenant, group, object)`.
pub(super) fn remove_owner(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    OWNERS.remove(host, args)
}

impl Link {
    fn add(&self, host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
        let (tenant, group, id) = self.named(args)?;
        let body = reference::reference(host, "directoryObjects", &id)?;
        let call = vec![tenant.clone(), group.clone(), body];
        match by_name(host, "graph", self.add, call) {
            Ok(_) => Ok(true.into()),
            Err(error) if is(&error, 400, Some("Request_BadRequest")) => {
                unchanged(error, self.holds(host, tenant, group, &id) == Some(true))
            }
            Err(error) => Err(error),
        }
    }

    fn remove(&self, host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
        let (tenant, group, id) = self.named(args)?;
        let call = vec![tenant.clone(), group.clone(), id.clone().into()];
        match by_name(host, "graph", self.remove, call) {
            Ok(_) => Ok(true.into()),
            Err(error) if is(&error, 404, None) => {
                unchanged(error, self.holds(host, tenant, group, &id) == Some(false))
            }
            Err(error) => Err(error),
        }
    }

    fn named(&self, args: Vec<Dynamic>) -> Result<(Dynamic, Dynamic, String), Error> {
        let mut args = args.into_iter();
        let mut next = || args.next().unwrap_or(Dynamic::UNIT);
        let (tenant, group, object) = (next(), next(), next());
        let id = reference::id(self.what, &object)?;
        if is_guid(&id) {
            return Ok((tenant, group, id));
        }
        let message = format!("{} is named by its id or a record that has one", self.what);
        Err(argument(format!("{message}, not {}", describe(&object)))
            .help("a user is found by sign-in name: `graph::user(tenant, name)`"))
    }

    /// Returns whether the group has it; `None` if that cannot be read.
    fn holds(&self, host: &Arc<Host>, tenant: Dynamic, group: Dynamic, id: &str) -> Option<bool> {
        let select = vec![Dynamic::from("id")];
        let options = map([("select", select.into())]);
        let args = vec![tenant, group, options.into()];
        let list = by_name(host, "graph", self.list, args).ok()?;
        for object in Items::of(&list)? {
            let found = at_path(&object.ok()?, "id")?.to_string();
            if found.eq_ignore_ascii_case(id) {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// Returns that nothing had to be changed, if that is why; else the service's refusal.
fn unchanged(refusal: Error, so_already: bool) -> Result<Dynamic, Error> {
    if so_already {
        return Ok(false.into());
    }
    Err(refusal)
}

fn is(error: &Error, status: u16, code: Option<&str>) -> bool {
    let fault = error.parts().fault.as_ref();
    fault.is_some_and(|fault| fault.status == status && code.is_none_or(|code| fault.code == code))
}
