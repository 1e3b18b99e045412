//! Logical networks of a site on premises, as its server told them; they are only read. Source:
//! recovery reference §5.6, which names no field of them.

use crate::sandbox::arm::recovery::part::Part;

#[derive(Debug)]
pub(super) struct LogicalNetworks;

impl Part for LogicalNetworks {
    fn kind(&self) -> &'static str {
        "replicationFabrics/replicationLogicalNetworks"
    }
}
