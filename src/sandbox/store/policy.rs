//! Tables of a tenant's policies, domains, devices and findings, as Microsoft Graph keeps them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::table::tables;
use crate::base::clock::Timestamp;

/// A domain of a tenant; the key is `tenant/domain`. Which domains are verified stands with the
/// tenant; a verified one without a row is as it was when the tenant was made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Domain {
    /// Its name, lower case.
    pub(crate) name: String,
    /// Whether new users get it.
    pub(crate) default: bool,
    /// Services that use it.
    pub(crate) services: Vec<String>,
    /// Whether it was a subdomain and is a root of its own now.
    pub(crate) promoted: bool,
    /// Since when it is being removed with everything that uses it.
    pub(crate) leaving: Option<Timestamp>,
}

/// A device of a tenant's directory; the key is `tenant/device`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Device {
    /// Its object id.
    pub(crate) id: String,
    /// The id that the device knows of itself.
    pub(crate) own_id: String,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) system: String,
    pub(crate) version: String,
    /// `Workplace`, `AzureAd` or `ServerAd`.
    pub(crate) trust: String,
    pub(crate) compliant: Option<bool>,
    pub(crate) managed: Option<bool>,
    pub(crate) registered: Timestamp,
    pub(crate) seen: Timestamp,
}

/// What becomes of a device that is managed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Management {
    /// It is managed.
    Managed,
    /// The organisation's data is being taken off it.
    RetirePending,
    /// Everything is being taken off it.
    WipePending,
}

/// A device that is managed with Intune; the key is `tenant/device`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ManagedDevice {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Principal name of the user it belongs to.
    pub(crate) user: String,
    pub(crate) system: String,
    pub(crate) version: String,
    /// `compliant`, `noncompliant` and so on.
    pub(crate) compliance: String,
    pub(crate) serial: String,
    /// What the device knows itself by in the directory.
    pub(crate) device: String,
    pub(crate) enrolled: Timestamp,
    pub(crate) synced: Timestamp,
    pub(crate) state: Management,
}

/// A sign-in; the key is `tenant/id`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SignInRecord {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    /// Object id, principal name and display name of the user.
    pub(crate) user: (String, String, String),
    /// Id and name of the application.
    pub(crate) app: (String, String),
    pub(crate) address: String,
    /// 0, or the number of Entra ID's error.
    pub(crate) error: u32,
    pub(crate) reason: String,
    pub(crate) city: String,
    pub(crate) country: String,
}

/// A change in a directory; the key is `tenant/id`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DirectoryAudit {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    pub(crate) activity: String,
    pub(crate) category: String,
    /// `Add`, `Update`, `Assign`, `Delete`.
    pub(crate) operation: String,
    /// Object id and principal name of who did it; id and name of the application where it did.
    pub(crate) by: (String, String),
    /// Whether an application did it, for itself.
    #[serde(default)]
    pub(crate) by_app: bool,
    /// Object id, display name and type of what was changed.
    pub(crate) target: (String, String, String),
    /// Properties that were changed: name, old and new value as JSON texts.
    pub(crate) changed: Vec<(String, Option<String>, Option<String>)>,
}

/// A security alert; the key is `tenant/alert`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Alert {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) about: String,
    /// `informational`, `low`, `medium`, `high`.
    pub(crate) severity: String,
    /// `new`, `inProgress`, `resolved`.
    pub(crate) status: String,
    pub(crate) category: String,
    pub(crate) source: String,
    pub(crate) advice: String,
    pub(crate) actor: Option<String>,
    pub(crate) classification: Option<String>,
    pub(crate) determination: Option<String>,
    pub(crate) assigned: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) changed: Timestamp,
    pub(crate) resolved: Option<Timestamp>,
}

/// How secure a tenant was found on a day; the key is `tenant/id`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Score {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    /// Points by the name of the control.
    pub(crate) points: Vec<(String, u32)>,
}

/// A conditional access policy; the key is `tenant/policy`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccessPolicy {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) modified: Option<Timestamp>,
    /// What was written, by the names of the service.
    pub(crate) written: Map<String, Value>,
}

/// What the organisation of a tenant has been given besides its address; the key is the tenant.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct OrganizationDetails {
    /// Where technical notifications go.
    pub(crate) technical: Vec<String>,
}

/// Future work on domains, devices and licences of groups.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum PolicyDue {
    /// A domain is removed with everything that uses it.
    RemoveDomain {
        tenant: String,
        domain: String,
        /// Whether the users who had it can no longer sign in.
        disable: bool,
    },
    /// A device that was retired or wiped leaves: tenant and device.
    RemoveDevice(String, String),
    /// The members of a group get its licences: tenant and group.
    LicenseMembers(String, String),
}

tables! {
    /// Tables of policies and the like.
    "policy" PolicyTables {
        /// Domains by `tenant/domain`.
        domains: Domain,
        /// Domains whose verification record stands in the DNS.
        published: bool,
        /// Devices by `tenant/device`.
        devices: Device,
        /// Managed devices by `tenant/device`.
        managed_devices: ManagedDevice,
        /// Sign-ins by `tenant/id`.
        sign_ins: SignInRecord,
        /// Changes in directories by `tenant/id`.
        audits: DirectoryAudit,
        /// Alerts by `tenant/alert`.
        alerts: Alert,
        /// Scores by `tenant/id`.
        scores: Score,
        /// Conditional access policies by `tenant/policy`.
        access: AccessPolicy,
        /// Whether security defaults are on, by tenant; a tenant without a row has them off.
        defaults: bool,
        /// What organisations were given, by tenant.
        organizations: OrganizationDetails,
    }
}
