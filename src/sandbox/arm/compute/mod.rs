//! Microsoft.Compute. Source: arm reference §10.8.
//!
//! `vm` are machines, made of `sizes` and `images`; `disks` are what they write on, and
//! `availability_sets` keep them apart. A machine holds its disks and its network interfaces by
//! links that both sides know (`vm::links`).

mod availability_sets;
mod disks;
mod images;
mod refusal;
mod seed;
mod sizes;
mod vm;

pub(super) use seed::fill;
pub(super) use vm::{disks_of, interfaces_of, is_running, put_into_service, take_out_of_service};

use super::kind::Kind;
use crate::sandbox::route::Route;

/// The types.
pub(super) const KINDS: &[&dyn Kind] = &[
    &availability_sets::AvailabilitySets,
    &disks::Disks,
    &vm::Machines,
];

/// The routes.
pub(super) const ROUTES: &[&[Route]] = &[
    availability_sets::ROUTES,
    disks::ROUTES,
    disks::ACTIONS,
    sizes::ROUTES,
    vm::ROUTES,
    vm::ACTIONS,
];

/// Api-versions of machines, sizes and availability sets.
const VERSIONS: &[&str] = &[
    "2015-05-01-preview",
    "2015-06-15",
    "2019-07-01",
    "2021-11-01",
    "2023-09-01",
    "2024-07-01",
    "2025-04-01",
];
