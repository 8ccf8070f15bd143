/// When a client address is shut out of passwords.
package struct AddressRule: Hashable, Sendable {
    /// Wrong passwords, for whatever accounts, that shut it out.
    package var failuresMax: Int
    /// How long after the first of them they count.
    package var countedMilliseconds: Int64
    /// Addresses counted at once.
    package var addressesMax: Int

    /// Makes a rule.
    package init(failuresMax: Int, countedMilliseconds: Int64, addressesMax: Int) {
        self.failuresMax = failuresMax
        self.countedMilliseconds = countedMilliseconds
        self.addressesMax = addressesMax
    }
}

/// The wrong passwords that came from each client address of late.
///
/// Locks of accounts stop many guesses at one account; this stops one guess each at many. An IPv6
/// address counts as its network of 64 bits: whoever has one has them all. A right password takes
/// back only its own attempt, so that an account of one's own clears nothing.
package struct AddressAttempts: Hashable, Sendable {
    private struct Count: Hashable {
        var failures: Int
        var end: Int64
    }

    private let rule: AddressRule
    private var counts: [String: Count] = [:]

    /// No attempts.
    package init(rule: AddressRule) { self.rule = rule }

    /// How many addresses are counted.
    package var addressCount: Int { self.counts.count }

    /// Whether an address may try a password now.
    ///
    /// The attempt counts as wrong until ``forgive(_:at:)`` says otherwise, so attempts made side by
    /// side are bounded as those made in turn.
    package mutating func admit(_ address: String, at now: Int64) -> Bool {
        let network = Self.network(of: address)
        if let count = self.counts[network], now < count.end {
            guard count.failures < self.rule.failuresMax else { return false }
            self.counts[network]?.failures += 1
            return true
        }
        self.counts[network] = nil
        self.makeRoom(at: now)
        self.counts[network] = Count(failures: 1, end: now + self.rule.countedMilliseconds)
        return true
    }

    /// The attempt was right.
    package mutating func forgive(_ address: String, at now: Int64) {
        let network = Self.network(of: address)
        guard let count = self.counts[network], now < count.end else { return }
        self.counts[network] =
            count.failures > 1 ? Count(failures: count.failures - 1, end: count.end) : nil
    }

    /// When all places are taken, what is over goes, and else whoever failed least.
    private mutating func makeRoom(at now: Int64) {
        guard self.counts.count >= self.rule.addressesMax else { return }
        self.counts = self.counts.filter { now < $0.value.end }
        guard self.counts.count >= self.rule.addressesMax else { return }
        let least = self.counts.min {
            ($0.value.failures, $0.value.end) < ($1.value.failures, $1.value.end)
        }
        if let least { self.counts[least.key] = nil }
    }

    /// An IPv4 address as it is, of an IPv6 address the first 64 bits (RFC 4291, section 2.2).
    static func network(of address: String) -> String {
        guard address.contains(":") else { return address }
        let last = address.split(separator: ":").last ?? ""
        if last.contains(".") { return String(last) }
        let halves = address.split(separator: "%")[0].split(
            separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        var groups = halves[0].split(separator: ":").map { $0.lowercased() }
        if halves.count == 2 {
            let after = halves[1].split(separator: ":").map { $0.lowercased() }
            groups += Array(repeating: "0", count: max(0, 8 - groups.count - after.count)) + after
        }
        return groups.prefix(4).joined(separator: ":")
    }
}
