import AsyncHTTPClient
import FlowRuntimeAPI
import FlowRuntimeDomain
import Foundation
import JSONAPI
import NIOCore
import NIOHTTP1

/// Sends the requests of a flow's steps.
///
/// Redirects are answers like any other, environment proxies are not used, and an answer's body is
/// read up to a bound.
actor HTTPStepClient {
    private struct Place: Hashable {
        var host: String
        var address: String
    }

    /// Hosts with connections kept open.
    private static let placesMax = 8

    private let resolver: AddressResolver
    private let group: any EventLoopGroup
    private var clients: [Place: HTTPClient] = [:]
    private var recent: [Place] = []

    init(policy: AddressPolicy, group: any EventLoopGroup) {
        self.resolver = AddressResolver(policy: policy)
        self.group = group
    }

    /// Sends a step's request and gives the answer as `{status, headers, body}`.
    ///
    /// - Throws: `StepFailure`; transient when the same request may do better later.
    func send(
        _ step: HTTPStep, to url: String, body: String, idempotencyKey: String, step id: String
    ) async throws(StepFailure) -> String {
        do {
            let client = try await self.client(for: url)
            var request = HTTPClientRequest(url: url)
            request.method = HTTPMethod(rawValue: step.method)
            request.headers.add(name: "user-agent", value: "covenant-flow/1")
            request.headers.add(name: "idempotency-key", value: idempotencyKey)
            for header in step.headers {
                request.headers.replaceOrAdd(name: header.name, value: header.value)
            }
            if step.hasBody {
                if !request.headers.contains(name: "content-type") {
                    request.headers.add(name: "content-type", value: "application/json")
                }
                request.body = .bytes(ByteBuffer(string: body))
            }
            let deadline = NIODeadline.now() + .milliseconds(step.timeoutMilliseconds)
            let response = try await client.execute(request, deadline: deadline)
            let answer = try await response.body.collect(upTo: FlowLimits.outputBytesMax / 2)
            return try HTTPAnswer(response, body: answer).checked()
        } catch {
            throw HTTPFailure(of: error).failure(step: id)
        }
    }

    /// Closes all connections.
    func shutDown() async {
        for client in self.clients.values { try? await client.shutdown() }
        self.clients = [:]
        self.recent = []
    }

    /// A client that connects to the checked address of the URL's host.
    private func client(for url: String) async throws -> HTTPClient {
        // The same reader that the client itself uses: two readers may disagree about the host.
        guard let host = URL(string: url)?.host, !host.isEmpty else { throw HTTPFailure.badURL }
        let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let place = Place(host: host, address: try await self.resolver.address(of: bare))
        self.recent.removeAll { $0 == place }
        self.recent.append(place)
        if let client = self.clients[place] { return client }
        if self.recent.count > Self.placesMax {
            try? await self.clients.removeValue(forKey: self.recent.removeFirst())?.shutdown()
        }
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.dnsOverride = [host: place.address]
        let client = HTTPClient(
            eventLoopGroupProvider: .shared(self.group), configuration: configuration)
        self.clients[place] = client
        return client
    }
}

/// What a server answered.
struct HTTPAnswer {
    private let status: Int
    private let headers: HTTPHeaders
    private let body: ByteBuffer

    init(_ response: HTTPClientResponse, body: ByteBuffer) {
        self.status = Int(response.status.code)
        self.headers = response.headers
        self.body = body
    }

    /// The answer as JSON text.
    ///
    /// - Throws: ``HTTPFailure`` unless the status is 200 to 299.
    func checked() throws(HTTPFailure) -> String {
        guard (200..<300).contains(self.status) else { throw .status(self.status) }
        var headers = JSONObject()
        for (name, value) in self.headers {
            let name = name.lowercased()
            let earlier = headers[name]?.string.map { "\($0), " } ?? ""
            headers[name] = .string(earlier + value)
        }
        return JSON.object([
            "status": .integer(self.status), "headers": .object(headers), "body": self.content,
        ]).text
    }

    /// The body: read when it says it is JSON, a text when it is one, `null` otherwise.
    private var content: JSON {
        let bytes = Array(self.body.readableBytesView)
        let type = self.headers.first(name: "content-type")?.lowercased() ?? ""
        if type.contains("json"), let value = try? JSON(parsing: bytes) { return value }
        return .optional(bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self))
    }
}
