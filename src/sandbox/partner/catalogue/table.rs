//! The table of what is sold: service plans, licences, SKUs, terms. Titles, licence ids and part
//! numbers are those of Microsoft's public list; prices are the emulator's own.

use super::{Kind, Licence, Plan, Sku, Term};

const fn plan(id: &'static str, name: &'static str, title: &'static str) -> Plan {
    Plan { id, name, title }
}

static EXCHANGE_1: Plan = plan(
    "9aaf7827-d63c-4b61-89c3-182f06f82e5c",
    "EXCHANGE_S_STANDARD",
    "Exchange Online (Plan 1)",
);
static EXCHANGE_2: Plan = plan(
    "efb87545-963c-4e0d-99df-69c6916d9eb0",
    "EXCHANGE_S_ENTERPRISE",
    "Exchange Online (Plan 2)",
);
static SHAREPOINT_1: Plan = plan(
    "c7699d2e-19aa-44de-8edf-1736da088ca1",
    "SHAREPOINTSTANDARD",
    "SharePoint (Plan 1)",
);
static SHAREPOINT_2: Plan = plan(
    "5dbe027f-2339-4123-9542-606e4d348a72",
    "SHAREPOINTENTERPRISE",
    "SharePoint (Plan 2)",
);
static TEAMS: Plan = plan(
    "57ff2da0-773e-42df-b2af-ffb7a2317929",
    "TEAMS1",
    "Microsoft Teams",
);
static OFFICE_BUSINESS: Plan = plan(
    "094e7854-93fc-4d55-b2c0-3ab5369ebdc1",
    "OFFICE_BUSINESS",
    "Microsoft 365 Apps for business",
);
static OFFICE: Plan = plan(
    "43de0ff5-c92c-492b-9116-175376d08c38",
    "OFFICESUBSCRIPTION",
    "Microsoft 365 Apps for enterprise",
);
static INTUNE: Plan = plan(
    "c1ec4a95-1f05-45b3-a911-aa3fa01094f5",
    "INTUNE_A",
    "Microsoft Intune Plan 1",
);
static ENTRA: Plan = plan(
    "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
    "AAD_PREMIUM",
    "Microsoft Entra ID P1",
);
static POWER_BI: Plan = plan(
    "70d33638-9c74-4d01-bfd3-562de28bd4ba",
    "BI_AZURE_P2",
    "Power BI Pro",
);
static MINECRAFT: Plan = plan(
    "4c246bbc-f513-4311-beff-eba54c353256",
    "MINECRAFT_EDUCATION_EDITION",
    "Minecraft Education",
);

const fn licence(
    id: &'static str,
    part_number: &'static str,
    name: &'static str,
    plans: &'static [&'static Plan],
) -> Licence {
    Licence {
        id,
        part_number,
        name,
        group: "group1",
        plans,
    }
}

static BASIC: Licence = licence(
    "3b555118-da6a-4418-894f-7df1e2096870",
    "O365_BUSINESS_ESSENTIALS",
    "Microsoft 365 Business Basic",
    &[&EXCHANGE_1, &SHAREPOINT_1, &TEAMS],
);
static STANDARD: Licence = licence(
    "f245ecc8-75af-4f8e-b61f-27d8114de5f3",
    "O365_BUSINESS_PREMIUM",
    "Microsoft 365 Business Standard",
    &[&EXCHANGE_1, &SHAREPOINT_1, &TEAMS, &OFFICE_BUSINESS],
);
static PREMIUM: Licence = licence(
    "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46",
    "SPB",
    "Microsoft 365 Business Premium",
    &[
        &EXCHANGE_1,
        &SHAREPOINT_1,
        &TEAMS,
        &OFFICE_BUSINESS,
        &INTUNE,
        &ENTRA,
    ],
);
static M365_E3: Licence = licence(
    "05e9a617-0261-4cee-bb44-138d3ef5d965",
    "SPE_E3",
    "Microsoft 365 E3",
    &[&EXCHANGE_2, &SHAREPOINT_2, &TEAMS, &OFFICE, &INTUNE, &ENTRA],
);
static M365_E5: Licence = licence(
    "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
    "SPE_E5",
    "Microsoft 365 E5",
    &[
        &EXCHANGE_2,
        &SHAREPOINT_2,
        &TEAMS,
        &OFFICE,
        &INTUNE,
        &ENTRA,
        &POWER_BI,
    ],
);
static O365_E1: Licence = licence(
    "18181a46-0d4e-45cd-891e-60aabd171b4e",
    "STANDARDPACK",
    "Office 365 E1",
    &[&EXCHANGE_1, &SHAREPOINT_1, &TEAMS],
);
static O365_E3: Licence = licence(
    "6fd2c87f-b296-42f0-b197-1e91e994b900",
    "ENTERPRISEPACK",
    "Office 365 E3",
    &[&EXCHANGE_2, &SHAREPOINT_2, &TEAMS, &OFFICE],
);
static EXCHANGE: Licence = licence(
    "4b9405b0-7788-4568-add1-99614e613b69",
    "EXCHANGESTANDARD",
    "Exchange Online (Plan 1)",
    &[&EXCHANGE_1],
);
static POWER_BI_PRO: Licence = licence(
    "f8a1db68-be16-40ed-86d5-cb42ce701560",
    "POWER_BI_PRO",
    "Power BI Pro",
    &[&POWER_BI],
);
static ENTRA_P1: Licence = licence(
    "078d2b04-f1bd-4111-bbd4-b4b1b354cef4",
    "AAD_PREMIUM",
    "Microsoft Entra ID P1",
    &[&ENTRA],
);
static MINECRAFT_EDUCATION: Licence = Licence {
    group: "group2",
    ..licence(
        "984df360-9a74-4647-8cf8-696749f6247a",
        "MEE_FACULTY",
        "Minecraft Education",
        &[&MINECRAFT],
    )
};

/// A licence product for the commercial segment.
const fn seats(
    product: &'static str,
    id: &'static str,
    licence: &'static Licence,
    most: i64,
    price: i64,
) -> Sku {
    Sku {
        product,
        id,
        title: licence.name,
        kind: Kind::Licence,
        segment: "commercial",
        most,
        trial: false,
        licence: Some(licence),
        price,
    }
}

/// Id of the Azure plan's product.
pub(crate) const AZURE_PLAN: &str = "DZH318Z0BPS6";

/// Every SKU; those of one product stand together.
pub(super) static SKUS: [Sku; 13] = [
    seats("CFQ7TTC0LH18", "0001", &BASIC, 300, 600),
    seats("CFQ7TTC0LDPB", "0001", &STANDARD, 300, 1250),
    seats("CFQ7TTC0LCHC", "0002", &PREMIUM, 300, 2200),
    Sku {
        title: "Microsoft 365 Business Premium Trial",
        trial: true,
        ..seats("CFQ7TTC0LCHC", "0009", &PREMIUM, 25, 0)
    },
    seats("CFQ7TTC0LFLX", "0001", &M365_E3, 100_000, 3600),
    seats("CFQ7TTC0LFLZ", "0002", &M365_E5, 100_000, 5700),
    seats("CFQ7TTC0LF8Q", "0001", &O365_E1, 100_000, 1000),
    seats("CFQ7TTC0LF8R", "0001", &O365_E3, 100_000, 2300),
    seats("CFQ7TTC0LH16", "0001", &EXCHANGE, 100_000, 400),
    seats("CFQ7TTC0LHSF", "0001", &POWER_BI_PRO, 100_000, 1000),
    seats("CFQ7TTC0LFLS", "0002", &ENTRA_P1, 100_000, 600),
    Sku {
        segment: "education",
        ..seats("CFQ7TTC0HX2K", "0001", &MINECRAFT_EDUCATION, 100_000, 500)
    },
    Sku {
        product: AZURE_PLAN,
        id: "0001",
        title: "Azure plan",
        kind: Kind::AzurePlan,
        segment: "commercial",
        most: 1,
        trial: false,
        licence: None,
        price: 0,
    },
];

pub(super) const LICENCE_TERMS: [Term; 2] = [
    Term {
        duration: "P1M",
        cycles: &["Monthly"],
    },
    Term {
        duration: "P1Y",
        cycles: &["Monthly", "Annual"],
    },
];
pub(super) const TRIAL_TERMS: [Term; 1] = [Term {
    duration: "P1M",
    cycles: &["Monthly"],
}];
pub(super) const AZURE_TERMS: [Term; 1] = [Term {
    duration: "",
    cycles: &["Monthly"],
}];
