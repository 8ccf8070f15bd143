import CBOR
import HTTP2
import NIOCore
import RPC
import Synchronization

/// Reads the items of a streamed answer, one caller at a time.
final class SequenceReader: Sendable {
    private struct State {
        var parser: RPCSequenceParser
        var isEnded = false
        var trailing = RPCMetadata()
    }

    private let stream: HTTP2ClientStream
    private let deadline: NIODeadline?
    private let pump: RequestPump?
    private let state: Mutex<State>

    /// - Parameter pump: what sends the request meanwhile; it is stopped when the answer ends.
    init(
        _ stream: HTTP2ClientStream, messageBytesMax: Int, deadline: NIODeadline?,
        pump: RequestPump?
    ) {
        self.stream = stream
        self.deadline = deadline
        self.pump = pump
        self.state = Mutex(State(parser: RPCSequenceParser(messageBytesMax: messageBytesMax)))
    }

    /// The messages, after what the answer's header says.
    func messages(leading: RPCMetadata) -> RPCMessages {
        RPCMessages(
            leading: leading, trailing: { self.state.withLock { $0.trailing } },
            pull: { try await self.next() })
    }

    private func next() async throws -> [UInt8]? {
        while true {
            let event = try self.state.withLock { state -> RPCSequenceParser.Event? in
                state.isEnded ? nil : try state.parser.next()
            }
            switch event {
            case nil: return nil
            case .message(let message): return message
            case .end:
                self.pump?.stop()
                try await self.end()
                return nil
            case .needsMore:
                guard let piece = try await self.pull() else {
                    throw RPCError(.internal, "the stream was cut short")
                }
                self.state.withLock { $0.parser.append(piece) }
            }
        }
    }

    /// Reads the end map, which is the rest of the body, and throws the error it may carry.
    private func end() async throws {
        var body = self.state.withLock { state in
            state.isEnded = true
            return state.parser.rest
        }
        while let piece = try await self.pull() {
            body.append(contentsOf: piece)
            guard body.count <= CarrierBounds.errorBytesMax else { break }
        }
        guard let end = try? CBORDecoder().decode(RPCEndMap.self, from: body) else {
            throw RPCError(.internal, "the stream's end cannot be read")
        }
        if let error = try end.error() { throw error }
        let trailing = try end.trailing()
        self.state.withLock { $0.trailing = trailing }
    }

    private func pull() async throws -> [UInt8]? {
        do {
            return try await self.stream.next()
        } catch let error as HTTP2ClientError {
            if case .notProcessed(let reason) = error { throw RPCError(.unavailable, reason) }
            throw RPCResponses.failure(error, until: self.deadline)
        } catch {
            throw RPCError(crossing: error)
        }
    }
}
