//! Examples of the composite functions, as their manual shows them; each holds in a fresh sandbox.

pub(super) const BATCH: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
let outcomes = graph::batch(fabrikam, [
    #{ id: "sales", method: "PATCH", path: "/users/sam@fabrikam.onmicrosoft.com", body: #{ department: "Sales" } },
    #{ path: "/users/sam@fabrikam.onmicrosoft.com?$select=department", depends_on: "sales" },
]);
outcomes.check();
outcomes[1].value.department"#;

pub(super) const DELTA: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
let before = graph::delta(fabrikam, "users", #{ select: ["displayName", "department"] });
graph::update_user(fabrikam, "sam@fabrikam.onmicrosoft.com", #{ department: "Sales" });
graph::delta(fabrikam, "users", before.link).changes.map(|user| user.displayName)"#;

pub(super) const ADD_MEMBER: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
let sales = graph::groups(fabrikam, #{ filter: where("displayName").eq("Sales") }).first();
graph::add_member(fabrikam, sales, graph::user(fabrikam, "sam@fabrikam.onmicrosoft.com"))"#;

pub(super) const REMOVE_MEMBER: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
let sales = graph::groups(fabrikam, #{ filter: where("displayName").eq("Sales") }).first();
graph::remove_member(fabrikam, sales, graph::user(fabrikam, "kim@fabrikam.onmicrosoft.com"))"#;

pub(super) const ADD_OWNER: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
let sales = graph::groups(fabrikam, #{ filter: where("displayName").eq("Sales") }).first();
graph::add_owner(fabrikam, sales, graph::user(fabrikam, "kim@fabrikam.onmicrosoft.com"))"#;

pub(super) const REMOVE_OWNER: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
let sales = graph::groups(fabrikam, #{ filter: where("displayName").eq("Sales") }).first();
graph::remove_owner(fabrikam, sales, graph::user(fabrikam, "lee@fabrikam.onmicrosoft.com"))"#;

pub(super) const SET_MANAGER: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
graph::set_manager(fabrikam, "kim@fabrikam.onmicrosoft.com", "sam@fabrikam.onmicrosoft.com");
graph::manager(fabrikam, "kim@fabrikam.onmicrosoft.com").displayName"#;

pub(super) const ASSIGN_LICENSE: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
graph::assign_license(fabrikam, "admin@fabrikam.onmicrosoft.com", "O365_BUSINESS_ESSENTIALS");
graph::user_licenses(fabrikam, "admin@fabrikam.onmicrosoft.com").map(|licence| licence.skuPartNumber)"#;

pub(super) const REMOVE_LICENSE: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
graph::remove_license(fabrikam, "kim@fabrikam.onmicrosoft.com", "O365_BUSINESS_ESSENTIALS");
graph::user_licenses(fabrikam, "kim@fabrikam.onmicrosoft.com").count()"#;

pub(super) const RESET_PASSWORD: &str = r#"let fabrikam = partner::customers(#{ filter: where("CompanyName").starts_with("Fabrikam") }).first();
let password = graph::reset_password(fabrikam, "kim@fabrikam.onmicrosoft.com");
`the new password is kept from every output: ${password}`"#;

pub(super) const GDAP_APPROVAL_URL: &str = r#"let made = graph::create_gdap(#{ displayName: "Litware desk", duration: "P365D", accessDetails: #{ unifiedRoles: [#{ roleDefinitionId: "f2ef992c-3afb-46b9-b7cf-a126ee74c451" }] } });
graph::lock_gdap(made);
graph::gdap_approval_url(made)"#;
