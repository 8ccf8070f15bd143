import CNghttp2
import NIOCore

/// A request's body that is pulled piece by piece.
///
/// What is not pulled stays unacknowledged, so a slow handler slows the peer down.
public final class HTTP2RequestBody: Sendable {
    let pieces = PieceQueue()
    private let loop: any EventLoop
    // Touched on the loop only.
    private let place: LoopConfined<Place>

    /// The stream that the body belongs to, as long as its handler runs.
    final class Place {
        var stream: ServerStreamReference?

        init(_ stream: ServerStreamReference?) { self.stream = stream }
    }

    init(of stream: ServerStreamReference?, on loop: any EventLoop) {
        self.loop = loop
        self.place = LoopConfined(value: Place(stream))
    }

    /// The next piece of the body, of the sizes it happened to arrive in, or `nil` at its end.
    ///
    /// One task at a time may pull; cancelling it ends the body. May be called from any thread, and
    /// throws when the handler has ended.
    ///
    /// - Throws: `CancellationError` when the stream is gone, or the task is cancelled.
    public func next() async throws -> [UInt8]? {
        while true {
            let pulled = try await withTaskCancellationHandler {
                try await self.pieces.pull()
            } onCancel: {
                self.pieces.finish(CancellationError())
            }
            guard let pulled else { return nil }
            guard !pulled.piece.isEmpty else { continue }
            if pulled.wasWaiting { self.giveBack(pulled.piece.count) }
            return pulled.piece
        }
    }

    /// Gives the window of pulled bytes back.
    private func giveBack(_ count: Int) {
        let place = self.place
        let release: @Sendable () -> Void = {
            guard let stream = place.value.stream else { return }
            stream.pointee.core.release(count, of: stream)
        }
        if self.loop.inEventLoop { release() } else { self.loop.execute(release) }
    }

    /// The handler has ended; to be called on the loop.
    func detach() {
        self.place.value.stream = nil
        self.pieces.finish(CancellationError())
    }
}

extension HTTP2Request {
    /// Takes the body out of the request, to be pulled.
    ///
    /// Of a request that arrived whole, all of it is there.
    public func takeBodyPieces() -> HTTP2RequestBody {
        if let body = self.stream.pointee.input { return body }
        let body = HTTP2RequestBody(
            of: nil, on: self.stream.pointee.core.pointee.executor.loop)
        _ = body.pieces.push(self.takeBody())
        body.pieces.finish(nil)
        return body
    }
}
