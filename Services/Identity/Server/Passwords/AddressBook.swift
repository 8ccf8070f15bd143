import IdentityDomain
import Storage
import Synchronization

/// The wrong passwords of client addresses, for as long as the process runs.
///
/// They are kept in memory only: addresses of people are not stored for longer than they count.
final class AddressBook: Sendable {
    private let attempts: Mutex<AddressAttempts>
    private let clock: any WallClock

    init(limits: IdentityLimits, clock: any WallClock) {
        self.attempts = Mutex(
            AddressAttempts(
                rule: AddressRule(
                    failuresMax: limits.addressFailuresMax,
                    countedMilliseconds: Int64(limits.addressSeconds) * 1_000,
                    addressesMax: limits.addressesMax)))
        self.clock = clock
    }

    /// Whether an address may try a password now; the attempt counts as wrong until it is forgiven.
    func admit(_ address: String) -> Bool {
        let now = self.clock.nowMilliseconds
        return self.attempts.withLock { $0.admit(address, at: now) }
    }

    /// The attempt was right.
    func forgive(_ address: String) {
        let now = self.clock.nowMilliseconds
        self.attempts.withLock { $0.forgive(address, at: now) }
    }
}
