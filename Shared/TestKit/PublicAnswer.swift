public import HTTP2
public import JSONAPI

/// What a service's public listener answered.
public struct PublicAnswer: Sendable {
    /// The status of the response.
    public let status: Int

    /// The response's fields.
    public let fields: HTTP2Fields

    /// The response's body, read as UTF-8.
    public let text: String

    /// Makes the answer of a response that has ended.
    public init(_ response: HTTP2ClientResponse) {
        self.status = response.status
        self.fields = response.fields
        self.text = String(decoding: response.body, as: UTF8.self)
    }

    /// The body's document; null when it is none.
    public var json: JSON { (try? JSON(parsing: self.text)) ?? .null }

    /// The id of the document's one resource; empty when there is none.
    public var id: String { self.json["data"]?["id"]?.string ?? "" }

    /// The attributes of the document's one resource; null when there are none.
    public var attributes: JSON { self.json["data"]?["attributes"] ?? .null }

    /// The codes of a document of errors, each with what it blames.
    public var errors: [String] {
        (self.json["errors"]?.array ?? []).map { error in
            let source = error["source"]
            let blamed =
                source?["pointer"]?.string ?? source?["parameter"]?.string
                ?? source?["header"]?.string
            return [error["code"]?.string ?? "?", blamed].compactMap(\.self).joined(separator: " ")
        }
    }
}
