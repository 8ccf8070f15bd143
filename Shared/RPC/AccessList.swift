/// Which peers may call which methods; whatever is not listed is refused.
///
/// Read from the service's configuration. Health and reflection are open to every peer that can
/// reach the listener: they say nothing about customers.
public struct AccessList: Sendable {
    private let allowed: [String: Set<PeerName>]
    private let isOpen: Bool

    /// Makes a list from method name to the peers that may call it.
    public init(_ allowed: [String: Set<PeerName>]) {
        self.allowed = allowed
        self.isOpen = false
    }

    private init(isOpen: Bool) {
        self.allowed = [:]
        self.isOpen = isOpen
    }

    /// Lets every peer call every method, proven or not: for tests and benchmarks in one process.
    public static let everyone = AccessList(isOpen: true)

    /// The method names the list speaks of.
    public var methodNames: Set<String> { Set(self.allowed.keys) }

    /// Who may call a method.
    func callers(of method: RPCMethodDeclaration) -> Callers {
        if self.isOpen || Self.publicServices.contains(method.service) { return .everyone }
        return .listed(Array(self.allowed[method.name] ?? []))
    }

    /// Who may call one method; looked up once, when the router is made.
    enum Callers: Sendable {
        /// Every peer, proven or not.
        case everyone
        /// These, and nobody else.
        case listed([PeerName])

        /// Whether it is one of them.
        @inline(__always)
        func include(_ caller: PeerName?) -> Bool {
            switch self {
            case .everyone: return true
            case .listed(let peers):
                guard let caller else { return false }
                return peers.contains(caller)
            }
        }
    }

    /// The services everyone may ask.
    static let publicServices: Set<String> = [Health.name, Reflection.name]
}
