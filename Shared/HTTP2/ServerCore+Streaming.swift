import CNghttp2
import NIOCore

/// Requests that are handed to their handlers before they are complete.
extension UnsafeMutablePointer where Pointee == ServerCore {
    /// Whether the handler takes this request's body as it arrives, and has been given it.
    ///
    /// Asked when the first piece of a body is not the last, so that a request in one frame, as
    /// nearly every call is, pays nothing for it.
    func beginsStreaming(_ stream: ServerStreamReference) -> Bool {
        guard stream.pointee.body.isEmpty, let handler = self.pointee.handler,
            handler.streamsBody(of: HTTP2Request(stream))
        else { return false }
        guard self.pointee.runningCount < self.pointee.limits.handlersMax else {
            self.refuse(stream, .overloaded)
            return true
        }
        stream.pointee.input = HTTP2RequestBody(of: stream, on: self.pointee.executor.loop)
        stream.pointee.isRunning = true
        self.pointee.earlyAnswers += 1
        self.pointee.runningCount += 1
        self.pointee.executor.enqueueReady(stream)
        return true
    }

    /// Hands a piece of a streamed body on; its window is given back when it is pulled.
    func feed(
        _ stream: ServerStreamReference, _ data: UnsafePointer<UInt8>, _ count: Int
    ) {
        guard let input = stream.pointee.input, stream.pointee.isRunning,
            !stream.pointee.isResetByUs
        else {
            // Nobody reads it: the connection's window must not pay for that.
            self.pointee.toConsume += count
            return
        }
        if input.pieces.push(Array(UnsafeBufferPointer(start: data, count: count))) {
            self.pointee.toConsume += count
            nghttp2_session_consume_stream(self.session, stream.pointee.id, count)
        } else if !self.pointee.bodyShare.covers(self.pointee.heldBytes + count) {
            self.pointee.toConsume += count
            self.abandon(input, of: stream)
        } else {
            if stream.pointee.heldBytes == 0 { self.pointee.holdersCount += 1 }
            self.hold(count, for: stream)
        }
    }

    /// Gives up a stream whose body there is no room for: its handler may have begun an answer.
    private func abandon(_ input: HTTP2RequestBody, of stream: ServerStreamReference) {
        input.pieces.drop(CancellationError())
        self.letGo(of: stream)
        self.reset(stream, NGHTTP2_ENHANCE_YOUR_CALM)
    }

    /// A handler has pulled bytes that had been waiting.
    func release(_ count: Int, of stream: ServerStreamReference) {
        guard stream.pointee.heldBytes >= count, !self.pointee.isOver else { return }
        stream.pointee.heldBytes -= count
        self.pointee.heldBytes -= count
        self.pointee.bodyShare.shrink(to: self.pointee.heldBytes)
        if stream.pointee.heldBytes == 0 { self.pointee.holdersCount -= 1 }
        self.payOwed()
        guard !stream.pointee.isClosed, !stream.pointee.isComplete else { return }
        nghttp2_session_consume_stream(self.session, stream.pointee.id, count)
        self.markDirty()
    }
}
