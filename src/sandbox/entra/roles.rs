//! Built-in roles: those of a directory by template id, and the one of Azure that the partner has.
//! Source: graph reference §9; arm reference §10.7.

macro_rules! roles {
    ($($name:ident = $id:literal $title:literal;)*) => {
        $(#[doc = $title] pub(crate) const $name: &str = $id;)*

        /// The built-in roles: template id and name.
        const BUILT_IN: &[(&str, &str)] = &[$(($name, $title),)*];
    };
}

roles! {
    GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10" "Global Administrator";
    GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451" "Global Reader";
    USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1" "User Administrator";
    HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8" "Helpdesk Administrator";
    PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814" "Privileged Role Administrator";
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13" "Privileged Authentication Administrator";
    APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3" "Application Administrator";
    CLOUD_APPLICATION_ADMINISTRATOR = "158c047a-c907-4556-b7ef-446551a6b5f7" "Cloud Application Administrator";
    LICENSE_ADMINISTRATOR = "4d6ac14f-3453-41d0-bef9-a3e0c569773a" "License Administrator";
    SERVICE_SUPPORT_ADMINISTRATOR = "f023fd81-a637-4b56-95fd-791ac0226033" "Service Support Administrator";
    DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b" "Directory Readers";
    DIRECTORY_WRITERS = "9360feb5-f418-4baa-8175-e2a00bac4301" "Directory Writers";
    EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de" "Exchange Administrator";
    SHAREPOINT_ADMINISTRATOR = "f28a1f50-f6e7-4571-818b-6a12f2af6b6c" "SharePoint Administrator";
    TEAMS_ADMINISTRATOR = "69091246-20e8-4a56-aa4d-066075b2a7a8" "Teams Administrator";
    INTUNE_ADMINISTRATOR = "3a2c62db-5318-420d-8d74-23affee5d9d5" "Intune Administrator";
    SECURITY_ADMINISTRATOR = "194ae4cb-b126-40b2-bd5b-6091b380977d" "Security Administrator";
    BILLING_ADMINISTRATOR = "b0f54661-2d74-4c50-afa3-1ec803f12efe" "Billing Administrator";
    DOMAIN_NAME_ADMINISTRATOR = "8329153a-20ed-4bf8-aa37-81242c6e8e01" "Domain Name Administrator";
    CLOUD_DEVICE_ADMINISTRATOR = "7698a772-787b-4ac8-901f-60d6b08affd2" "Cloud Device Administrator";
    CLOUD_APP_SECURITY_ADMINISTRATOR = "892c5842-a9a6-463a-8041-72aa08ca3cf6" "Cloud App Security Administrator";
    AUTHENTICATION_POLICY_ADMINISTRATOR = "0526716b-113d-4c15-b2c8-68e3c22b9f80" "Authentication Policy Administrator";
    DYNAMICS_ADMINISTRATOR = "44367163-eba1-44c3-98af-f5787879f96a" "Dynamics 365 Administrator";
}

/// Roles that may consent to an application for a whole tenant. Which of them Partner Center wants
/// is not documented.
pub(crate) const MAY_CONSENT: [&str; 4] = [
    GLOBAL_ADMINISTRATOR,
    APPLICATION_ADMINISTRATOR,
    CLOUD_APPLICATION_ADMINISTRATOR,
    PRIVILEGED_ROLE_ADMINISTRATOR,
];

/// Owner, among the roles of Azure.
pub(crate) const AZURE_OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/// Returns the name of a directory role.
pub(crate) fn title(role: &str) -> Option<&'static str> {
    let (_, title) = BUILT_IN.iter().find(|(id, _)| *id == role)?;
    Some(title)
}
