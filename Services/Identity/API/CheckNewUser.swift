public import RPC

/// Asks what would be wrong with a user to be, of the parts that are given.
///
/// Nothing is stored and nobody is looked up: it is the rules alone that ``RegisterUser`` goes by.
@Message
public struct CheckNewUser: RPCMethod {
    public typealias Service = Identity
    public static let name = "CheckNewUser"
    public static let repetition = Repetition.safe

    /// The address; `nil` is not judged, as with every part.
    public var email: String?
    /// The given name.
    public var firstName: String?
    /// The family name.
    public var lastName: String?
    /// The password.
    public var password: String?

    /// Everything that is wrong.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// What is wrong, in the order of the parts; empty when nothing is.
        public var faults: [Fault]

        /// Makes the reply.
        public init(faults: [Fault]) { self.faults = faults }

        enum CodingKeys: Int, CodingKey { case faults = 1 }
    }

    /// What is wrong with a part.
    @Message
    public struct Fault: Codable, Hashable, Sendable {
        /// The part, by its name in public documents: `email`, `first_name`, `last_name`, `password`.
        public var part: String
        /// What is wrong, to follow the part's name; never the value.
        public var reason: String

        /// Makes a fault.
        public init(part: String, reason: String) {
            self.part = part
            self.reason = reason
        }

        enum CodingKeys: Int, CodingKey {
            case part = 1
            case reason = 2
        }
    }

    /// Makes the request.
    public init(
        email: String? = nil, firstName: String? = nil, lastName: String? = nil,
        password: String? = nil
    ) {
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.password = password
    }

    enum CodingKeys: Int, CodingKey {
        case email = 1
        case firstName = 2
        case lastName = 3
        case password = 4
    }
}
