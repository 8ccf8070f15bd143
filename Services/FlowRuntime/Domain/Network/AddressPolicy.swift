/// Which addresses a step may connect to.
///
/// Only addresses of the public Internet, unless the operator allows more: what runs for a customer
/// must not reach what trusts the machine it runs on.
package struct AddressPolicy: Hashable, Sendable {
    private let allowed: [IPNetwork]

    /// Makes a policy that also permits these blocks.
    package init(allowing allowed: [IPNetwork] = []) { self.allowed = allowed }

    /// Whether an address may be connected to.
    package func permits(_ address: IPAddress) -> Bool {
        let target = address.embedded ?? address
        if self.allowed.contains(where: { $0.contains(target) }) { return true }
        return !Self.special.contains { $0.contains(target) }
    }

    /// Blocks that are not the public Internet: the IANA special-purpose registries (RFC 6890),
    /// multicast, and what once was site-local.
    private static let special: [IPNetwork] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap(IPNetwork.init)
}
