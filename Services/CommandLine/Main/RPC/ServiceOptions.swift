import ArgumentParser
import Foundation
import HTTP2
import RPC
import RPCOverHTTP2

/// Which service is meant, and how this program proves who it is.
struct ServiceOptions: ParsableArguments {
    @Option(help: "A service of the suite that runs in --data, such as contracts.")
    var service: String?

    @Option(help: "The suite's data directory, for --service.")
    var data = "./data"

    @Option(help: "The Unix socket of a service.")
    var socket: String?

    @Option(help: "The host of a service that listens on TCP with TLS.")
    var host: String?

    @Option(help: "Its port.")
    var port: Int?

    @Option(help: "PEM file of the authorities its certificate may come from.")
    var ca: String?

    @Option(help: "PEM file of this caller's certificate chain.")
    var cert: String?

    @Option(help: "PEM file of that certificate's private key.")
    var key: String?

    @Option(help: "A file with NAME:TOKEN, for Unix sockets.")
    var tokenFile: String?

    func validate() throws {
        let places = [self.service, self.socket, self.host].compactMap { $0 }
        guard places.count == 1 else {
            throw ValidationError("Name the service by one of --service, --socket and --host.")
        }
        if self.host != nil {
            guard let port, UInt16(exactly: port) != nil, self.cert != nil, self.key != nil else {
                throw ValidationError("--host needs --port, --cert and --key, and mostly --ca.")
            }
            guard self.tokenFile == nil else {
                throw ValidationError("With TLS the certificate proves the name, not a token.")
            }
        } else {
            guard [self.ca, self.cert, self.key].allSatisfy({ $0 == nil }), self.port == nil else {
                throw ValidationError("--port, --ca, --cert and --key go with --host.")
            }
        }
        if let service, !Suite.services.contains(service) {
            throw ValidationError(
                "No service \(service) in a suite: \(Suite.services.joined(separator: ", ")).")
        }
    }

    /// Where the service listens.
    ///
    /// - Throws: `RPCError` `unavailable` when no suite runs in the data directory.
    func address() throws -> HTTP2Address {
        if let host, let port { return .tcp(host: host, port: port) }
        if let socket {
            return try HTTP2Address("unix:\(URL(filePath: socket).absoluteURL.path)")
        }
        let directory = SuiteDirectory(self.data)
        guard SupervisorLock.holder(of: directory.lock) != nil else {
            throw RPCError(.unavailable, "nothing runs in \(directory.root.path)")
        }
        return .unixSocket(path: directory.socket(of: self.service ?? "").path)
    }

    /// What proves the caller's name on a Unix socket; `nil` without a token.
    func credentials() throws -> PeerCredentials? {
        let directory = SuiteDirectory(self.data)
        let suiteToken = self.service.map { _ in directory.token(of: Suite.operatorPeer) }
        guard let file = self.tokenFile.map({ URL(filePath: $0) }) ?? suiteToken else { return nil }
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw ValidationError("\(file.path) cannot be read.")
        }
        let parts = text.trimmingCharacters(in: .newlines).split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else {
            throw ValidationError("\(file.path) does not hold NAME:TOKEN.")
        }
        return PeerCredentials(peer: PeerName(String(parts[0])), token: String(parts[1]))
    }

    /// What TLS connections are made with; `nil` on Unix sockets.
    var tls: HTTP2TLS? {
        guard let cert, let key else { return nil }
        return HTTP2TLS(certificateChainPath: cert, privateKeyPath: key, authoritiesPath: self.ca)
    }
}
