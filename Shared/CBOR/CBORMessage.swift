/// A type that codes itself and says what it looks like: what may cross the wire.
///
/// `@Message` writes the conformance. The standard library's types that CBOR knows have it.
public protocol CBORMessage: CBORCodable, CBORShaped {}

/// Writes the `CBORMessage` conformance of a struct or an enum: direct coding, byte for byte what
/// `Codable` gives, and the shape.
///
/// For types whose `Codable` conformance the compiler writes; the fields are `CBORMessage`s in
/// turn. A struct's keys are those of its `CodingKeys` (numbers where that is an `Int` enum),
/// otherwise the names of its properties; an enum is a text, a number or `{"case": {"label": …}}`.
/// What cannot be coded is a compile-time error that names it.
///
/// ```swift
/// @Message
/// public struct Greeting: Codable, Hashable, Sendable {
///     public var name: String
///     public var title: String?
///
///     enum CodingKeys: Int, CodingKey {
///         case name = 1
///         case title = 2
///     }
/// }
/// ```
@attached(
    extension, conformances: CBORMessage, names: named(encode(into:)), named(init(from:)),
    named(cborShape(in:)))
@attached(member, names: named(MessageTypes))
public macro Message() = #externalMacro(module: "CBORMacros", type: "MessageMacro")
