//! Address prefixes: `10.7.0.0/16`, `fd00:7::/64`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::refusals;
use crate::sandbox::reply::Refusal;

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    first: u128,
    bits: u32,
    /// Whether its addresses are IPv6.
    pub(super) is_v6: bool,
}

/// Addresses at the start of a subnet that nobody gets; the last one is nobody's either. The
/// reference does not name them.
const RESERVED: u128 = 4;

fn number(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), false),
        IpAddr::V6(address) => (u128::from(address), true),
    }
}

impl Prefix {
    /// Reads the prefix of the resource `of`, or refuses it.
    pub(super) fn read(text: &str, of: &str) -> Result<Self, Refusal> {
        let found = Self::parse(text).ok_or_else(|| refusals::bad_prefix(text, of))?;
        let right = found.aligned();
        if right != found {
            return Err(refusals::host_bits(text, of, &right.text()));
        }
        Ok(found)
    }

    /// Reads an address with a length, whether the bits behind it are zero or not.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let (first, is_v6) = number(address.parse().ok()?);
        let bits = bits.parse().ok()?;
        let found = Self { first, bits, is_v6 };
        (bits <= found.width() && !text.contains('+')).then_some(found)
    }

    fn aligned(self) -> Self {
        let first = self.first & !(self.size() - 1);
        Self { first, ..self }
    }

    fn width(self) -> u32 {
        if self.is_v6 { 128 } else { 32 }
    }

    /// How many bits are fixed.
    pub(super) fn bits(self) -> u32 {
        self.bits
    }

    /// Counts the addresses. All of IPv6 would not fit the number: one less is said there.
    pub(super) fn size(self) -> u128 {
        1_u128
            .checked_shl(self.width() - self.bits)
            .unwrap_or(u128::MAX)
    }

    fn last(self) -> u128 {
        self.first.saturating_add(self.size() - 1)
    }

    /// Tells whether all of another lies in it.
    pub(super) fn covers(self, other: Self) -> bool {
        self.is_v6 == other.is_v6 && self.first <= other.first && other.last() <= self.last()
    }

    /// Tells whether they have an address in common.
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.is_v6 == other.is_v6 && self.first <= other.last() && other.first <= self.last()
    }

    /// Tells whether an address lies in it.
    pub(super) fn has(self, address: IpAddr) -> bool {
        let (number, is_v6) = number(address);
        is_v6 == self.is_v6 && (self.first..=self.last()).contains(&number)
    }

    /// Tells whether an address in it is nobody's.
    pub(super) fn reserves(self, address: IpAddr) -> bool {
        let (number, _) = number(address);
        number < self.first.saturating_add(RESERVED) || number == self.last()
    }

    /// Returns the addresses that may be given away, in order.
    pub(super) fn free(self) -> impl Iterator<Item = IpAddr> {
        let is_v6 = self.is_v6;
        let range = self.first.saturating_add(RESERVED)..self.last();
        range.map(move |number| address(number, is_v6))
    }

    fn text(self) -> String {
        format!("{}/{}", address(self.first, self.is_v6), self.bits)
    }
}

fn address(number: u128, is_v6: bool) -> IpAddr {
    if is_v6 {
        Ipv6Addr::from(number).into()
    } else {
        Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_read_or_refused() {
        let code = |text: &str| {
            Prefix::read(text, "v")
                .map(Prefix::text)
                .map_err(|refusal| refusal.code)
        };
        for right in ["10.7.0.0/16", "0.0.0.0/0", "10.7.1.4/30", "fd00:7::/64"] {
            assert_eq!(code(right), Ok(right.to_owned()));
        }
        for wrong in [
            "",
            "10.7.0.0",
            "10.7.0/16",
            "10.7.0.0/33",
            "10.7.0.0/+8",
            "10.7.0.0/x",
            "fd00::/129",
            "10.7.0.300/32",
        ] {
            assert_eq!(
                code(wrong),
                Err("InvalidAddressPrefixFormat".into()),
                "{wrong}"
            );
        }
        assert_eq!(code("10.7.1.1/16"), Err("InvalidCIDRNotation".into()));
    }

    #[test]
    fn ranges_are_compared_by_their_addresses() {
        let read = |text: &str| Prefix::read(text, "v").expect("a prefix");
        let (wide, web) = (read("10.7.0.0/16"), read("10.7.1.0/24"));
        assert!(wide.covers(web) && !web.covers(wide));
        assert!(web.overlaps(wide) && !web.overlaps(read("10.7.2.0/24")));
        assert!(!wide.covers(read("fd00:7::/64")) && !wide.overlaps(read("::/0")));
        assert!(read("::/0").covers(read("fd00:7::/64")));
        assert_eq!(web.size(), 256);
        assert_eq!(
            web.free().next().map(|one| one.to_string()),
            Some("10.7.1.4".to_owned())
        );
        assert_eq!(
            web.free().last().map(|one| one.to_string()),
            Some("10.7.1.254".to_owned())
        );
        for (address, has, reserves) in [
            ("10.7.1.3", true, true),
            ("10.7.1.4", true, false),
            ("10.7.1.255", true, true),
            ("10.7.2.4", false, false),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(
                (web.has(address), has && web.reserves(address)),
                (has, reserves),
                "{address}"
            );
        }
    }
}
