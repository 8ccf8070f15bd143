import HTTP2
import Logging
import NIOCore
import PublicHTTP
import RPC
import RPCOverHTTP2
import ServiceLifecycle

/// A service whose listeners are open, until it is told to end.
struct RunningService: Sendable {
    /// What the supervisor is told.
    let readyFile: ReadyFile
    let parts: ServiceParts
    let resources: ServiceResources
    let readiness: ReadinessBoard
    let publicListener: PublicListener
    let adminListener: PublicListener
    let rpcListeners: [RPCListener]
    let graceSeconds: Int
    let logger: Logger

    /// What runs, in the order of starting; it ends in the opposite order, one after another.
    ///
    /// So listeners stop first, then the work of the service itself, and its databases last.
    func services() -> [ServiceGroupConfiguration.ServiceConfiguration] {
        var services: [any Service] = [
            UntilShutdown { await self.resources.close() },
            UntilShutdown { await self.adminListener.drain(grace: .seconds(1)) },
            Cancellable(name: "readiness", logger: self.logger) { try await self.readiness.run() },
        ]
        services += self.work(where: { !$0.isCalledBack })
        services += self.rpcListeners.map { listener in
            UntilShutdown { await listener.drain(grace: Duration.seconds(self.graceSeconds)) }
        }
        services += self.work(where: \.isCalledBack)
        services.append(
            UntilShutdown {
                await self.publicListener.drain(grace: .seconds(Int64(self.graceSeconds)))
            })
        services.append(
            UntilShutdown(
                begin: { try self.readyFile.write() },
                end: {
                    self.readyFile.remove()
                    self.readiness.board.end()
                    self.logger.notice("draining")
                }))
        return services.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup)
        }
    }
}

extension RunningService {
    /// The pieces of background work of one sort, as services.
    private func work(where isMeant: (BackgroundWork) -> Bool) -> [any Service] {
        self.parts.background.filter(isMeant).map { work in
            Cancellable(name: work.name, logger: self.logger) { try await work.run() }
        }
    }
}

/// Something open that is closed when the service ends.
private struct UntilShutdown: Service {
    var begin: @Sendable () throws -> Void = {}
    let end: @Sendable () async -> Void

    init(
        begin: @escaping @Sendable () throws -> Void = {},
        end: @escaping @Sendable () async -> Void
    ) {
        self.begin = begin
        self.end = end
    }

    func run() async throws {
        try self.begin()
        try? await gracefulShutdown()
        await self.end()
    }
}

/// Work that is cancelled when the service ends; ending before that is a fault.
private struct Cancellable: Service {
    let name: String
    let logger: Logger
    let work: @Sendable () async throws -> Void

    func run() async throws {
        let ended = try await cancelWhenGracefulShutdown { () async throws -> Bool in
            do {
                try await self.work()
            } catch {
                if Task.isCancelled { return false }
                self.logger.error("\(self.name) failed", error: error)
                throw error
            }
            return !Task.isCancelled
        }
        if ended {
            self.logger.error("\(self.name) ended by itself")
            throw BackgroundWorkEnded(name: self.name)
        }
    }
}

/// Work that should run as long as the service and did not.
struct BackgroundWorkEnded: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(self.name) ended by itself" }
}
