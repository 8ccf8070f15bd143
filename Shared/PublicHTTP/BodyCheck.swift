import HTTP2
import JSONAPI

/// Holds a request's body against what its route declares.
enum BodyCheck {
    /// A body and what is wrong with its shape.
    struct Checked {
        /// The body as JSON, where the route takes JSON and there is one.
        var json: JSON?
        /// Where it is not what the route declares.
        var faults: APIErrors?
    }

    /// Reads the body and holds it against the route's schema.
    ///
    /// - Throws: `APIError` 413, 415, or 400 for what is no JSON.
    static func run(
        _ request: EdgeRequest, _ route: Route, bytesMax: Int
    ) throws(APIError) -> Checked {
        guard request.body.count <= bytesMax else { throw Refusal.bodyTooLarge(bytesMax) }
        switch route.body {
        case .bytes: return Checked()
        case .none:
            guard request.body.isEmpty else { throw Refusal.unexpectedBody }
            return Checked()
        case .optionalJSON(let schema):
            return request.body.isEmpty ? Checked() : try self.parse(request, schema)
        case .json(let schema):
            guard !request.body.isEmpty else { throw Refusal.missingBody }
            return try self.parse(request, schema)
        }
    }

    private static func parse(
        _ request: EdgeRequest, _ schema: Schema
    ) throws(APIError) -> Checked {
        if let coding = request.fields.first("content-encoding"), coding != "identity" {
            throw Refusal.unsupportedEncoding
        }
        let type = request.fields.first("content-type")
        guard let range = type.flatMap({ MediaRange($0[...]) }), range.isJSON else {
            throw Refusal.unsupportedMediaType(type)
        }
        let json: JSON
        do {
            json = try JSON(parsing: request.body)
        } catch {
            throw APIError(
                400, "malformed_json", "The body is not JSON: \(error).", source: .pointer(""),
                meta: ["offset": .integer(error.offset)])
        }
        return Checked(json: json, faults: APIErrors(schema.faults(of: json)))
    }
}
