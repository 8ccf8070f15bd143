import CBOR
import CommandLineDomain
import JSONAPI
import Testing

@Suite("JSON becomes the message that a shape describes")
struct MessageReaderTests {
    static let reader = MessageReader(Order.shapes)

    static let nothing = JSON.object(JSONObject())
    static let cash: JSON = ["cash": nothing]

    /// An order with these members instead of, or beside, what it needs.
    static func order(_ changes: JSONObject) -> JSON {
        var object = JSONObject([
            ("id", "5b87aded2dfb980011537690"), ("lines", .array([])),
            ("payment", cash),
        ])
        for member in changes.members { object[member.name] = member.value }
        return .object(object)
    }

    static let least: [CBORValue: CBORValue] = [
        1: "5b87aded2dfb980011537690", 2: [], 3: ["cash": [:]],
    ]

    static func least(_ changes: [CBORValue: CBORValue]) -> CBORValue {
        .map(Self.least.merging(changes) { _, changed in changed })
    }

    struct Reading: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let changes: JSONObject
        let value: [CBORValue: CBORValue]

        init(_ name: String, _ changes: JSONObject, _ value: [CBORValue: CBORValue]) {
            self.testDescription = name
            self.changes = changes
            self.value = value
        }
    }

    static let readings: [Reading] = [
        Reading("what is needed", [:], [:]),
        Reading(
            "records in lists, by text keys", ["lines": [["count": -128, "sku": "a"]]],
            [2: [["sku": "a", "count": -128]]]),
        Reading(
            "a case with fields", ["payment": ["card": ["digits": "42", "year": 65535]]],
            [3: ["card": ["digits": "42", "year": 65535]]]),
        Reading("a word", ["urgency": "high"], [4: "high"]),
        Reading("a number by its name", ["state": "closed"], [5: 7]),
        Reading("a number by itself", ["state": 0], [5: 0]),
        Reading("bytes", ["photo": "AAEC/w=="], [6: .bytes([0, 1, 2, 255])]),
        Reading("no bytes", ["photo": ""], [6: .bytes([])]),
        Reading("a fraction", ["ratio": 0.5], [7: 0.5]),
        Reading("a whole number for a fraction", ["ratio": 3], [7: 3.0]),
        Reading("infinity", ["ratio": "-Infinity"], [7: .double(-.infinity)]),
        Reading("a Boolean", ["isGift": true], [8: true]),
        Reading(
            "a map with nulls", ["labels": ["a": "x", "b": .null]], [9: ["a": "x", "b": nil]]),
        Reading("a map with numbers for keys", ["shelves": ["-3": "x"]], [10: [-3: "x"]]),
        Reading(
            "anything", ["extra": ["a": [1, -2, 1.5, "t", true, .null]]],
            [11: ["a": [1, -2, 1.5, "t", true, nil]]]),
        Reading("null leaves out an optional field", ["urgency": .null], [:]),
        Reading("a type within itself", ["replaces": order([:])], [12: .map(least)]),
        Reading("the largest number", ["big": "18446744073709551615"], [13: .unsigned(.max)]),
        Reading("a number in quotation marks", ["big": "5"], [13: 5]),
    ]

    @Test("each form, and back", arguments: Self.readings)
    func reads(_ reading: Reading) throws {
        let json = Self.order(reading.changes)
        let value = try Self.reader.read(json, as: Order.shape)
        #expect(value == Self.least(reading.value))
        let written = try MessageWriter(Order.shapes).write(value, as: Order.shape)
        #expect(try Self.reader.read(written, as: Order.shape) == value)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let json: JSON
        let mismatch: String
        var testDescription: String { self.mismatch }

        init(_ changes: JSONObject, _ mismatch: String) {
            self.json = order(changes)
            self.mismatch = mismatch
        }

        init(whole json: JSON, _ mismatch: String) {
            self.json = json
            self.mismatch = mismatch
        }
    }

    static let refusals: [Refusal] = [
        Refusal(whole: [], "an array is not an object (Order)"),
        Refusal(
            whole: ["id": "5b87aded2dfb980011537690", "lines": []],
            "/payment: required by Order and missing"),
        Refusal(
            ["Urgency": "high"],
            "/Urgency: unknown field: Order has id, lines, payment, urgency, state, photo, ratio, "
                + "isGift, labels, shelves, extra, replaces, big"),
        Refusal(
            ["id": "xyz"], "/id: \"xyz\" is not OrderID, which is text like [0-9a-f]{24}"),
        Refusal(["id": .null], "/id: null is not a string"),
        Refusal(["lines": "a"], "/lines: \"a\" is not an array"),
        Refusal(
            ["lines": [["sku": "a", "count": 128]]],
            "/lines/0/count: 128 is not a whole number from -128 to 127"),
        Refusal(
            ["lines": [["sku": "a", "count": 1.5]]],
            "/lines/0/count: 1.5 is not a whole number from -128 to 127"),
        Refusal(
            ["lines": [["sku": "a"]]], "/lines/0/count: required by Line and missing"),
        Refusal(
            ["payment": "cash"],
            "/payment: \"cash\" is not an object with one member, one of cash, card (Payment)"),
        Refusal(
            ["payment": ["cash": nothing, "card": nothing]],
            "/payment: an object is not an object with one member, one of cash, card (Payment)"),
        Refusal(
            ["payment": ["gold": [:]]],
            "/payment/gold: unknown case: Payment is one of cash, card"),
        Refusal(
            ["payment": ["cash": ["a": 1]]],
            "/payment/cash/a: unknown field: Payment.cash has no fields"),
        Refusal(
            ["payment": ["card": ["digits": "1", "year": -1]]],
            "/payment/card/year: -1 is not a whole number from 0 to 65535"),
        Refusal(["urgency": "HIGH"], "/urgency: \"HIGH\" is not one of low, high (Urgency)"),
        Refusal(["state": 3], "/state: 3 is not one of open, closed (State)"),
        Refusal(
            ["photo": "AAE"],
            "/photo: \"AAE\" is not a string of base64 (RFC 4648, padded)"),
        Refusal(
            ["ratio": "much"],
            "/ratio: \"much\" is not a number, \"NaN\", \"Infinity\" or \"-Infinity\""),
        Refusal(
            ["ratio": 9_007_199_254_740_993],
            "/ratio: 9007199254740993 is not a number that a double holds exactly"),
        Refusal(["isGift": 1], "/isGift: 1 is not true or false"),
        Refusal(["labels": ["a/b": 1]], "/labels/a~1b: 1 is not a string"),
        Refusal(
            ["shelves": ["x": "y"]],
            "/shelves/x: \"x\" is not a whole number from -9223372036854775808 to "
                + "9223372036854775807"),
        Refusal(["shelves": ["1": "x", "01": "y"]], "/shelves/01: the key comes twice"),
        Refusal(
            ["big": -1],
            "/big: -1 is not a whole number from 0 to 18446744073709551615 (in quotation marks "
                + "above 9223372036854775807)"),
        Refusal(
            ["big": 18_446_744_073_709_551_615.0],
            "/big: 1.8446744073709552e+19 is not a whole number from 0 to 18446744073709551615 "
                + "(in quotation marks above 9223372036854775807)"),
        Refusal(
            ["replaces": ["id": 1]], "/replaces/id: 1 is not a string"),
    ]

    @Test("what does not fit is named with its place", arguments: Self.refusals)
    func refuses(_ refusal: Refusal) {
        let error = #expect(throws: ShapeMismatch.self) {
            try Self.reader.read(refusal.json, as: Order.shape)
        }
        #expect(error?.description == refusal.mismatch)
    }

    @Test(
        "a description that says too little, or goes in a circle, is an error",
        arguments: [
            ("Lost", "/what: the service does not describe the type Nowhere"),
            ("Loop", "the service describes the type Loop by itself"),
        ])
    func badDescriptions(name: String, mismatch: String) {
        let error = #expect(throws: ShapeMismatch.self) {
            try Self.reader.read(["what": 1], as: .named(name))
        }
        #expect(error?.description == mismatch)
    }
}
