import Bootstrap
import IdentityServer

extension Main {
    /// What can be configured besides what every service has.
    static let settings: [Setting] =
        [
            .text(
                "bootstrap.tenant-name", default: FirstTenant().name,
                "The tenant a first start makes."),
            .text(
                "bootstrap.admin-email", default: FirstTenant().adminEmail,
                "The address of its Tenant Admin."),
        ] + Self.bounds.map { .integer($0.key, $0.range, default: $0.standard, $0.about) }

    /// The service's limits as they are configured.
    static func limits(_ configuration: ServiceConfiguration) -> IdentityLimits {
        var limits = IdentityLimits()
        for bound in Self.bounds { limits[keyPath: bound.limit] = configuration.integer(bound.key) }
        return limits
    }

    /// A limit, its key and the values it may take.
    private struct Bound {
        var key: String
        var range: ClosedRange<Int>
        var limit: WritableKeyPath<IdentityLimits, Int>
        var about: String
        var standard: Int { IdentityLimits()[keyPath: self.limit] }

        init(
            _ key: String, _ range: ClosedRange<Int>,
            _ limit: WritableKeyPath<IdentityLimits, Int>, _ about: String
        ) {
            self.key = "limits.\(key)"
            self.range = range
            self.limit = limit
            self.about = about
        }
    }

    private static var bounds: [Bound] {
        [
            Bound(
                "password-characters-min", 1...256, \.passwordCharactersMin,
                "Characters a password needs."),
            Bound(
                "password-bytes-max", 64...65_536, \.passwordBytesMax,
                "Bytes a password may have."),
            Bound(
                "password-kinds-min", 1...3, \.passwordKindsMin,
                "Kinds of characters it needs, of letters, digits and others."),
            Bound(
                "password-failures-max", 1...1_000, \.passwordFailuresMax,
                "Wrong passwords in a row that lock an account for passwords."),
            Bound("lock-seconds", 1...604_800, \.lockSeconds, "How long a lock lasts."),
            Bound(
                "address-failures-max", 1...1_000_000, \.addressFailuresMax,
                "Wrong passwords from an address that shut it out of passwords."),
            Bound(
                "address-seconds", 1...604_800, \.addressSeconds,
                "How long they count, and it stays shut out."),
            Bound(
                "addresses-max", 1...1_000_000, \.addressesMax,
                "Addresses whose wrong passwords are counted."),
            Bound(
                "session-idle-seconds-max", 60...31_536_000, \.sessionIdleSecondsMax,
                "How long a session lasts without being used."),
            Bound(
                "session-seconds-max", 60...31_536_000, \.sessionSecondsMax,
                "How long a session lasts in all."),
            Bound(
                "session-note-seconds", 0...3_600, \.sessionNoteSeconds,
                "How much of a session's use may go unnoted."),
            Bound(
                "sessions-per-user-max", 1...1_000, \.sessionsPerUserMax,
                "Sessions of a user; beyond, the longest unused ends."),
            Bound(
                "ssh-keys-per-user-max", 1...1_000, \.sshKeysPerUserMax, "SSH keys of a user."),
            Bound(
                "hashing-threads-max", 1...256, \.hashingThreadsMax,
                "Passwords hashed at the same time."),
            Bound(
                "hashings-waiting-max", 0...100_000, \.hashingsWaitingMax,
                "Passwords that may wait to be hashed."),
            Bound(
                "scrypt-cost-log2", 10...22, \.scryptCostLog2,
                "scrypt's cost N as a power of two."),
            Bound("scrypt-block-size", 1...64, \.scryptBlockSize, "scrypt's block size r."),
            Bound("scrypt-parallelism", 1...64, \.scryptParallelism, "scrypt's parallelism p."),
        ]
    }
}
