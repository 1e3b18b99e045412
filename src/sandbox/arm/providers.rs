//! Resource providers. Source: arm reference §10.4.

/// Namespaces that there are without types that this sandbox serves.
const BESIDE: [&str; 4] = [
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.RecoveryServices",
    "Microsoft.Web",
];

/// Tells whether there is a namespace without served types.
pub(super) fn known(namespace: &str) -> bool {
    BESIDE
        .iter()
        .any(|known| known.eq_ignore_ascii_case(namespace))
}
