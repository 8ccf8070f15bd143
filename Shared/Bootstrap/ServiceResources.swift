import HTTP2
import Logging
import NIOCore
import NIOSSL
import RPC
import RPCOverHTTP2
import Storage
import Synchronization

/// What a service's parts are made from and must be closed in the end: databases and peers.
final class ServiceResources: Sendable {
    private struct State {
        var databases: [any Database] = []
        var answers: StoredAnswers?
        var peers: [String: RPCPeer] = [:]
    }

    private let configuration: ServiceConfiguration
    private let runDirectory: String
    private let group: any EventLoopGroup
    private let logger: Logger
    private let credentials: PeerCredentials?
    private let tls: HTTP2TLS?
    private let state = Mutex(State())

    init(
        configuration: ServiceConfiguration, runDirectory: String, group: any EventLoopGroup,
        logger: Logger
    ) throws {
        self.configuration = configuration
        self.runDirectory = runDirectory
        self.group = group
        self.logger = logger
        self.tls = try Self.tls(configuration, prefix: "rpc", authority: "rpc.tls.authority")
        self.credentials = try configuration.optionalText("rpc.token-file").map { path in
            try PeerFiles.credentials(
                try SystemFiles.read(path, bytesMax: PeerFiles.bytesMax), path: path)
        }
    }

    /// The TLS material under `<prefix>.tls`; `nil` when none is configured.
    ///
    /// - Throws: ``ConfigurationError`` when only half of it is.
    static func tls(
        _ configuration: ServiceConfiguration, prefix: String, authority: String?
    ) throws(ConfigurationError) -> HTTP2TLS? {
        let certificate = configuration.optionalText("\(prefix).tls.certificate")
        let key = configuration.optionalText("\(prefix).tls.key")
        switch (certificate, key) {
        case (let certificate?, let key?):
            return HTTP2TLS(
                certificateChainPath: certificate, privateKeyPath: key,
                authoritiesPath: authority.flatMap { configuration.optionalText($0) })
        case (nil, nil): return nil
        default:
            throw ConfigurationError(
                "\(prefix).tls.certificate and \(prefix).tls.key are needed together")
        }
    }

    func openDatabase(
        at path: String, migrations: [Migration], label: String
    ) async throws -> any Database {
        let database = try await SQLiteDatabase.open(
            at: path, migrations: migrations, label: label, logger: self.logger)
        self.state.withLock { $0.databases.append(database) }
        if migrations.contains(StoredAnswers.migration) {
            let answers = try await StoredAnswers(database: database)
            self.state.withLock { $0.answers = answers }
        }
        return database
    }

    /// Where answers to keyed calls are kept; `nil` when no database has the table.
    var answers: StoredAnswers? { self.state.withLock { $0.answers } }

    /// The carrier of calls to a peer; asking again gives the same connections.
    func carry(toPeer name: String) throws -> Carry {
        let endpoints = try PeerEndpoints(
            self.configuration.optionalText("peers.\(name).endpoint")
                ?? "unix:\(self.runDirectory)/\(name).sock", of: name)
        guard endpoints.areLocal || self.tls != nil else {
            throw ConfigurationError(
                "peers.\(name).endpoint is on the network: rpc.tls.certificate, rpc.tls.key and "
                    + "rpc.tls.authority are needed")
        }
        let tls = endpoints.areLocal ? nil : try self.tls?.clientContext()
        return self.state.withLock { state in
            if let peer = state.peers[name] { return peer.carry }
            let peer =
                switch endpoints {
                case .addresses(let addresses):
                    RPCPeer(
                        addresses, name: name, credentials: self.credentials, tls: tls,
                        serverName: name, group: self.group)
                case .name(let host, let port):
                    RPCPeer(
                        resolver: DNSResolver(host: host, port: port), name: name,
                        credentials: self.credentials, tls: tls, group: self.group)
                }
            state.peers[name] = peer
            return peer.carry
        }
    }

    /// Closes the connections to peers, then the databases.
    func close() async {
        let (peers, databases) = self.state.withLock { ($0.peers.values, $0.databases) }
        for peer in peers { await peer.shutDown() }
        for database in databases {
            do {
                try await database.close()
            } catch {
                self.logger.error("a database did not close", error: error)
            }
        }
    }
}
