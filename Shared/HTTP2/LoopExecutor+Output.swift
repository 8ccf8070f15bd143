import CNghttp2
import NIOCore

/// Serialising frames: one session of a loop at a time, all into the loop's one buffer.
extension LoopExecutor {
    /// Serialises a session's frames into the loop's buffer until it is full or nothing is left.
    ///
    /// Returns whether nothing is left, or `nil` when the session is broken.
    func serialise(_ session: OpaquePointer) -> Bool? {
        let state = self.state
        state.pointee.output.clear(minimumCapacity: FixedLimits.writeBytesMax)
        var isDone: Bool? = false
        state.pointee.output.writeWithUnsafeMutableBytes(
            minimumWritableBytes: FixedLimits.writeBytesMax
        ) { raw in
            state.pointee.outputStart = raw.baseAddress?.assumingMemoryBound(to: UInt8.self)
            state.pointee.outputCount = 0
            state.pointee.outputLimit = raw.count - FixedLimits.frameBytesMax
            state.pointee.isOutputFull = false
            while state.pointee.outputCount < state.pointee.outputLimit {
                var frame: UnsafePointer<UInt8>?
                let count = nghttp2_session_mem_send(session, &frame)
                guard count > 0, let frame, let start = state.pointee.outputStart,
                    state.pointee.outputCount + count <= raw.count
                else {
                    isDone = count == 0 ? !state.pointee.isOutputFull : nil
                    break
                }
                (start + state.pointee.outputCount).update(from: frame, count: count)
                state.pointee.outputCount += count
            }
            state.pointee.outputStart = nil
            return state.pointee.outputCount
        }
        return isDone
    }

    /// Appends a DATA frame to the buffer: its head, then `count` bytes that `copy` writes.
    ///
    /// Called by the library while it serialises. Returns what it is to be told: to stop, once
    /// another frame might not fit.
    @inline(__always)
    func appendData(
        head: UnsafePointer<UInt8>, count: Int, copy: (UnsafeMutablePointer<UInt8>) -> Void
    ) -> Int32 {
        guard let start = self.state.pointee.outputStart else { return Nghttp2.callbackFailure }
        let frame = start + self.state.pointee.outputCount
        frame.update(from: head, count: FixedLimits.frameHeadBytes)
        copy(frame + FixedLimits.frameHeadBytes)
        self.state.pointee.outputCount += FixedLimits.frameHeadBytes + count
        guard self.state.pointee.outputCount >= self.state.pointee.outputLimit else { return 0 }
        self.state.pointee.isOutputFull = true
        return Nghttp2.pause
    }
}

extension Array where Element == UInt8 {
    /// Copies `count` bytes from `offset` on.
    @inline(__always)
    func copy(from offset: Int, count: Int, to destination: UnsafeMutablePointer<UInt8>) {
        self.withUnsafeBufferPointer { bytes in
            if let source = bytes.baseAddress {
                destination.update(from: source + offset, count: count)
            }
        }
    }
}
