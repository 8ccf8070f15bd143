/// One call of a client connection.
///
/// Made by the caller, handed to the connection's loop, and touched there only from then on; the
/// pieces of a streamed response excepted, which are in a ``PieceQueue`` of their own.
final class ClientCall: @unchecked Sendable {
    enum Kind {
        /// The caller waits for the whole response.
        case collected(UnsafeContinuation<HTTP2ClientResponse, any Error>)
        /// The caller waits for the head, and then pulls pieces.
        case streamed(UnsafeContinuation<ResponseHead, any Error>)
        /// Nobody waits any more, or not yet.
        case none
    }

    /// The head of a streamed response.
    struct ResponseHead {
        let status: Int
        let fields: HTTP2Fields
    }

    let request: HTTP2ClientRequest
    /// The body, where it is produced while it is sent.
    let upload: HTTP2Upload?
    @exclusivity(unchecked) var kind = Kind.none
    @exclusivity(unchecked) var id: Int32 = 0
    @exclusivity(unchecked) var sentBytes = 0
    @exclusivity(unchecked) var status = 0
    @exclusivity(unchecked) var headerBytes = 0
    @exclusivity(unchecked) var fields = HTTP2Fields()
    @exclusivity(unchecked) var body: [UInt8] = []
    @exclusivity(unchecked) var pieces: PieceQueue?
    /// What the caller is to be told instead of what the stream's end says.
    @exclusivity(unchecked) var verdict: (any Error)?
    @exclusivity(unchecked) var isCancelled = false
    @exclusivity(unchecked) var previous: Unmanaged<ClientCall>?
    @exclusivity(unchecked) var next: Unmanaged<ClientCall>?

    init(_ request: HTTP2ClientRequest, upload: HTTP2Upload? = nil) {
        self.request = request
        self.upload = upload
    }

    /// The whole response, whose memory goes to the caller.
    @inline(__always)
    func takeResponse() -> HTTP2ClientResponse {
        var response = HTTP2ClientResponse(
            status: self.status, fields: HTTP2Fields(), body: [])
        swap(&response.fields, &self.fields)
        swap(&response.body, &self.body)
        return response
    }

    /// Gives the caller an error, once.
    func fail(_ error: any Error) {
        switch self.kind {
        case .collected(let continuation): continuation.resume(throwing: error)
        case .streamed(let continuation): continuation.resume(throwing: error)
        case .none: break
        }
        self.kind = .none
        self.pieces?.finish(error)
        self.upload?.end()
    }
}
