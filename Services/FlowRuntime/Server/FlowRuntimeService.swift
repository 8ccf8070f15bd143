import ContractLifecycle
import ContractParticipant
public import ContractsAPI
import Identifiers
public import Logging
public import RPC
public import Storage
import Synchronization

/// What the flow runtime does, for peers and for the public alike.
///
/// RPC routes and public resources are two skins over the handlers in `Handlers/`.
public struct FlowRuntimeService: Sendable {
    let database: any Database
    let clock: any WallClock
    let gates: ContractGates
    let purge: PurgeDriver
    let feeds: FeedBoard
    let supervisor: WorkerSupervisor
    let authorizer: Authorizer
    let contracts: RPCClient<Contracts>
    let time: Timekeeper
    let logger: Logger
    /// Rings when a flow was deleted.
    let eraser = Bell()
    /// Whether the states of contracts have been asked for since the start.
    let hasCaughtUp = Flag()

    /// Makes the service on a database that has been through ``FlowRuntimeMigrations/all``.
    public init(
        database: any Database, contracts: RPCClient<Contracts>, workers: WorkerSettings,
        clock: any WallClock = SystemWallClock(), logger: Logger
    ) {
        self.init(
            database: database, contracts: contracts, workers: workers,
            launcher: LocalLauncher(workers, logger: logger), clock: clock, time: Timekeeper(),
            logger: logger)
    }

    init(
        database: any Database, contracts: RPCClient<Contracts>, workers: WorkerSettings,
        launcher: any WorkerLauncher, clock: any WallClock, time: Timekeeper, logger: Logger
    ) {
        let feeds = FeedBoard()
        let supervisor = WorkerSupervisor(
            database: database, launcher: launcher, feeds: feeds, settings: workers,
            clock: clock, time: time, logger: logger)
        let gates = ContractGates { command, transaction in
            try Self.putIntoForce(command, supervisor, in: transaction)
        }
        self.database = database
        self.clock = clock
        self.gates = gates
        self.purge = PurgeDriver(database: database, authority: gates, kinds: FlowPurge.kinds)
        self.feeds = feeds
        self.supervisor = supervisor
        self.authorizer = Authorizer(contracts: contracts, time: time)
        self.contracts = contracts
        self.time = time
        self.logger = logger
    }

    /// What a contract's new state means here, in the transaction that closes or opens its gate.
    ///
    /// From `suspending` on, nothing of the contract runs and nothing starts again by itself; only
    /// an `active` that names the suspension starts the flows which that suspension stopped. While
    /// a deletion is only being prepared, what runs goes on: the contract may yet stay.
    private static func putIntoForce(
        _ command: LifecycleCommand, _ supervisor: WorkerSupervisor,
        in transaction: any WriteTransaction
    ) throws {
        let contract = command.contract
        let flows: [FlowID]
        switch command.state {
        case .active:
            if let suspension = command.operation {
                try FlowStore.activate(
                    all: contract, stoppedBy: suspension, at: command.since, in: transaction)
            }
            try FlowStore.forgetStops(of: contract, in: transaction)
            flows = try FlowStore.active(of: contract, in: transaction)
        case .preparing:
            flows = try FlowStore.active(of: contract, in: transaction)
        case .suspending, .suspended, .scheduled, .deleting, .deleted:
            flows = try WorkerStore.workers(of: contract, in: transaction).map(\.flow)
            try FlowStore.deactivate(all: contract, by: command.operation, in: transaction)
            try WorkerStore.setStopping(all: contract, in: transaction)
        }
        if command.state == .active || command.state == .deleted {
            try WorkerStore.forgetStops(of: contract, in: transaction)
        }
        transaction.afterCommit { for flow in flows { supervisor.look(at: flow) } }
    }
}

/// Something that becomes true once.
final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { self.value.load(ordering: .acquiring) }

    func set() { self.value.store(true, ordering: .releasing) }
}
