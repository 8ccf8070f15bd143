import Bootstrap
import DeletionOrchestratorServer

@main
struct Main {
    static let settings: [Setting] = [
        .integer(
            "limits.jobs-max", 1...1_000, default: RunnerLimits().jobsMax,
            "Suspensions and deletions carried out at the same time."),
        .integer(
            "limits.rescan-milliseconds-max", 100...60_000,
            default: Int(RunnerLimits().rescanMillisecondsMax),
            "How long the store is not looked at when nothing wakes the runner."),
        .integer(
            "backups.kept-days", 0...3_650, default: 0,
            "How long backups of the databases are kept, as receipts say; 0 if none are made."),
    ]

    static func main() async {
        await ServiceMain.run(
            "deletion-orchestrator", about: "suspensions and deletions that finish, and receipts",
            settings: Self.settings, peers: ["identity", "contracts", "flow-runtime"]
        ) { context in
            let configuration = context.configuration
            let peers = Peers(
                flowRuntime: try context.client(at: "flow-runtime", options: Peers.options),
                contracts: try context.client(at: "contracts", options: Peers.options),
                identity: try context.client(at: "identity", options: Peers.options))
            let limits = RunnerLimits(
                jobsMax: configuration.integer("limits.jobs-max"),
                rescanMillisecondsMax: Int64(
                    configuration.integer("limits.rescan-milliseconds-max")))
            let service = OrchestratorService(
                database: try await context.openDatabase(migrations: OrchestratorMigrations.all),
                peers: peers, keys: try ReceiptKeys(directory: context.dataDirectory),
                clock: context.clock, limits: limits,
                backupsKeptDays: configuration.integer("backups.kept-days"),
                logger: context.logger)
            return ServiceParts(
                rpc: [service.rpcRoutes], publicRoutes: service.publicRoutes,
                authenticator: IdentityAuthenticator(try context.client(at: "identity")),
                background: [BackgroundWork("lifecycle work") { await service.run() }])
        }
    }
}
