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

    /// Whether `caller` may call `method`.
    public func allows(_ caller: PeerName?, toCall method: RPCMethodDeclaration) -> Bool {
        if self.isOpen || Self.publicServices.contains(method.service) { return true }
        guard let caller else { return false }
        return self.allowed[method.name]?.contains(caller) ?? false
    }

    /// The services everyone may ask.
    static let publicServices: Set<String> = [Health.name, Reflection.name]
}
