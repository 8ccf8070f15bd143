import Foundation
public import RPC

/// Who may call what, read from the configuration that is shipped with a service.
///
/// The list is `rpc.allow`, which the file writes one method a line: `Method: [peer, peer]`.
public struct AllowedPeers: Sendable {
    /// The peers that may call each method, by the method's name.
    public let lists: [String: Set<String>]

    /// The file has no such list, or a line of it is written in another way.
    public struct Unreadable: Error {}

    /// Reads the file at `path`, which starts at the root of the repository.
    public init(configuration path: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        let lines = text.split(separator: "\n")
        guard let start = lines.firstIndex(of: "  allow:") else { throw Unreadable() }
        var lists: [String: Set<String>] = [:]
        for line in lines[(start + 1)...].prefix(while: { $0.hasPrefix("    ") }) {
            let parts = line.split(separator: ":")
            guard parts.count == 2 else { throw Unreadable() }
            let peers = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: " []"))
                .split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            lists[parts[0].trimmingCharacters(in: .whitespaces)] = Set(peers)
        }
        self.lists = lists
    }

    /// What a router admits by.
    public var accessList: AccessList {
        AccessList(self.lists.mapValues { Set($0.map { PeerName($0) }) })
    }

    /// Calls each of `methods` as each of `peers` and as nobody; returns what went otherwise than
    /// the lists say, which is nothing when all is well.
    ///
    /// `call` sends a body that is no request of any method and returns the code that the call
    /// ended with, nil for a reply: a peer that is listed gets as far as `invalidArgument`, another
    /// gets `permissionDenied`, and a caller without a name `unauthenticated`. A method without a
    /// list, or with an empty one, is reported too, as is a list without a method.
    public func departures(
        of methods: [RPCMethodDeclaration], from peers: [String],
        call: (MethodPath, _ peer: String?) async throws -> RPCError.Code?
    ) async throws -> [String] {
        var departures = Set(self.lists.keys).subtracting(methods.map(\.name)).sorted()
            .map { "\($0) is listed and is no method" }
        for method in methods {
            let allowed = self.lists[method.name] ?? []
            if allowed.isEmpty { departures.append("\(method.name) is listed for nobody") }
            let callers: [String?] = peers + [nil]
            for peer in callers {
                let code = try await call(.of(method), peer)
                let expected: RPCError.Code =
                    switch peer {
                    case nil: .unauthenticated
                    case let peer? where allowed.contains(peer): .invalidArgument
                    case _?: .permissionDenied
                    }
                guard code != expected else { continue }
                let answer = code.map { "\($0)" } ?? "a reply"
                departures.append("\(method.name) from \(peer ?? "nobody") ended with \(answer)")
            }
        }
        return departures
    }
}
