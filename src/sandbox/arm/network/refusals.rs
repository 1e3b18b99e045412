//! What Microsoft.Network says when it refuses. The reference names few of these codes (§10.10:
//! `InUseSubnetCannotBeDeleted`, `NicInUse`, `PublicIPAddressCannotBeDeleted`, `InUse…CannotBeDeleted`)
//! and no texts: those, the other codes, and that all but `locked` are 400, are chosen here.

use crate::sandbox::reply::Refusal;

fn refuse(code: &str, text: String) -> Refusal {
    Refusal::new(400, code, text)
}

/// Other work on a resource goes on: the caller has to come again.
pub(super) fn locked(id: &str) -> Refusal {
    let text = format!(
        "Operation was canceled because the resource '{id}' is locked by another operation that is in progress. Retry later."
    );
    Refusal::new(429, "RetryableErrorDueToAnotherOperation", text).header("retry-after", "3")
}

/// A field names what this sandbox does not have.
pub(super) fn unserved(field: &str) -> Refusal {
    let text = format!("The sandbox does not serve the field '{field}' of Microsoft.Network.");
    Refusal::new(501, "NotImplemented", text)
}

pub(super) fn not_found(what: &str, by: &str) -> Refusal {
    let text = format!(
        "Resource {what} referenced by resource {by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region."
    );
    refuse("InvalidResourceReference", text).target(what)
}

pub(super) fn bad_id(what: &str) -> Refusal {
    let text = format!("Value for reference id is not a valid resource id of its type: '{what}'.");
    refuse("LinkedInvalidPropertyId", text).target(what)
}

pub(super) fn bad_prefix(prefix: &str, of: &str) -> Refusal {
    let text = format!(
        "Address prefix {prefix} of resource {of} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24."
    );
    refuse("InvalidAddressPrefixFormat", text)
}

pub(super) fn host_bits(prefix: &str, of: &str, right: &str) -> Refusal {
    let text = format!(
        "The address prefix {prefix} in resource {of} has an invalid CIDR notation. For the given prefix length, the address prefix should be {right}."
    );
    refuse("InvalidCIDRNotation", text)
}

pub(super) fn no_address_space(vnet: &str) -> Refusal {
    let text = format!("Virtual network {vnet} does not have any address prefixes specified.");
    refuse("VnetAddressSpaceIsRequired", text)
}

pub(super) fn spaces_overlap(vnet: &str, one: &str, other: &str) -> Refusal {
    let text =
        format!("Address prefixes {one} and {other} of virtual network {vnet} overlap each other.");
    refuse("VnetAddressSpacesOverlap", text)
}

pub(super) fn no_prefix(subnet: &str) -> Refusal {
    let text = format!("Subnet {subnet} does not have an address prefix specified.");
    refuse("SubnetAddressPrefixIsRequired", text)
}

pub(super) fn outside(subnet: &str, vnet: &str) -> Refusal {
    let text = format!(
        "Subnet '{subnet}' is not valid because its IP address range is outside the IP address range of virtual network '{vnet}'."
    );
    refuse("NetcfgSubnetRangeOutsideVnet", text)
}

pub(super) fn too_small(subnet: &str, vnet: &str) -> Refusal {
    let text = format!(
        "Subnet '{subnet}' in virtual network '{vnet}' is too small: an IPv4 prefix has at most 29 bits."
    );
    refuse("NetcfgInvalidSubnet", text)
}

pub(super) fn subnets_overlap(subnet: &str, vnet: &str) -> Refusal {
    let text = format!(
        "Subnet '{subnet}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '{vnet}'."
    );
    refuse("NetcfgSubnetRangesOverlap", text)
}

pub(super) fn twice(name: &str, field: &str) -> Refusal {
    let text = format!("The name '{name}' is used more than once in '{field}'.");
    refuse("DuplicateResourceName", text)
}

pub(super) fn nameless(field: &str) -> Refusal {
    let text = format!("An element of '{field}' has no name.");
    refuse("MissingNameOfSubResource", text)
}

pub(super) fn subnet_in_use(subnet: &str, by: &str) -> Refusal {
    let text = format!(
        "Subnet {subnet} is in use by {by} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet."
    );
    refuse("InUseSubnetCannotBeDeleted", text)
}

pub(super) fn prefix_in_use(subnet: &str, by: &str) -> Refusal {
    let text =
        format!("The address prefix of subnet {subnet} is in use by {by} and cannot be changed.");
    refuse("InUsePrefixCannotBeDeleted", text)
}

pub(super) fn group_in_use(nsg: &str, by: &[String]) -> Refusal {
    let text = format!(
        "Network security group {nsg} cannot be deleted because it is in use by the following resources: {}. In order to delete the Network security group, remove the association with the resource(s).",
        by.join(", ")
    );
    refuse("InUseNetworkSecurityGroupCannotBeDeleted", text)
}

pub(super) fn address_in_use(address: &str, by: &str) -> Refusal {
    let text = format!(
        "Public IP address {address} can not be deleted since it is still allocated to resource {by}. In order to delete the public IP, disassociate/detach the Public IP address from the resource."
    );
    refuse("PublicIPAddressCannotBeDeleted", text)
}

pub(super) fn address_taken(address: &str, by: &str, of: &str) -> Refusal {
    let text = format!(
        "Resource {by} is referencing public IP address {address} that is already allocated to resource {of}."
    );
    refuse("PublicIPAddressInUse", text)
}

pub(super) fn interface_in_use(nic: &str, by: &str) -> Refusal {
    let text = format!(
        "Network Interface {nic} is used by existing resource {by}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic."
    );
    refuse("NicInUse", text)
}

pub(super) fn private_taken(configuration: &str, address: &str, by: &str) -> Refusal {
    let text = format!(
        "IP configuration {configuration} is using the private IP address {address} which is already allocated to resource {by}."
    );
    refuse("PrivateIPAddressInUse", text)
}

pub(super) fn private_outside(address: &str, prefix: &str) -> Refusal {
    let text = format!(
        "Private static IP address {address} does not belong to the range of subnet prefix {prefix}."
    );
    refuse("PrivateIPAddressNotInSubnet", text)
}

pub(super) fn private_reserved(address: &str, prefix: &str) -> Refusal {
    let text = format!(
        "Private static IP address {address} falls within reserved IP range of subnet prefix {prefix}."
    );
    refuse("PrivateIPAddressInReservedRange", text)
}

pub(super) fn full(subnet: &str, prefix: &str) -> Refusal {
    let text = format!(
        "Subnet {subnet} with address prefix {prefix} does not have enough capacity for 1 IP addresses."
    );
    refuse("SubnetIsFull", text)
}

pub(super) fn bad_address(field: &str, given: &str) -> Refusal {
    let text = format!("IP address '{given}' of '{field}' is not valid.");
    refuse("InvalidIPAddressFormat", text)
}

pub(super) fn rule(code: &str, name: &str, text: String) -> Refusal {
    refuse(code, format!("Security rule {name} {text}")).target(name)
}

pub(super) fn domain_taken(fqdn: &str) -> Refusal {
    let text = format!("DNS record {fqdn} is already used by another public IP.");
    refuse("DnsRecordInUse", text)
}

pub(super) fn bad_domain(label: &str) -> Refusal {
    let text = format!(
        "The domain name label {label} is invalid. It must conform to the following regular expression: ^[a-z][a-z0-9-]{{1,61}}[a-z0-9]$."
    );
    refuse("InvalidDomainNameLabel", text)
}

pub(super) fn refused(code: &str, text: impl Into<String>) -> Refusal {
    refuse(code, text.into())
}
