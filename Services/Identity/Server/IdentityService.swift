import ContractParticipant
public import ContractsAPI
import IdentityDomain
public import RPC
public import Storage

/// What identity does, for peers and for the public alike.
///
/// RPC routes and public resources are two skins over the handlers in `Handlers/`.
public struct IdentityService: Sendable {
    let database: any Database
    let clock: any WallClock
    let limits: IdentityLimits
    let hasher: PasswordHasher
    let addresses: AddressBook
    let inbox: Inbox
    let outbox: Outbox
    let contracts: RPCClient<Contracts>
    let summaries: UserSummaries

    /// Makes the service on a database that has been through ``IdentityMigrations/all``.
    ///
    /// - Parameter contracts: Who knows what users are members of and which roles are in use.
    public init(
        database: any Database, contracts: RPCClient<Contracts>,
        clock: any WallClock = SystemWallClock(),
        limits: IdentityLimits = IdentityLimits()
    ) {
        self.database = database
        self.clock = clock
        self.limits = limits
        self.hasher = PasswordHasher(limits: limits)
        self.addresses = AddressBook(limits: limits, clock: clock)
        self.inbox = Inbox(clock: clock)
        self.outbox = Outbox(clock: clock)
        self.contracts = contracts
        self.summaries = UserSummaries(database)
    }

    /// What a password must be like here.
    var passwordRule: PasswordRule {
        PasswordRule(
            charactersMin: self.limits.passwordCharactersMin,
            bytesMax: self.limits.passwordBytesMax, kindsMin: self.limits.passwordKindsMin)
    }

    /// How long a session lasts.
    var sessionRule: SessionRule {
        SessionRule(
            idleMilliseconds: Int64(self.limits.sessionIdleSecondsMax) * 1_000,
            totalMilliseconds: Int64(self.limits.sessionSecondsMax) * 1_000,
            noteMilliseconds: Int64(self.limits.sessionNoteSeconds) * 1_000)
    }

    /// When an account stops taking passwords.
    var lockoutRule: LockoutRule {
        LockoutRule(
            failuresMax: self.limits.passwordFailuresMax,
            lockedMilliseconds: Int64(self.limits.lockSeconds) * 1_000)
    }
}
