//! Tables of people: what Microsoft Graph keeps of a user beyond what Partner Center shows.

use super::table::tables;

tables! {
    /// Tables of people.
    "people" PeopleTables {
    }
}
