//! Tables of a tenant's policies, domains, devices and findings, as Microsoft Graph keeps them.

use super::table::tables;

tables! {
    /// Tables of policies and the like.
    "policy" PolicyTables {
    }
}
