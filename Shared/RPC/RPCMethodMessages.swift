public import CBOR

/// The types of the messages of a method, for whoever needs their shapes.
public struct RPCMethodMessages: Sendable {
    /// The request; of a method that takes a stream, its first message.
    public let request: any CBORShaped.Type
    /// One item of what the caller streams after the request; `nil` when it streams nothing.
    public let requestElement: (any CBORShaped.Type)?
    /// The reply, or one item of it where it is a stream.
    public let reply: any CBORShaped.Type

    init?(request: Any.Type, requestElement: Any.Type? = nil, reply: Any.Type) {
        guard let request = request as? any CBORShaped.Type,
            let reply = reply as? any CBORShaped.Type
        else { return nil }
        self.request = request
        self.requestElement = requestElement as? any CBORShaped.Type
        self.reply = reply
    }
}
