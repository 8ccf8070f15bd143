import CAllocationCounter
package import NIOCore

/// How much memory the thread of an event loop has been given and has not given back.
///
/// What a server holds for its connections is asked for on their loop, by whichever library, and
/// nothing else is: other tests of the process are not seen. Exact to a byte, and no moment is
/// missed. Always 0 without glibc.
package struct LoopMemory: Sendable {
    private let loop: any EventLoop
    private let bytesBefore: Int

    /// Begins to measure.
    package init(of loop: any EventLoop) async throws {
        self.loop = loop
        self.bytesBefore = try await loop.submit {
            _ = take_peak_of_held_bytes_of_this_thread()
            return Int(held_bytes_of_this_thread())
        }.get()
    }

    /// What there is now, beyond what there was at first.
    ///
    /// Less by what the loop was handed by other threads and has let go of since, such as closures.
    package func heldBytes() async throws -> Int {
        try await self.loop.submit { Int(held_bytes_of_this_thread()) }.get() - self.bytesBefore
    }

    /// The most there has been at any time since the last such call, beyond what there was at first.
    func peakBytes() async throws -> Int {
        try await self.loop.submit {
            Int(take_peak_of_held_bytes_of_this_thread())
        }.get() - self.bytesBefore
    }
}
