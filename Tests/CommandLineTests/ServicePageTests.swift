import CBOR
import CommandLineDomain
import JSONAPI
import RPC
import Testing

@Suite("A description is readable, and its example can be sent")
struct ServicePageTests {
    @Test("an example fills every field in, and fits the shape")
    func example() throws {
        let example = try ExampleMessage(Order.shapes).json(of: Order.shape)
        #expect(
            example.text
                == #"{"id":"5b87aded2dfb980011537690","lines":[{"sku":"text","count":1}],"#
                + #""payment":{"cash":{}},"urgency":"low","state":"open","photo":"AAEC","#
                + #""ratio":1.5,"isGift":true,"labels":{"text":"text"},"shelves":{"1":"text"},"#
                + #""extra":{},"big":1}"#)
        _ = try MessageReader(Order.shapes).read(example, as: Order.shape)
    }

    @Test("a type that always holds itself has no example")
    func endless() {
        let error = #expect(throws: ShapeMismatch.self) {
            try ExampleMessage(Order.shapes).json(of: .named("Chain"))
        }
        #expect(error?.description == "/next: Chain always holds itself")
    }

    @Test("the types of a message are listed once each, in the order one meets them")
    func types() {
        let names = Order.shapes.types(within: [Order.shape, .named("Line")]).map(\.name)
        #expect(names == ["Order", "OrderID", "Line", "Payment", "Urgency", "State"])
    }

    static let page: ServicePage = {
        let method = Health.methods.filter { $0.name == "Check" }.map {
            RPCMethodShape(method: $0, request: .named("Line"), reply: .named("Payment"))
        }
        return ServicePage(method, types: Order.types)
    }()

    @Test("as text")
    func text() {
        #expect(
            Self.page.lines == [
                "health.v1/Check  unary, safe",
                "  request  Line",
                "  reply    Payment",
                #"  example  {"sku":"text","count":1}"#,
                "",
                "Line: an object",
                "  sku    text",
                "  count  int8",
                "",
                "Payment: an object with one of these members",
                "  cash  {}",
                "  card",
                "    digits  text",
                "    year    uint16",
            ])
    }

    @Test("as JSON")
    func json() {
        #expect(
            Self.page.json["methods"] == [
                [
                    "service": "health.v1", "method": "Check", "kind": "unary",
                    "repetition": "safe", "request": "Line", "reply": "Payment",
                    "example": ["sku": "text", "count": 1],
                ]
            ])
        #expect(
            Self.page.json["types"]?.array?.first == [
                "name": "Line",
                "fields": [
                    ["name": "sku", "key": "sku", "shape": "text", "optional": false],
                    ["name": "count", "key": "count", "shape": "int8", "optional": false],
                ],
            ])
    }

    @Test(
        "a method is named as SERVICE/METHOD",
        arguments: [
            ("a.v1/B", "a.v1", "B"), ("a.v1", "a.v1", nil), ("", nil, nil), ("a/", nil, nil),
            ("/a", nil, nil), ("a/b/c", nil, nil),
        ] as [(String, String?, String?)])
    func names(text: String, service: String?, method: String?) {
        #expect(MethodName(text)?.service == service)
        #expect(MethodName(text)?.method == method)
    }
}
