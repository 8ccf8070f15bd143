/// What coding may use to be fast; the result is the same with and without.
package struct CodingMeans: Hashable, Sendable {
    /// Whether containers are kept from call to call.
    var keepsContainers = true
    /// Whether types that code themselves do so, rather than through `Codable`.
    var usesDirectCoding = true

    /// Everything.
    package static var all: Self { Self() }
    /// No container is used twice.
    package static var freshContainers: Self { Self(keepsContainers: false) }
    /// Every type goes through `Codable`.
    package static var codableOnly: Self { Self(usesDirectCoding: false) }
}
