public import CBOR

/// Asks what the messages of a service look like; an unknown service is `not_found`.
@Message
public struct DescribeService: RPCMethod {
    public typealias Service = Reflection
    public static let name = "DescribeService"
    public static let repetition = Repetition.safe

    /// The service's name, for example `contracts.v1`.
    public var service: String

    /// Makes the request.
    public init(service: String) { self.service = service }

    enum CodingKeys: Int, CodingKey { case service = 1 }

    /// What a service's methods take and give.
    ///
    /// Compatible changes of a service add to it only; the repository keeps the description of
    /// every service and compares.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The methods, sorted by name.
        public var methods: [RPCMethodShape]
        /// Every type with a name that the methods use, sorted by name.
        public var types: [CBORTypeShape]

        /// Makes a description.
        public init(methods: [RPCMethodShape], types: [CBORTypeShape]) {
            self.methods = methods
            self.types = types
        }

        /// Describes methods where they are declared.
        public init(describing methods: [RPCMethodDeclaration]) {
            var book = CBORShapeBook()
            self.methods = methods.sorted { $0.name < $1.name }.map { method in
                RPCMethodShape(describing: method, in: &book)
            }
            self.types = book.types.values.sorted { $0.name < $1.name }
        }

        enum CodingKeys: Int, CodingKey {
            case methods = 1
            case types = 2
        }
    }
}

/// What a method takes and gives.
@Message
public struct RPCMethodShape: Codable, Hashable, Sendable {
    /// The method.
    public var method: RPCMethodDeclaration
    /// The request; of a method that takes a stream, its first message.
    public var request: CBORShape
    /// One item of what the caller streams after the request; `nil` when it streams nothing.
    public var requestElement: CBORShape?
    /// The reply, or one item of it where it is a stream.
    public var reply: CBORShape

    /// Makes a description.
    public init(
        method: RPCMethodDeclaration, request: CBORShape, requestElement: CBORShape? = nil,
        reply: CBORShape
    ) {
        self.method = method
        self.request = request
        self.requestElement = requestElement
        self.reply = reply
    }

    /// Describes a method where it is declared.
    ///
    /// A declaration that came over the wire does not know its types; all of them are `any`.
    init(describing method: RPCMethodDeclaration, in book: inout CBORShapeBook) {
        self.method = method
        self.request = method.messages?.request.cborShape(in: &book) ?? .any
        self.requestElement = method.messages?.requestElement?.cborShape(in: &book)
        self.reply = method.messages?.reply.cborShape(in: &book) ?? .any
    }

    enum CodingKeys: Int, CodingKey {
        case method = 1
        case request = 2
        case requestElement = 3
        case reply = 4
    }
}
