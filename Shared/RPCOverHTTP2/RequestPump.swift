import HTTP2
import RPC

/// Sends a call's elements while its answer is being waited for and read.
///
/// The call owns it: it ends with the elements, with the answer, or with the last reference.
final class RequestPump: Sendable {
    private let task: Task<Void, Never>

    init(_ elements: RPCMessages, into upload: HTTP2Upload) {
        self.task = Task {
            do {
                for try await element in elements {
                    guard await upload.write(RPCSequence.item(element)) else { return }
                }
                // Elements that end because they were cancelled are not whole.
                if !Task.isCancelled { upload.finish() }
            } catch {
                upload.abort(RPCError(crossing: error))
            }
        }
    }

    deinit { self.task.cancel() }

    /// Asks for no further elements.
    func stop() { self.task.cancel() }
}
