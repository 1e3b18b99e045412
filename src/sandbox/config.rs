//! Switches that the controls set: how strict, how noisy and how busy the sandbox is.

use serde::{Deserialize, Serialize};

/// What happens to a user's call whose sign-in had no multi-factor authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mfa {
    /// It is refused: 401/900421.
    Enforce,
    /// It passes, and the answer says so.
    Report,
}

/// What the tenants' conditional access asks of users who sign in. Applications are not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionalAccess {
    /// Nothing.
    None,
    /// Multi-factor authentication: 50076, or 50079 for a user without a second factor.
    Mfa,
    /// Everybody is refused: 53003.
    Block,
    /// Users of another tenant are refused: 53003.
    BlockServiceProviders,
    /// The device code flow is refused: 53003.
    BlockDeviceCode,
}

/// The switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Real-world noise in answers: byte order mark, doubled headers, `/v1` in links, numbers as
    /// strings, mixed date forms (§19.22).
    pub noise: bool,
    /// Every subscription patch is slow: 202 with a `Location`.
    pub slow_patches: bool,
    /// What happens without multi-factor authentication.
    pub mfa: Mfa,
    /// What conditional access asks of users.
    pub conditional_access: ConditionalAccess,
    /// Requests per minute and partner (and customer) before 429; 0 for no limit. Microsoft Graph
    /// and Azure Resource Manager count otherwise.
    pub requests_per_minute: u32,
    /// Resource units of Microsoft Graph per ten seconds, application and tenant, before 429; 0 for
    /// no limit.
    pub graph_units: u32,
    /// Writes to Microsoft Graph per 150 seconds, application and tenant, before 429; 0 for no
    /// limit.
    pub graph_writes: u32,
    /// Requests for audit data of Microsoft Graph per ten seconds, application and tenant, before
    /// 429; 0 for no limit. The service takes 5.
    pub graph_reports: u32,
    /// Requests about conditional access of Microsoft Graph per second and tenant, before 429; 0 for
    /// no limit. The service takes 1.
    pub graph_policies: u32,
    /// How many reads of Azure Resource Manager a principal has at once, for each subscription; a
    /// tenth of them comes back every second. 0 for no limit.
    pub arm_reads: u32,
    /// How many writes (PUT, PATCH, POST); a twentieth comes back every second. 0 for no limit.
    pub arm_writes: u32,
    /// How many deletions; a twentieth comes back every second. 0 for no limit.
    pub arm_deletes: u32,
    /// Seconds before an object made in Microsoft Graph is found there.
    pub graph_lag: u32,
    /// Cores that the virtual machines of a subscription may have in a region, and half as many in
    /// a family of sizes, before 409; 0 for no limit.
    pub azure_cores: u32,
    /// How often the catalogue was issued anew: another number gives other availability ids, and
    /// the old ones can no longer be bought (§19.14).
    pub catalogue_issue: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            noise: false,
            slow_patches: false,
            mfa: Mfa::Enforce,
            conditional_access: ConditionalAccess::None,
            requests_per_minute: 500,
            graph_units: 3500,
            graph_writes: 3000,
            graph_reports: 0,
            graph_policies: 0,
            arm_reads: 250,
            arm_writes: 200,
            arm_deletes: 200,
            graph_lag: 0,
            azure_cores: 100,
            catalogue_issue: 0,
        }
    }
}
