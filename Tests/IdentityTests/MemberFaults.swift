import IdentityDomain

/// The places of what is wrong, in their order; empty when nothing is refused for its members.
func faultyPlaces<Value>(_ body: () throws -> Value) -> [String] {
    do {
        _ = try body()
        return []
    } catch let refusal as IdentityRefusal {
        guard case .invalid(let faults) = refusal else { return [] }
        return faults.map(\.pointer)
    } catch {
        return []
    }
}
