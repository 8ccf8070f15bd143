/// What is wrong with one member of a request.
package struct MemberFault: Error, Hashable, Sendable {
    /// Where it is in the request's document (RFC 6901).
    package var pointer: String
    /// What is wrong, to follow the member's name; never the value.
    package var reason: String

    /// Makes a fault.
    package init(_ pointer: String, _ reason: String) {
        self.pointer = pointer
        self.reason = reason
    }
}
