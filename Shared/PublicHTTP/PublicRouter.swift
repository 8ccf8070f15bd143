import JSONAPI

/// Finds the operation of a method and path.
///
/// Literal segments win over holes (`/v2/users/me` over `/v2/users/{user_id}`). A slash at the end
/// is ignored. Made once, at start.
struct PublicRouter: Sendable {
    /// What a path and method name.
    enum Match {
        /// This operation, with what fills the holes.
        case found(index: Int, parameters: [String])
        /// The path is known, the method is not; the methods that are.
        case wrongMethod(allowed: [String])
        /// The path is not known.
        case unknownPath
        /// The path cannot be read.
        case malformedPath
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var hole: Int?
        var operations: [(method: Route.Method, index: Int)] = []
    }

    let entries: [PublicRoutes.Entry]
    private var nodes = [Node()]

    /// Makes a router.
    ///
    /// - Throws: ``PublicRouterError`` when two operations share method and path, or a name.
    init(_ routes: PublicRoutes) throws(PublicRouterError) {
        self.entries = routes.entries
        var names: Set<String> = []
        for (index, entry) in routes.entries.enumerated() {
            let route = entry.route
            guard names.insert(route.id).inserted else {
                throw PublicRouterError(description: "two operations are named \(route.id)")
            }
            let node = self.insert(route.path)
            guard !self.nodes[node].operations.contains(where: { $0.method == route.method })
            else {
                throw PublicRouterError(
                    description: "\(route.method.rawValue) \(route.path.text) is routed twice")
            }
            self.nodes[node].operations.append((route.method, index))
        }
    }

    private mutating func insert(_ template: PathTemplate) -> Int {
        var node = 0
        for segment in template.segments {
            let existing: Int?
            switch segment {
            case .literal(let text): existing = self.nodes[node].literals[text]
            case .parameter: existing = self.nodes[node].hole
            }
            if let existing {
                node = existing
                continue
            }
            self.nodes.append(Node())
            let next = self.nodes.count - 1
            switch segment {
            case .literal(let text): self.nodes[node].literals[text] = next
            case .parameter: self.nodes[node].hole = next
            }
            node = next
        }
        return node
    }

    /// Finds the operation; the path is as sent, without its query.
    func match(method: String, path: String) -> Match {
        guard let segments = PathSegments.read(path) else { return .malformedPath }
        guard segments.count <= FixedPublicLimits.pathSegmentsMax else { return .unknownPath }
        var parameters: [String] = []
        var allowed: [Route.Method] = []
        let found = self.find(
            method == "HEAD" ? "GET" : method, segments[...], from: 0, &parameters, &allowed)
        if let found { return .found(index: found, parameters: parameters) }
        if allowed.isEmpty { return .unknownPath }
        var names = Set(allowed.map(\.rawValue))
        if names.contains("GET") { names.insert("HEAD") }
        return .wrongMethod(allowed: names.sorted())
    }

    /// Tries the literal branch, then the hole; gathers methods where the path fits but not they.
    private func find(
        _ method: String, _ segments: ArraySlice<String>, from node: Int,
        _ parameters: inout [String], _ allowed: inout [Route.Method]
    ) -> Int? {
        guard let segment = segments.first else {
            for operation in self.nodes[node].operations {
                if operation.method.rawValue == method { return operation.index }
                allowed.append(operation.method)
            }
            return nil
        }
        let rest = segments.dropFirst()
        if let next = self.nodes[node].literals[segment],
            let found = self.find(method, rest, from: next, &parameters, &allowed)
        {
            return found
        }
        guard let next = self.nodes[node].hole else { return nil }
        parameters.append(segment)
        if let found = self.find(method, rest, from: next, &parameters, &allowed) { return found }
        parameters.removeLast()
        return nil
    }
}

/// Public operations that cannot be served together; found at start.
public struct PublicRouterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let description: String
}

/// Reads the segments of a path.
enum PathSegments {
    /// The decoded segments, without the empty one after a slash at the end.
    ///
    /// `nil` for what no client sends in earnest: no slash at the start, a fragment, bad
    /// encoding, an encoded slash, `.` and `..`, control characters.
    static func read(_ path: String) -> [String]? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        var segments: [String] = []
        segments.reserveCapacity(parts.count)
        for part in parts {
            guard let segment = PercentCoding.decode(part), self.isHarmless(segment) else {
                return nil
            }
            segments.append(segment)
        }
        return segments
    }

    private static func isHarmless(_ segment: String) -> Bool {
        segment != "." && segment != ".."
            && segment.utf8.allSatisfy {
                $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "#")
                    && $0 != UInt8(ascii: "\\")
            }
    }
}
