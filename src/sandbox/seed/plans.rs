//! The customers of the small seed, as data. Ids are fixed, so that examples and tests may name them.

use super::address;
use crate::sandbox::store::Address;

/// Fabrikam, Inc.: the customer of the examples.
pub(crate) const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
/// Tailspin Toys; its subscription ends in 15 days and does not renew.
pub(crate) const TAILSPIN: &str = "7a115b10-9c4e-4a2b-b5d6-0e1f2a3b4c5d";
/// Northwind Traders, in Germany; its subscription is suspended.
pub(crate) const NORTHWIND: &str = "4047b714-2a3b-4c5d-9e6f-7a8b9c0d1e2f";
/// Adventure Works, which has not confirmed the customer agreement.
pub(crate) const ADVENTURE_WORKS: &str = "ad7e0b2e-3d5f-4c6a-9b8e-1a2b3c4d5e6f";
/// Wide World Importers, whose directory the partner cannot reach.
pub(crate) const WIDE_WORLD: &str = "31de0b1d-4e6f-4a7b-8c9d-2b3c4d5e6f70";

/// A customer as the seed describes it.
pub(super) struct Plan {
    pub(super) id: &'static str,
    pub(super) company: &'static str,
    /// The part of the domain before the sandbox's suffix.
    pub(super) name: &'static str,
    pub(super) address: Address,
    /// Whether the customer agreement is confirmed.
    pub(super) agreed: bool,
    /// Whether the partner reaches the directory.
    pub(super) reachable: bool,
    /// Whether the partner's application is consented.
    pub(super) consented: bool,
    pub(super) users: Vec<Person>,
    pub(super) bought: Vec<Bought>,
}

/// A user: the name before the `@`, and the display name.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) display: &'static str,
    pub(super) located: bool,
    /// Id of the licence that it holds.
    pub(super) licence: Option<&'static str>,
}

/// What was bought, and how many days ago.
pub(super) struct Bought {
    pub(super) product: &'static str,
    pub(super) sku: &'static str,
    pub(super) term: &'static str,
    pub(super) cycle: &'static str,
    pub(super) seats: i64,
    pub(super) days: i64,
}

const BASIC: &str = "3b555118-da6a-4418-894f-7df1e2096870";
const PREMIUM: &str = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46";

fn person(name: &'static str, display: &'static str) -> Person {
    Person {
        name,
        display,
        located: true,
        licence: None,
    }
}

fn holding(person: Person, licence: &'static str) -> Person {
    Person {
        licence: Some(licence),
        ..person
    }
}

/// `item` is product, SKU and term.
fn bought(
    item: (&'static str, &'static str, &'static str),
    cycle: &'static str,
    seats: i64,
    days: i64,
) -> Bought {
    let (product, sku, term) = item;
    Bought {
        product,
        sku,
        term,
        cycle,
        seats,
        days,
    }
}

/// Returns the customers of the small seed.
pub(super) fn plans() -> [Plan; 5] {
    [
        Plan {
            id: FABRIKAM,
            company: "Fabrikam, Inc.",
            name: "fabrikam",
            address: address(
                "US",
                ("700 Mill Road", "Portland", Some("OR"), "97204"),
                ("Kim", "Abe"),
            ),
            agreed: true,
            reachable: true,
            consented: true,
            users: vec![
                person("admin", "Fabrikam Admin"),
                holding(person("kim", "Kim Abe"), BASIC),
                holding(person("lee", "Lee Gu"), BASIC),
                Person {
                    located: false,
                    ..person("sam", "Sam Holt")
                },
            ],
            bought: vec![
                bought(("CFQ7TTC0LH18", "0001", "P1Y"), "monthly", 10, 40),
                bought(("DZH318Z0BPS6", "0001", ""), "monthly", 1, 40),
                bought(("CFQ7TTC0LDPB", "0001", "P1M"), "monthly", 3, 2),
            ],
        },
        Plan {
            id: TAILSPIN,
            company: "Tailspin Toys",
            name: "tailspintoys",
            address: address(
                "US",
                ("12 Harbor Street", "Seattle", Some("WA"), "98101"),
                ("Ada", "Nord"),
            ),
            agreed: true,
            reachable: true,
            consented: true,
            users: vec![
                person("admin", "Tailspin Admin"),
                holding(person("ada", "Ada Nord"), PREMIUM),
            ],
            bought: vec![bought(("CFQ7TTC0LCHC", "0002", "P1Y"), "annual", 5, 350)],
        },
        Plan {
            id: NORTHWIND,
            company: "Northwind Traders",
            name: "northwindtraders",
            address: address(
                "DE",
                ("Hafenstraße 3", "Hamburg", None, "20457"),
                ("Jan", "Vogel"),
            ),
            agreed: true,
            reachable: true,
            consented: true,
            users: vec![
                person("admin", "Northwind Admin"),
                person("jan", "Jan Vogel"),
            ],
            bought: vec![bought(("CFQ7TTC0LF8R", "0001", "P1Y"), "monthly", 12, 120)],
        },
        Plan {
            id: ADVENTURE_WORKS,
            company: "Adventure Works",
            name: "adventureworks",
            address: address(
                "GB",
                ("4 Quay Lane", "Bristol", None, "BS1 4ND"),
                ("Ann", "Beck"),
            ),
            agreed: false,
            reachable: true,
            consented: false,
            users: vec![person("admin", "Adventure Works Admin")],
            bought: vec![],
        },
        Plan {
            id: WIDE_WORLD,
            company: "Wide World Importers",
            name: "wideworldimporters",
            address: address(
                "US",
                ("90 Dock Street", "Oakland", Some("CA"), "94607"),
                ("Ola", "Lind"),
            ),
            agreed: true,
            reachable: false,
            consented: false,
            users: vec![person("admin", "Wide World Admin")],
            bought: vec![bought(("CFQ7TTC0LFLX", "0001", "P1Y"), "monthly", 8, 60)],
        },
    ]
}
