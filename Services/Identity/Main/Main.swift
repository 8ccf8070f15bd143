import Bootstrap
import IdentityServer

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@main
struct Main {
    static func main() async {
        await ServiceMain.run(
            "identity", about: "who people are: tenants, users, keys and roles",
            settings: Self.settings, peers: ["contracts"]
        ) { context in
            let service = IdentityService(
                database: try await context.openDatabase(migrations: IdentityMigrations.all),
                contracts: try context.client(at: "contracts"),
                clock: context.clock, limits: Self.limits(context.configuration))
            try await Self.startFirst(service, context)
            return ServiceParts(
                rpc: [service.rpcRoutes], publicRoutes: service.publicRoutes,
                authenticator: IdentityAuthenticator(service),
                background: [
                    BackgroundWork("outbox") { await service.relay() },
                    BackgroundWork("upkeep") { await service.upkeep() },
                ])
        }
    }

    private static func startFirst(
        _ service: IdentityService, _ context: ServiceContext
    ) async throws {
        let tenant = FirstTenant(
            name: context.configuration.text("bootstrap.tenant-name"),
            adminEmail: context.configuration.text("bootstrap.admin-email"))
        do {
            let admin = try await service.startFirst(tenant, dataDirectory: context.dataDirectory)
            guard let admin else { return }
            print(admin.announcement)
            fflush(nil)
        } catch let error as FirstStartError {
            throw ConfigurationError(error.description)
        }
    }
}
