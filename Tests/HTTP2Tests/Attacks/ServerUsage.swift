import CNghttp2
import NIOCore

@testable import HTTP2

/// What one connection of a server holds.
struct ServerUsage: Sendable {
    /// Frames queued by all that can be in one read of the socket: each may call for one.
    private static let framesOfOneRead = 16 * 1024 / 9
    /// What a single answer of these tests may have at most.
    private static let answerBytesMax = 1 << 20

    var streams: Int
    var handlers: Int
    var heldBytes: Int
    var unsentBytes: Int
    var queuedFrames: Int

    /// The usage of every connection, each asked on its loop.
    static func all(of listener: HTTP2Listener) async throws -> [ServerUsage] {
        var usages: [ServerUsage] = []
        for connection in listener.connections.all {
            let usage = try await connection.eventLoop.submit {
                let core = connection.value.core
                return ServerUsage(
                    streams: core.pointee.liveCount, handlers: core.pointee.runningCount,
                    heldBytes: core.pointee.heldBytes, unsentBytes: core.pointee.unsentBytes,
                    queuedFrames: core.pointee.isOver
                        ? 0 : nghttp2_session_get_outbound_queue_size(core.session))
            }.get()
            usages.append(usage)
        }
        return usages
    }

    func excesses(_ limits: HTTP2Limits) -> [String] {
        let bounds = [
            // Streams that have closed stay as long as their handlers run.
            ("streams", self.streams, limits.streamsMax + limits.handlersMax),
            ("handlers", self.handlers, limits.handlersMax),
            ("held bytes", self.heldBytes, limits.heldBodyBytesMax + limits.connectionWindowBytes),
            (
                "unsent bytes", self.unsentBytes,
                limits.unsentBytesMax + limits.handlersMax * Self.answerBytesMax
            ),
            ("queued frames", self.queuedFrames, Self.framesOfOneRead),
        ]
        return bounds.filter { $1 > $2 }.map { "\($1) \($0), and at most \($2) may be" }
    }
}
