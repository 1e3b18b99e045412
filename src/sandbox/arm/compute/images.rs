//! Images of the marketplace that machines are made from. Which there are is this sandbox's choice.
//! Source: arm reference §10.8.

use serde_json::{Map, Value};

use super::refusal::{needless, unknown};
use crate::sandbox::arm::body;
use crate::sandbox::reply::Refusal;

/// An image.
#[derive(Debug, Clone, Copy)]
pub(super) struct Image {
    publisher: &'static str,
    offer: &'static str,
    sku: &'static str,
    /// The newest version.
    pub(super) version: &'static str,
    /// Whether it is Windows; else Linux.
    pub(super) windows: bool,
    /// What the instance view calls it: name and version.
    pub(super) os: (&'static str, &'static str),
    pub(super) size_gb: u64,
}

const fn linux(
    (publisher, offer, sku): (&'static str, &'static str, &'static str),
    version: &'static str,
    os: (&'static str, &'static str),
) -> Image {
    Image {
        publisher,
        offer,
        sku,
        version,
        windows: false,
        os,
        size_gb: 30,
    }
}

const fn windows(
    (publisher, offer, sku): (&'static str, &'static str, &'static str),
    version: &'static str,
    os: (&'static str, &'static str),
) -> Image {
    Image {
        windows: true,
        size_gb: 127,
        ..linux((publisher, offer, sku), version, os)
    }
}

#[rustfmt::skip]
const IMAGES: [Image; 13] = [
    linux(("Canonical", "ubuntu-24_04-lts", "server"), "24.04.202602130", ("ubuntu", "24.04")),
    linux(("Canonical", "ubuntu-24_04-lts", "minimal"), "24.04.202602130", ("ubuntu", "24.04")),
    linux(("Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-gen2"), "22.04.202602110", ("ubuntu", "22.04")),
    linux(("Canonical", "UbuntuServer", "18.04-LTS"), "18.04.202401161", ("ubuntu", "18.04")),
    linux(("Canonical", "UbuntuServer", "14.04.2-LTS"), "14.04.201507060", ("ubuntu", "14.04")),
    linux(("Debian", "debian-12", "12-gen2"), "0.20260210.2015", ("debian", "12")),
    linux(("RedHat", "RHEL", "9-lvm-gen2"), "9.5.2026012211", ("redhat", "9.5")),
    linux(("SUSE", "sles-15-sp6", "gen2"), "2026.02.10", ("sles", "15.6")),
    windows(("MicrosoftWindowsServer", "WindowsServer", "2025-datacenter-g2"), "26100.32370.260207", ("Windows Server 2025 Datacenter", "10.0.26100.32370")),
    windows(("MicrosoftWindowsServer", "WindowsServer", "2022-datacenter-azure-edition"), "20348.4773.260207", ("Windows Server 2022 Datacenter Azure Edition", "10.0.20348.4773")),
    windows(("MicrosoftWindowsServer", "WindowsServer", "2019-Datacenter"), "17763.8389.260207", ("Windows Server 2019 Datacenter", "10.0.17763.8389")),
    windows(("MicrosoftWindowsServer", "WindowsServer", "2012-R2-Datacenter"), "4.127.20190115", ("Windows Server 2012 R2 Datacenter", "6.3.9600")),
    windows(("MicrosoftWindowsDesktop", "windows-11", "win11-24h2-pro"), "26100.7840.260206", ("Windows 11 Pro", "10.0.26100.7840")),
];

/// Returns the image that `imageReference` names, and puts the version that it stands for into it;
/// `None` for an image of one's own disk.
pub(super) fn named(reference: &mut Map<String, Value>) -> Result<&'static Image, Refusal> {
    const FIELD: &str = "imageReference";
    for id in ["id", "sharedGalleryImageId", "communityGalleryImageId"] {
        if let Some(id) = body::text(reference, id)? {
            return Err(unknown(FIELD, id));
        }
    }
    let mut parts = Vec::new();
    for name in ["publisher", "offer", "sku", "version"] {
        parts.push(body::need(reference, name)?);
    }
    let found = IMAGES.iter().find(|image| {
        let own = [image.publisher, image.offer, image.sku];
        own.iter()
            .zip(&parts)
            .all(|(own, given)| own.eq_ignore_ascii_case(given))
    });
    let known =
        found.filter(|image| parts[3].eq_ignore_ascii_case("latest") || parts[3] == image.version);
    let image = known.ok_or_else(|| unknown(FIELD, &parts.join(":")))?;
    reference.insert("exactVersion".to_owned(), image.version.into());
    Ok(image)
}

/// Returns the image that a stored `imageReference` names.
pub(super) fn of(reference: &Map<String, Value>) -> Option<&'static Image> {
    named(&mut reference.clone()).ok()
}

/// Refuses an image where there can be none.
pub(super) fn none(storage: &Map<String, Value>) -> Result<(), Refusal> {
    match storage.get("imageReference") {
        None | Some(Value::Null) => Ok(()),
        Some(_) => Err(needless("imageReference")),
    }
}
