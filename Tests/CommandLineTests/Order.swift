import CBOR
import CommandLineDomain

/// Shapes that use everything a description can say.
enum Order {
    static let types: [CBORTypeShape] = [
        CBORTypeShape(
            name: "Order",
            body: .record([
                field(1, "id", .named("OrderID")),
                field(2, "lines", .array(.named("Line"))),
                field(3, "payment", .named("Payment")),
                field(4, "urgency", .named("Urgency"), isOptional: true),
                field(5, "state", .named("State"), isOptional: true),
                field(6, "photo", .bytes, isOptional: true),
                field(7, "ratio", .float(bits: 64), isOptional: true),
                field(8, "isGift", .bool, isOptional: true),
                field(9, "labels", .map(key: .text, value: .optional(.text)), isOptional: true),
                field(10, "shelves", .map(key: .integer(bits: 64), value: .text), isOptional: true),
                field(11, "extra", .any, isOptional: true),
                field(12, "replaces", .named("Order"), isOptional: true),
                field(13, "big", .unsigned(bits: 64), isOptional: true),
            ])),
        CBORTypeShape(name: "OrderID", body: .alias(.text, pattern: "[0-9a-f]{24}")),
        CBORTypeShape(
            name: "Line",
            body: .record([
                .init(key: .text("sku"), name: "sku", shape: .text),
                .init(key: .text("count"), name: "count", shape: .integer(bits: 8)),
            ])),
        CBORTypeShape(
            name: "Payment",
            body: .choice([
                .init(name: "cash"),
                .init(
                    name: "card",
                    fields: [text("digits", .text), text("year", .unsigned(bits: 16))]),
            ])),
        CBORTypeShape(name: "Urgency", body: .words(["low", "high"])),
        CBORTypeShape(
            name: "State",
            body: .numbers([.init(name: "open", value: 0), .init(name: "closed", value: 7)])),
        CBORTypeShape(name: "Loop", body: .alias(.named("Loop"), pattern: "")),
        CBORTypeShape(name: "Chain", body: .record([field(1, "next", .named("Chain"))])),
        CBORTypeShape(name: "Lost", body: .record([field(1, "what", .named("Nowhere"))])),
    ]

    static let shapes = MessageShapes(Self.types)
    static let shape = CBORShape.named("Order")

    private static func field(
        _ key: Int, _ name: String, _ shape: CBORShape, isOptional: Bool = false
    ) -> CBORTypeShape.Field {
        .init(key: .integer(key), name: name, shape: shape, isOptional: isOptional)
    }

    private static func text(_ name: String, _ shape: CBORShape) -> CBORTypeShape.Field {
        .init(key: .text(name), name: name, shape: shape)
    }
}
