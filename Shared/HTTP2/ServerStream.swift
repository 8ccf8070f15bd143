import DequeModule
import NIOCore

typealias ServerStreamReference = UnsafeMutablePointer<ServerStream>
typealias ServerCoreReference = UnsafeMutablePointer<ServerCore>

/// One stream of a server connection: what came in, what goes out, and how far both are.
///
/// Records live behind raw pointers, are linked without reference counting, and are reused. A
/// record is given back when its stream is closed *and* its handler has ended, whichever is later.
struct ServerStream {
    var core: ServerCoreReference
    /// The next of the ready list or of the spare records.
    var next: ServerStreamReference?
    var previousLive: ServerStreamReference?
    var nextLive: ServerStreamReference?
    var id: Int32 = 0

    /// The stream is closed: nothing can be sent.
    var isClosed = false
    /// The request is queued or its handler runs.
    var isRunning = false
    /// END_STREAM has come.
    var isComplete = false
    /// An answer was decided on by the connection: whatever else comes in is dropped.
    var isRefused = false
    /// A response head has been submitted.
    var hasAnswered = false
    /// The deadline passed and the handler was cancelled.
    var hasExpired = false
    /// We sent, or are about to send, a reset ourselves.
    var isResetByUs = false

    var fields = FieldBuffer()
    var method = FieldRange()
    var scheme = FieldRange()
    var authority = FieldRange()
    var path = FieldRange()
    var host = FieldRange()
    var refusal: HTTP2Refusal?

    var body: [UInt8] = []
    /// The body of a request whose handler takes it as it arrives; `nil` for whole ones.
    var input: HTTP2RequestBody?
    /// Body bytes counted as held by the connection.
    var heldBytes = 0
    var began = NIODeadline.uptimeNanoseconds(0)

    var response: [UInt8] = []
    var responseOffset = 0
    /// A streamed response; `nil` for whole ones.
    var output: StreamedOutput?
    /// When the peer last took something of the response.
    var progressed = NIODeadline.uptimeNanoseconds(0)
    var deadline = NIODeadline.distantFuture
    var worker: Unmanaged<Worker>?

    init(core: ServerCoreReference) {
        self.core = core
    }

    /// Makes the record as new, keeping small storage.
    mutating func reset(core: ServerCoreReference) {
        var fields = self.fields
        fields.clear(keeping: FixedLimits.spareFieldBytesMax)
        self = ServerStream(core: core)
        self.fields = fields
    }

    /// Bytes of the response that the peer has not taken.
    var unsentBytes: Int {
        self.output?.waitingBytes ?? self.response.count - self.responseOffset
    }

    var hasUnsentResponse: Bool {
        if let output = self.output { return !output.chunks.isEmpty }
        return self.hasAnswered && self.responseOffset < self.response.count
    }
}

/// What a streamed response still has to send. Loop-confined.
final class StreamedOutput {
    var chunks = Deque<[UInt8]>()
    /// Bytes of the first chunk that are sent.
    var offset = 0
    var waitingBytes = 0
    var isFinished = false
    /// libnghttp2 asked for data when there was none.
    var isDeferred = false
    /// The handler's `write`, waiting for room.
    var writer: UnsafeContinuation<Void, Never>?
    var heartbeat: HTTP2Heartbeat?
    var lastWrite = NIODeadline.uptimeNanoseconds(0)

    func resumeWriter() {
        let writer = self.writer
        self.writer = nil
        writer?.resume()
    }
}
