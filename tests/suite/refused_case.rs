//! Scripts that must fail, as the tables of bad input hold them.

/// A script that must fail: its code, the service's code (empty: the service was not asked), and parts
/// of message and help.
pub(crate) struct Case {
    pub(crate) script: &'static str,
    pub(crate) code: &'static str,
    pub(crate) service: &'static str,
    pub(crate) says: &'static str,
    pub(crate) helps: &'static str,
}

/// Describes one: script, its code and the service's, parts of message and help.
pub(crate) const fn case(
    script: &'static str,
    (code, service): (&'static str, &'static str),
    says: &'static str,
    helps: &'static str,
) -> Case {
    Case {
        script,
        code,
        service,
        says,
        helps,
    }
}
