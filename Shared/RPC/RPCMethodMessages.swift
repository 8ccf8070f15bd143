/// The types of the messages of a method.
public struct RPCMethodMessages: Sendable {
    /// The request; of a method that takes a stream, its first message.
    public let request: any CBORMessage.Type
    /// One item of what the caller streams after the request; `nil` when it streams nothing.
    public let requestElement: (any CBORMessage.Type)?
    /// The reply, or one item of it where it is a stream.
    public let reply: any CBORMessage.Type

    init(
        request: any CBORMessage.Type, requestElement: (any CBORMessage.Type)? = nil,
        reply: any CBORMessage.Type
    ) {
        self.request = request
        self.requestElement = requestElement
        self.reply = reply
    }
}
