import HTTP2
import RPC
import Synchronization

/// The heads of a peer's requests, one a method, made when first used.
final class RequestHeads: Sendable {
    private let fields: HTTP2Fields
    private let isEncrypted: Bool
    private let getMessageBytesMax: Int
    private let state = Mutex(State())

    private struct State {
        // The path is kept with its head, so that its identity is not given to another.
        var heads: [ObjectIdentifier: (path: MethodPath, head: HTTP2RequestHead)] = [:]
        /// What was asked for last: most often it is asked for again.
        var last: (path: MethodPath, head: HTTP2RequestHead)?
    }

    init(_ credentials: PeerCredentials?, isEncrypted: Bool, _ limits: RPCCarrierLimits) {
        var fields: HTTP2Fields = ["rpc-version": "1"]
        if let credentials { fields.append("authorization", credentials.authorization) }
        self.fields = fields
        self.isEncrypted = isEncrypted
        self.getMessageBytesMax = limits.getMessageBytesMax
    }

    func head(of path: MethodPath) throws -> HTTP2RequestHead {
        try self.state.withLock { state in
            if let last = state.last, last.path === path { return last.head }
            if let known = state.heads[ObjectIdentifier(path)] {
                state.last = known
                return known.head
            }
            if state.heads.count >= CarrierBounds.requestHeadsMax { state.heads.removeAll() }
            var fields = self.fields
            let isUnary = path.declaration.kind == .unary
            fields.append("content-type", isUnary ? "application/cbor" : "application/cbor-seq")
            let head = try HTTP2RequestHead(
                method: "POST", scheme: self.isEncrypted ? "https" : "http",
                authority: path.declaration.service, path: path.text, fields: fields)
            state.heads[ObjectIdentifier(path)] = (path, head)
            return head
        }
    }

    /// The head of a call that goes as a GET; `nil` for one that cannot: its method is not safe, or
    /// its message too long for a path.
    func get(_ call: RPCCall) throws -> HTTP2RequestHead? {
        guard call.path.declaration.repetition == .safe, call.path.declaration.kind == .unary,
            (call.body.count + 2) / 3 * 4 <= self.getMessageBytesMax
        else { return nil }
        return try HTTP2RequestHead(
            method: "GET", scheme: self.isEncrypted ? "https" : "http",
            authority: call.path.declaration.service,
            path: "\(call.path.text)?m=\(Base64.url.encode(call.body))", fields: self.fields)
    }
}
