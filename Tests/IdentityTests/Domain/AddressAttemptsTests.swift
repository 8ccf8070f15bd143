import Testing

@testable import IdentityDomain

@Suite("Wrong passwords from one address")
struct AddressAttemptsTests {
    static func attempts(failuresMax: Int = 3, addressesMax: Int = 4) -> AddressAttempts {
        AddressAttempts(
            rule: AddressRule(
                failuresMax: failuresMax, countedMilliseconds: 1_000, addressesMax: addressesMax))
    }

    private static func expect(
        _ isAdmitted: Bool, _ attempts: inout AddressAttempts, _ address: String, at now: Int64
    ) {
        let found = attempts.admit(address, at: now)
        #expect(found == isAdmitted, "\(address) at \(now)")
    }

    @Test("so many shut the address out until the time is over, and no other")
    func shutsOut() {
        var attempts = Self.attempts()
        for time in [0, 1, 2] { Self.expect(true, &attempts, "192.0.2.1", at: Int64(time)) }
        Self.expect(false, &attempts, "192.0.2.1", at: 3)
        Self.expect(true, &attempts, "192.0.2.2", at: 3)
        Self.expect(false, &attempts, "192.0.2.1", at: 999)
        Self.expect(true, &attempts, "192.0.2.1", at: 1_000)
    }

    @Test("a right password takes back its own attempt only")
    func forgives() {
        var attempts = Self.attempts()
        for _ in 0..<10 {
            Self.expect(true, &attempts, "192.0.2.1", at: 0)
            attempts.forgive("192.0.2.1", at: 0)
        }
        #expect(attempts.addressCount == 0)
        for _ in 0..<2 { _ = attempts.admit("192.0.2.1", at: 0) }
        Self.expect(true, &attempts, "192.0.2.1", at: 0)
        attempts.forgive("192.0.2.1", at: 0)
        Self.expect(true, &attempts, "192.0.2.1", at: 0)
        Self.expect(false, &attempts, "192.0.2.1", at: 0)
    }

    @Test("no more addresses are counted than may be; what is over and who failed least go first")
    func bounded() {
        var attempts = Self.attempts()
        for _ in 0..<3 { _ = attempts.admit("192.0.2.1", at: 0) }
        for number in 2...50 { _ = attempts.admit("192.0.2.\(number)", at: 500) }
        #expect(attempts.addressCount == 4)
        Self.expect(false, &attempts, "192.0.2.1", at: 999)
        _ = attempts.admit("192.0.2.60", at: 1_600)
        #expect(attempts.addressCount == 1)
    }

    @Test(
        "an IPv6 address counts as its network, an IPv4 address as itself",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8:0:0"), ("2001:DB8:0:0:1:2:3:4", "2001:db8:0:0"),
            ("2001:db8:1:2::", "2001:db8:1:2"), ("::1", "0:0:0:0"),
            ("fe80::1%eth0", "fe80:0:0:0"), ("", ""), (":", ""), ("%", "%"),
        ])
    func networks(address: String, network: String) {
        #expect(AddressAttempts.network(of: address) == network)
    }
}
