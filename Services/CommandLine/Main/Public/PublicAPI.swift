import ArgumentParser
import CommandLineDomain
import Foundation
import HTTP2
import JSONAPI
import NIOCore
import NIOPosix

/// The public API of a platform, over one HTTP/2 connection that ends with the command.
struct PublicAPI: Sendable {
    private let connection: HTTP2ClientConnection
    private let scheme: String
    private let authority: String
    private let root: String
    private let authorization: String

    /// How long an answer may take.
    private static let secondsMax: Int64 = 60

    /// Runs `body` with a platform, then closes; failures end the process with 1, told on standard
    /// error.
    static func with(
        _ options: PublicOptions, _ body: (PublicAPI) async throws -> Void
    ) async throws {
        let url = try options.baseURL()
        let credentials = try options.credentials()
        do {
            let api = try await Self.open(url, credentials, ca: options.ca)
            do {
                try await body(api)
            } catch {
                await api.close()
                throw error
            }
            await api.close()
        } catch {
            throw Self.told(error, at: url)
        }
    }

    private static func open(
        _ url: URL, _ credentials: (email: String, key: String), ca: String?
    ) async throws -> PublicAPI {
        let isTLS = url.scheme == "https"
        let host = url.host() ?? ""
        let port = url.port ?? (isTLS ? 443 : 80)
        let connection = try await HTTP2ClientConnection.connect(
            to: .tcp(host: host, port: port),
            tls: isTLS ? try HTTP2TLS.anonymousClientContext(authoritiesPath: ca) : nil,
            group: MultiThreadedEventLoopGroup.singleton)
        let secret = Data("\(credentials.email):\(credentials.key)".utf8).base64EncodedString()
        var root = url.path()
        while root.hasSuffix("/") { root.removeLast() }
        return PublicAPI(
            connection: connection, scheme: isTLS ? "https" : "http",
            authority: url.port.map { "\(host):\($0)" } ?? host, root: root,
            authorization: "Basic \(secret)")
    }

    private func close() async {
        self.connection.close()
        await self.connection.closed()
    }

    /// Asks once and gives the document of the answer; nothing is repeated.
    ///
    /// - Throws: ``PublicRefusal`` when the answer is an error.
    @discardableResult
    func send(
        _ method: String, _ path: String, query: [(String, String)] = [], body: JSON? = nil
    ) async throws -> JSON {
        var fields: HTTP2Fields = [
            "authorization": self.authorization, "accept": "application/json",
        ]
        if body != nil { fields.append("content-type", "application/json") }
        let head = try HTTP2RequestHead(
            method: method, scheme: self.scheme, authority: self.authority,
            path: self.root + path + PublicQuery.text(query), fields: fields)
        let response = try await self.connection.call(
            HTTP2ClientRequest(
                head: head, body: body?.bytes() ?? [],
                deadline: .now() + .seconds(Self.secondsMax)))
        let document = response.body.isEmpty ? JSON.null : try? JSON(parsing: response.body)
        guard (200..<300).contains(response.status), let document else {
            throw PublicRefusal(status: response.status, document: document ?? .null)
        }
        return document
    }

    /// Tells a failure and gives how the process ends.
    private static func told(_ error: any Error, at url: URL) -> any Error {
        switch error {
        case is ExitCode, is ValidationError: return error
        case is PublicRefusal, is AuditChain.Break, is InputFault:
            StandardError.say("error: \(error)")
        default: StandardError.say("error: \(url) does not answer: \(error)")
        }
        return ExitCode.failure
    }
}

/// Something that a command was given and cannot work with.
struct InputFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
