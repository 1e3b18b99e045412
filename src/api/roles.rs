//! The names of the built-in directory roles that tokens and GDAP relationships list by the id of
//! their template. Source: Microsoft Entra, "built-in roles".

/// Returns the name of a directory role, if the template's id is a known one.
pub fn directory_role(template: &str) -> Option<&'static str> {
    let found = ROLES
        .iter()
        .find(|(id, _)| id.eq_ignore_ascii_case(template));
    found.map(|(_, name)| *name)
}

/// Returns whether there is a built-in role of that name.
pub fn is_directory_role(name: &str) -> bool {
    ROLES.iter().any(|(_, known)| *known == name)
}

/// Holds every right that other roles have.
pub const GLOBAL_ADMINISTRATOR: &str = "Global Administrator";

/// Stands among the role ids of every token of a plain member, and means no role at all.
pub const PLAIN_MEMBER: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";

const ROLES: [(&str, &str); 25] = [
    (
        "62e90394-69f5-4237-9190-012177145e10",
        "Global Administrator",
    ),
    ("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
    ("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"),
    (
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        "Helpdesk Administrator",
    ),
    (
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Privileged Role Administrator",
    ),
    (
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "Privileged Authentication Administrator",
    ),
    (
        "29232cdf-9323-42fd-ade2-1d097af3e4de",
        "Exchange Administrator",
    ),
    (
        "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
        "SharePoint Administrator",
    ),
    (
        "69091246-20e8-4a56-aa4d-066075b2a7a8",
        "Teams Administrator",
    ),
    (
        "3a2c62db-5318-420d-8d74-23affee5d9d5",
        "Intune Administrator",
    ),
    (
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Application Administrator",
    ),
    (
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Cloud Application Administrator",
    ),
    (
        "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "Security Administrator",
    ),
    (
        "b0f54661-2d74-4c50-afa3-1ec803f12efe",
        "Billing Administrator",
    ),
    (
        "8329153a-20ed-4bf8-aa37-81242c6e8e01",
        "Domain Name Administrator",
    ),
    (
        "7698a772-787b-4ac8-901f-60d6b08affd2",
        "Cloud Device Administrator",
    ),
    (
        "892c5842-a9a6-463a-8041-72aa08ca3cf6",
        "Cloud App Security Administrator",
    ),
    (
        "0526716b-113d-4c15-b2c8-68e3c22b9f80",
        "Authentication Policy Administrator",
    ),
    (
        "4d6ac14f-3453-41d0-bef9-a3e0c569773a",
        "License Administrator",
    ),
    (
        "f023fd81-a637-4b56-95fd-791ac0226033",
        "Service Support Administrator",
    ),
    ("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers"),
    ("9360feb5-f418-4baa-8175-e2a00bac4301", "Directory Writers"),
    (
        "44367163-eba1-44c3-98af-f5787879f96a",
        "Dynamics 365 Administrator",
    ),
    ("5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"),
    ("4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_known_by_the_id_of_their_template() {
        let id = "FE930BE7-5e62-47db-91af-98c3a49a38b1";
        assert_eq!(directory_role(id), Some("User Administrator"));
        assert_eq!(directory_role(PLAIN_MEMBER), None);
    }
}
