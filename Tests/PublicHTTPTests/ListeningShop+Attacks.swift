import AttackBench
import HTTP2
import NIOCore
import Testing

@testable import PublicHTTP

/// The shop as attackers and their neighbours find it.
extension ListeningShop: AttackTarget {
    var address: HTTP2Address { .tcp(host: "127.0.0.1", port: self.listener.port) }

    func neighbour() async throws -> Neighbour {
        let connection = try await RawConnection(port: self.listener.port)
        return Neighbour {
            try await connection.send(
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
            let answer = await connection.receive { $0.hasSuffix("\r\n\r\nbody") }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        } close: {
            await connection.close()
        }
    }

    func excesses() async throws -> [String] {
        let bounds = [
            ("connections", self.listener.connectionCount, self.limits.connectionsMax),
            ("requests", self.edge.runningCount, self.limits.requestsMax),
        ]
        return bounds.filter { $1 > $2 }.map { "\($1) \($0), and at most \($2) may be" }
    }
}

extension AttackBench where Target == ListeningShop {
    /// Attacks a shop.
    static func run<Found: Sendable>(
        limits: PublicLimits = PublicLimits(), within bounds: AttackBounds = AttackBounds(),
        attack: @escaping @Sendable (AttackBench) async throws -> Found
    ) async throws -> Found {
        try await Self.run(within: bounds) {
            try await ListeningShop(limits: limits, on: $0)
        } attack: {
            try await attack($0)
        }
    }

    /// Sends texts, each on a connection of its own, and gives all that comes until each ends.
    func exchange(_ texts: [String], at shop: ListeningShop? = nil) throws -> [String] {
        let peers = try texts.map { text in
            let peer = try self.connect(.text, to: shop?.address)
            peer.send(text)
            return peer
        }
        return peers.map { peer in
            peer.receiveToEnd()
            return peer.text
        }
    }
}
