import Bootstrap
import ContractsServer

@main
struct Main {
    static func main() async {
        await ServiceMain.run(
            "contracts", about: "who customers are, what they agreed to and who acts for them",
            settings: Self.settings, peers: ["identity", "flow-runtime", "deletion-orchestrator"]
        ) { context in
            let peers = ContractsService.Peers(
                identity: try context.client(at: "identity"),
                flowRuntime: try context.client(at: "flow-runtime"),
                orchestrator: try context.client(at: "deletion-orchestrator"))
            let mailer = try Self.mailer(context)
            let service = ContractsService(
                database: try await context.openDatabase(migrations: ContractsMigrations.all),
                peers: peers,
                mail: MailSettings(
                    from: context.configuration.text("mail.from"),
                    baseURL: context.configuration.text("public.base-url")),
                webhooks: CurlWebhookSender(
                    mayBePrivate: context.configuration.flag("webhooks.may-be-private")),
                limits: Self.limits(context.configuration), clock: context.clock,
                logger: context.logger)
            return ServiceParts(
                rpc: [service.rpcRoutes], publicRoutes: service.publicRoutes,
                describedPeers: ["identity", "flow-runtime", "deletion-orchestrator"],
                authenticator: PublicAuthentication(peers),
                background: [
                    BackgroundWork("outbox") { await service.relay(mailer: mailer) },
                    BackgroundWork("upkeep") { await service.upkeep() },
                ])
        }
    }
}
