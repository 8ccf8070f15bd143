import CBOR

/// The measured record, with generated coding: eight fields, about 250 bytes.
@Message
struct Order: Codable, Equatable, Sendable {
    var id: String
    var title: String
    var note: String?
    var count: Int
    var created: Int64
    var isOpen: Bool
    var weight: Double
    var lines: [Line]

    enum CodingKeys: Int, CodingKey {
        case id = 1
        case title = 2
        case note = 3
        case count = 4
        case created = 5
        case isOpen = 6
        case weight = 7
        case lines = 8
    }

    @Message
    struct Line: Codable, Equatable, Sendable {
        var name: String
        var quantity: Int
        var price: Int

        enum CodingKeys: Int, CodingKey {
            case name = 1
            case quantity = 2
            case price = 3
        }
    }
}

/// The same record through `Codable` only.
struct CodableOrder: Codable, Equatable, Sendable {
    var id: String
    var title: String
    var note: String?
    var count: Int
    var created: Int64
    var isOpen: Bool
    var weight: Double
    var lines: [Line]

    enum CodingKeys: Int, CodingKey {
        case id = 1
        case title = 2
        case note = 3
        case count = 4
        case created = 5
        case isOpen = 6
        case weight = 7
        case lines = 8
    }

    struct Line: Codable, Equatable, Sendable {
        var name: String
        var quantity: Int
        var price: Int

        enum CodingKeys: Int, CodingKey {
            case name = 1
            case quantity = 2
            case price = 3
        }
    }
}

/// What is in the record, whichever type it has.
enum Sample {
    static let id = "5f2b9c1e7a3d4f6b8c0e1a2d"
    static let title = "A consignment of brass fittings and valves"
    static let note = "leave at the gate, ring twice"
    static let count = 1_234
    static let created: Int64 = 1_753_190_000_123
    static let weight = 27.518
    static let lines = [
        ("brass elbow 15 mm", 120, 349), ("compression tee 22 mm", 40, 1_205),
        ("gate valve, full bore", 12, 2_450), ("olive, copper, pack of 10", 300, 95),
    ]
}

extension Order {
    static let sample = Order(
        id: Sample.id, title: Sample.title, note: Sample.note, count: Sample.count,
        created: Sample.created, isOpen: true, weight: Sample.weight,
        lines: Sample.lines.map { Line(name: $0.0, quantity: $0.1, price: $0.2) })
}

extension CodableOrder {
    static let sample = CodableOrder(
        id: Sample.id, title: Sample.title, note: Sample.note, count: Sample.count,
        created: Sample.created, isOpen: true, weight: Sample.weight,
        lines: Sample.lines.map { Line(name: $0.0, quantity: $0.1, price: $0.2) })
}
