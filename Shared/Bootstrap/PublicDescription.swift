import JSONAPI
import Logging
import PublicHTTP
import RPC

/// What a service tells of its public operations, and of those of its peers.
struct PublicDescription: Sendable {
    /// The service's own document.
    let own: JSON
    /// The peers whose operations clients find under the same address, by name.
    let peers: [(name: String, reflection: RPCClient<Reflection>)]
    let logger: Logger

    /// The version of the public API.
    static let version = "2"

    static let route = Route(
        .get, "/v2/openapi.json", id: "getOpenAPI",
        summary: "This description, generated from the operations that are served",
        permission: "anybody", authentication: .none,
        answers: [.init(200, "OpenAPI 3.1.", .json(.map(.anything)))])

    /// Describes a service's operations.
    init(
        of routes: [Route], name: String,
        peers: [(name: String, reflection: RPCClient<Reflection>)] = [], logger: Logger
    ) {
        self.own =
            OpenAPI(
                title: "Covenant: \(name)", version: Self.version, routes: routes + [Self.route]
            ).json
        self.peers = peers
        self.logger = logger
    }

    /// The document that clients get: asked of the peers each time, so that it says what runs now.
    ///
    /// - Throws: 503 when a peer does not answer: a document without its operations would tell
    ///   clients that there are none.
    func document() async throws -> JSON {
        guard !self.peers.isEmpty else { return self.own }
        var documents = [self.own]
        for (name, reflection) in self.peers {
            do {
                documents.append(
                    try JSON(parsing: await reflection.send(DescribePublicAPI()).document))
            } catch {
                self.logger.warning(
                    "a peer does not describe its operations",
                    metadata: ["peer": "\(name)", "error": "\(error)"])
                throw APIError(
                    503, "unavailable",
                    "\(name) cannot be asked for its operations; try again.",
                    retryAfterSeconds: Self.retryAfterSeconds)
            }
        }
        return try OpenAPI.merged(title: "Covenant", version: Self.version, documents)
    }

    private static let retryAfterSeconds = 1
}
