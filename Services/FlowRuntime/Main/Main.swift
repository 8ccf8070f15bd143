import Bootstrap
import FlowRuntimeServer

@main
struct Main {
    static func main() async {
        await ServiceMain.run(
            "flow-runtime", about: "the flows that run for customers, and their workers",
            settings: WorkerConfiguration.settings, peers: ["identity", "contracts"]
        ) { context in
            let workers = try WorkerConfiguration.read(context)
            let service = FlowRuntimeService(
                database: try await context.openDatabase(migrations: FlowRuntimeMigrations.all),
                contracts: try context.client(at: "contracts"),
                workers: workers, clock: context.clock, logger: context.logger)
            return ServiceParts(
                rpc: [service.rpcRoutes], publicRoutes: service.publicRoutes,
                authenticator: IdentityAuthenticator(
                    try context.client(at: "identity")),
                background: [
                    BackgroundWork("workers", isCalledBack: true) {
                        try await service.superviseWorkers()
                    },
                    BackgroundWork("contract states") { try await service.catchUpOnContracts() },
                    BackgroundWork("erasing deleted flows") {
                        try await service.eraseDeletedFlows()
                    },
                ],
                readiness: [ReadinessCheck("contract states") { service.missing }],
                peerTokens: workers.peerTokens)
        }
    }
}
