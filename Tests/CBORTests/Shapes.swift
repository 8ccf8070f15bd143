import CBOR

/// A message with integer keys, of which one is optional.
struct Order: Codable, Equatable, Sendable {
    struct Line: Codable, Equatable, Sendable {
        var sku: String
        var count: Int

        enum CodingKeys: Int, CodingKey {
            case sku = 1
            case count = 2
        }
    }

    var name: String
    var note: String?
    var lines: [Line]

    enum CodingKeys: Int, CodingKey {
        case name = 1
        case note = 2
        case lines = 300
    }
}

/// A message whose properties are not declared in the order of their keys.
struct Profile: Codable, Equatable, Sendable {
    var surname = "Lovelace"
    var id = 7
    var admin = true
    var ratio = 0.5
    var photo: [UInt8] = [1, 2, 3]
    var nickname: String?
    var tags = ["x", "yy"]
    var inner = Inner()

    struct Inner: Codable, Equatable, Sendable {
        var zz = 1
        var a = 2
    }
}

/// An enum with payloads, as the compiler codes it.
enum Outcome: Codable, Equatable, Sendable {
    case idle
    case allowed(by: String)
    case denied(reason: String, code: Int)
    case pair(Int, [Outcome])
}

/// Raw values.
enum Colour: String, Codable, Sendable { case red, green }

/// A class hierarchy that uses super encoders.
class Animal: Codable {
    var name: String
    init(name: String) { self.name = name }
}

final class Dog: Animal {
    var tricks: Int

    init(name: String, tricks: Int) {
        self.tricks = tricks
        super.init(name: name)
    }

    enum CodingKeys: String, CodingKey { case tricks }

    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.tricks = try container.decode(Int.self, forKey: .tricks)
        try super.init(from: try container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.tricks, forKey: .tricks)
        try super.encode(to: container.superEncoder())
    }
}

/// A type that codes itself; text keys of one letter.
struct Point: Codable, Equatable, Sendable {
    var a: Int
    var label: String?
}

/// The same shape, coded by the compiler only.
struct PlainPoint: Codable, Equatable, Sendable {
    var a: Int
    var label: String?
}

extension Point: CBORCodable {
    func encode(into writer: inout CBORWriter) throws {
        writer.mapHead(self.label == nil ? 1 : 2)
        writer.string(literal: "a")
        writer.int(self.a)
        if let label = self.label {
            writer.string(literal: "label")
            writer.string(label)
        }
    }

    init(from reader: inout CBORReader) throws {
        var a: Int?
        var label: String?
        var map = try reader.mapHead()
        while let key = try reader.key(in: &map) {
            if key.isText("a") {
                a = try reader.int()
            } else if key.isText("label") {
                label = try reader.skipNull() ? nil : try reader.string()
            } else {
                try reader.skip()
            }
        }
        self.a = try reader.required(a, "a", in: map)
        self.label = label
    }
}

/// Directly coded values inside others.
struct Path<Step: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    var first: Step
    var rest: [Step]
    var named: [String: Step]
    var last: Step?
}

/// A directly coded type that holds one that is not.
struct Envelope: Codable, Equatable, Sendable {
    var body: Profile
    var points: [Point]

    enum CodingKeys: Int, CodingKey {
        case body = 1
        case points = 2
    }
}

extension Envelope: CBORCodable {
    func encode(into writer: inout CBORWriter) throws {
        writer.mapHead(2)
        writer.int(1)
        try writer.encode(self.body)
        writer.int(2)
        writer.arrayHead(self.points.count)
        for point in self.points { try point.encode(into: &writer) }
    }

    init(from reader: inout CBORReader) throws {
        var body: Profile?
        var points: [Point] = []
        var map = try reader.mapHead()
        while let key = try reader.key(in: &map) {
            switch key.intValue {
            case 1: body = try reader.decode(Profile.self)
            case 2:
                var array = try reader.arrayHead()
                while reader.element(in: &array) { points.append(try Point(from: &reader)) }
            default: try reader.skip()
            }
        }
        self.body = try reader.required(body, "body", in: map)
        self.points = points
    }
}
