import DeletionOrchestratorDomain
import Identifiers
public import Logging
public import Storage

/// What the deletion orchestrator does, for peers and for the public alike.
///
/// RPC routes and public resources are two skins over the handlers in `Handlers/`; the runner
/// carries out what they record.
public struct OrchestratorService: Sendable {
    let database: any Database
    let clock: any WallClock
    let store: DeletionStore
    let keys: ReceiptKeys
    let board: ProgressBoard
    let runner: JobRunner

    /// Makes the service on a database that has been through ``OrchestratorMigrations/all``.
    ///
    /// - Parameters:
    ///   - waits: the clock the runner waits by.
    ///   - backupsKeptDays: how long backups of the databases are kept, as receipts say; 0 when
    ///     none are made.
    ///   - jitter: a random number from 0 to 1 for each wait.
    public init(
        database: any Database, peers: Peers, keys: ReceiptKeys,
        clock: any WallClock = SystemWallClock(), waits: any Clock<Duration> = ContinuousClock(),
        limits: RunnerLimits = RunnerLimits(), backupsKeptDays: Int = 0,
        logger: Logger = Logger(label: "deletion-orchestrator"),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.database = database
        self.clock = clock
        self.keys = keys
        self.board = ProgressBoard()
        self.store = DeletionStore { user, operation in keys.mark(of: user, in: operation) }
        let deletions = DeletionWorker(
            database: database, clock: clock, peers: peers, store: self.store,
            issuer: ReceiptIssuer(keys: keys, backupsKeptDays: backupsKeptDays),
            board: self.board, jitter: jitter)
        let suspensions = SuspensionWorker(
            database: database, clock: clock, peers: peers, jitter: jitter)
        self.runner = JobRunner(
            [deletions, suspensions], clock: clock, waits: waits, limits: limits, logger: logger)
    }

    /// Carries out what is recorded, from where it was left, until the task is cancelled.
    public func run() async { await self.runner.run() }
}
