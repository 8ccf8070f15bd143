public import Logging
public import NIOCore
public import RPC
public import Storage

/// What a service is given to make its parts from.
public struct ServiceContext: Sendable {
    /// The service's name, for example `flow-runtime`.
    public let name: String
    /// The settings, the service's own included.
    public let configuration: ServiceConfiguration
    /// Where the service logs.
    public let logger: Logger
    /// The time of day.
    public let clock: any WallClock
    /// The service's own directory for what must survive; it exists.
    public let dataDirectory: String
    /// The directory of sockets and ready files, shared by the services of a machine; it exists.
    public let runDirectory: String
    /// The Unix socket on which the service will answer peers, once its parts are made.
    public let rpcSocket: String
    /// The threads of all connections.
    public let eventLoopGroup: any EventLoopGroup

    let resources: ServiceResources

    /// Opens the service's database, `<data>/<name>.sqlite`, migrated.
    ///
    /// It is closed when the service has shut down, after everything that uses it. When
    /// `StoredAnswers.migration` is among the migrations, answers to calls with an idempotency key
    /// are kept in it; without, such calls are refused.
    ///
    /// - Throws: `StorageError`.
    public func openDatabase(migrations: [Migration]) async throws -> any Database {
        try await self.resources.openDatabase(
            at: "\(self.dataDirectory)/\(self.name).sqlite", migrations: migrations,
            label: self.name)
    }

    /// A client of a peer's service.
    ///
    /// The peer need not run: calls fail with `unavailable` until it does, and a readiness check
    /// says so. The endpoint is `peers.<peer>.endpoint`, by default the socket
    /// `<run>/<peer>.sock`. Calls are logged, counted and traced, outside of what `options` adds.
    ///
    /// - Parameter peer: The peer's name as a process, for example `flow-runtime`.
    /// - Throws: ``ConfigurationError`` when the endpoint cannot be understood.
    public func client<Service: RPCService>(
        for _: Service.Type = Service.self, at peer: String,
        options: RPCClientOptions = RPCClientOptions()
    ) throws -> RPCClient<Service> {
        var options = options
        options.interceptors.insert(
            contentsOf: [RPCClientInterceptors.log(self.logger), RPCClientInterceptors.metrics()],
            at: 0)
        options.attemptInterceptors.insert(
            contentsOf: [RPCClientInterceptors.trace(), RPCClientInterceptors.attemptMetrics()],
            at: 0)
        return RPCClient(
            Service.self, carry: try self.resources.carry(toPeer: peer), options: options)
    }
}
