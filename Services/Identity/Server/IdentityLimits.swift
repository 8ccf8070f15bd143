/// Every bound the service keeps, in one place; units are part of each name.
///
/// The defaults are the platform's; `limits` in the service's configuration overrides them.
public struct IdentityLimits: Hashable, Sendable {
    /// Characters a password needs.
    public var passwordCharactersMin = 8
    /// Bytes a password may have.
    public var passwordBytesMax = 1_024
    /// Kinds of characters a password needs, of: letters, digits, all others.
    public var passwordKindsMin = 3
    /// Wrong passwords in a row that lock an account for passwords.
    public var passwordFailuresMax = 5
    /// How long a lock lasts.
    public var lockSeconds = 900
    /// Wrong passwords from one client address, for whatever accounts, that shut it out of passwords.
    public var addressFailuresMax = 50
    /// How long wrong passwords from an address count, and it stays shut out.
    public var addressSeconds = 900
    /// Client addresses whose wrong passwords are counted at once.
    public var addressesMax = 10_000
    /// How long a session lasts without being used.
    public var sessionIdleSecondsMax = 86_400
    /// How long a session lasts in all.
    public var sessionSecondsMax = 172_800
    /// How much of a session's use may go unnoted, so that not every request writes.
    public var sessionNoteSeconds = 60
    /// Sessions of a user; beyond, the one that was not used for longest ends.
    public var sessionsPerUserMax = 20
    /// SSH keys of a user; more are refused.
    public var sshKeysPerUserMax = 50
    /// Passwords hashed at the same time, each on a thread of its own.
    public var hashingThreadsMax = 2
    /// Passwords that may wait to be hashed; more are refused as `resource_exhausted`.
    public var hashingsWaitingMax = 64
    /// scrypt's cost N as a power of two; a hashing takes 128 × N × block size bytes of memory.
    public var scryptCostLog2 = 15
    /// scrypt's block size r.
    public var scryptBlockSize = 8
    /// scrypt's parallelism p: how often the work is done, one after another.
    public var scryptParallelism = 3

    /// Accounts with one address, in different tenants, that a password is compared with.
    static let accountsPerAddressMax = 4
    /// Rounds of reading and writing before a change that is overtaken each time is given up.
    static let overtakenMax = 3
    /// Users of a deleted tenant that are erased in one transaction.
    static let usersErasedAtOnce = 50
    /// How long a message that was sent right away stays in the outbox before it is sent again.
    static let sentAgainMilliseconds: Int64 = 10_000
    /// Users of whom it is kept what others may know, while nothing is written.
    static let keptUsersMax = 10_000
    /// Users read on the thread that asks; for more than these it changes threads.
    static let lookedUpUsersMax = 64
    /// Users on a page when the request does not say.
    static let usersPerPage = 50
    /// SSH keys on a page when the request does not say.
    static let sshKeysPerPage = 50
    /// Characters of a browser's description of itself that are kept.
    static let agentCharactersMax = 200
    /// How often sessions that are over are swept away.
    static let sweepSeconds = 3_600
    /// How long a caller told `busy` should wait.
    static let busyPushbackMilliseconds = 500

    /// Makes the default limits.
    public init() {}
}
