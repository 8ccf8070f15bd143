import IdentityDomain
import JSONAPI
import PublicHTTP

/// What can be told of a body whose shape is wrong besides: what the parts that can be read say.
enum BodyMeaning {
    /// What is wrong with the parts of a body, as making a value of them tells it.
    ///
    /// - Parameters:
    ///   - fillsIn: whether `make` puts anything in the place of what cannot be read; what is wrong
    ///     with that is left out.
    ///   - make: makes the value of the attributes.
    static func check(
        fillsIn: Bool = true,
        _ make: @escaping @Sendable (JSON) throws(IdentityRefusal) -> Void
    ) -> PublicBodyCheck {
        { request in
            guard let attributes = request.json?["data"]?["attributes"] else { return [] }
            do throws(IdentityRefusal) {
                try make(attributes)
                return []
            } catch {
                return error.apiErrors.filter { !fillsIn || Self.isSaid($0, in: request.json) }
            }
        }
    }

    /// Whether what an error is about is in the body.
    private static func isSaid(_ error: APIError, in body: JSON?) -> Bool {
        guard case .pointer(let pointer)? = error.source else { return true }
        var place = body
        for part in pointer.split(separator: "/") {
            let name = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            if let elements = place?.array {
                place = Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            } else {
                place = place?[name]
            }
        }
        return place != nil
    }
}

extension JSON {
    /// The text of a member, or none where it is no text.
    func text(_ name: String) -> String { self[name]?.string ?? "" }
}
