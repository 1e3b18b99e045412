//! What is particular to services of Azure: ids are paths, a subscription tells the tenant, a
//! resource's type tells the version, and a provider is registered when it is first needed.

mod fill;
mod registration;
mod seen;
mod version;
mod whose;

pub(super) use fill::{Filled, of_receiver, of_value};
pub(super) use registration::call;
pub(super) use seen::Seen;
pub(super) use version::{choose as choose_version, in_path as version_in_path};
pub(super) use whose::{SOLD, in_tenant, named, of_path, of_subscription};
