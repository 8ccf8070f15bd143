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
        /// What may come next; a node has few of them, so that comparing is quicker than hashing.
        var literals: [(bytes: [UInt8], node: Int)] = []
        var hole: Int?
        var operations: [(method: Route.Method, name: String, index: Int)] = []

        func next(after segment: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
            for literal in self.literals where literal.bytes.elementsEqual(segment) {
                return literal.node
            }
            return nil
        }
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
            self.nodes[node].operations.append((route.method, route.method.rawValue, index))
        }
    }

    private mutating func insert(_ template: PathTemplate) -> Int {
        var node = 0
        for segment in template.segments {
            let existing: Int?
            switch segment {
            case .literal(let text):
                existing = self.nodes[node].literals.first { $0.bytes == Array(text.utf8) }?.node
            case .parameter: existing = self.nodes[node].hole
            }
            if let existing {
                node = existing
                continue
            }
            self.nodes.append(Node())
            let next = self.nodes.count - 1
            switch segment {
            case .literal(let text):
                self.nodes[node].literals.append((Array(text.utf8), next))
            case .parameter: self.nodes[node].hole = next
            }
            node = next
        }
        return node
    }

    /// Finds the operation; the path is as sent, without its query.
    func match(method: String, path: String) -> Match {
        guard var path = PathSegments.decode(path) else { return .malformedPath }
        return path.withUTF8 { self.match(method == "HEAD" ? "GET" : method, $0) }
    }

    private func match(_ method: String, _ path: UnsafeBufferPointer<UInt8>) -> Match {
        var search = Search(method: method, path: path)
        guard search.segmentCount <= FixedPublicLimits.pathSegmentsMax else { return .unknownPath }
        if let found = self.find(&search, at: 0, from: 0) {
            return .found(
                index: found, parameters: search.holes.map { String(decoding: $0, as: UTF8.self) })
        }
        if search.allowed.isEmpty { return .unknownPath }
        var names = Set(search.allowed.map(\.rawValue))
        if names.contains("GET") { names.insert("HEAD") }
        return .wrongMethod(allowed: names.sorted())
    }

    private struct Search {
        let method: String
        let path: UnsafeBufferPointer<UInt8>
        /// Where the path ends, a slash at its end left out.
        let end: Int
        /// What fills the holes on the way.
        var holes: [Slice<UnsafeBufferPointer<UInt8>>] = []
        /// Methods of operations whose path fits.
        var allowed: [Route.Method] = []

        init(method: String, path: UnsafeBufferPointer<UInt8>) {
            self.method = method
            self.path = path
            self.end = path.last == UInt8(ascii: "/") ? path.count - 1 : path.count
        }

        var segmentCount: Int { self.path[..<self.end].count { $0 == UInt8(ascii: "/") } }

        /// The segment behind a slash.
        func segment(after slash: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
            let rest = self.path[(slash + 1)..<self.end]
            return rest.prefix { $0 != UInt8(ascii: "/") }
        }
    }

    /// Tries the literal branch, then the hole; gathers methods where the path fits but not they.
    private func find(_ search: inout Search, at slash: Int, from node: Int) -> Int? {
        guard slash < search.end else {
            for operation in self.nodes[node].operations {
                if operation.name == search.method { return operation.index }
                search.allowed.append(operation.method)
            }
            return nil
        }
        let segment = search.segment(after: slash)
        if let next = self.nodes[node].next(after: segment),
            let found = self.find(&search, at: segment.endIndex, from: next)
        {
            return found
        }
        guard let next = self.nodes[node].hole else { return nil }
        search.holes.append(segment)
        if let found = self.find(&search, at: segment.endIndex, from: next) { return found }
        search.holes.removeLast()
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
    /// The path with its segments decoded.
    ///
    /// `nil` for what no client sends in earnest: no slash at the start, a fragment, bad
    /// encoding, an encoded slash, `.` and `..`, control characters.
    static func decode(_ path: String) -> String? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        guard path.utf8.contains(UInt8(ascii: "%")) else {
            return self.areHarmless(path) ? path : nil
        }
        var decoded = ""
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = PercentCoding.decode(part),
                !segment.utf8.contains(UInt8(ascii: "/"))
            else { return nil }
            decoded += "/\(segment)"
        }
        return self.areHarmless(decoded) ? decoded : nil
    }

    private static func areHarmless(_ path: String) -> Bool {
        var path = path
        return path.withUTF8 { bytes in
            var start = 1
            for index in 1...bytes.count {
                guard index < bytes.count, bytes[index] != UInt8(ascii: "/") else {
                    let segment = bytes[start..<index]
                    if segment.count <= 2, !segment.isEmpty,
                        segment.allSatisfy({ $0 == UInt8(ascii: ".") })
                    {
                        return false
                    }
                    start = index + 1
                    continue
                }
                let byte = bytes[index]
                guard byte >= 0x20, byte != 0x7F, byte != UInt8(ascii: "#"),
                    byte != UInt8(ascii: "\\")
                else { return false }
            }
            return true
        }
    }
}
