import ContractsDomain
import Testing

@Suite("Templates of e-mails")
struct MailTemplateTests {
    @Test("every kind has words that name only what it has", arguments: MailKind.allCases)
    func standard(kind: MailKind) {
        #expect(kind.standard.faults(as: kind).isEmpty)
        let filled = kind.standard.filled(["contract_name": "Acme"])
        for part in [filled.subject, filled.text, filled.html] {
            #expect(part.contains("Acme"))
            #expect(!part.contains("{{"))
        }
    }

    @Test("what is put into HTML is text, whatever it says; text stays as it is")
    func escaping() {
        let template = MailTemplate(
            subject: "{{contract_name}}", text: "{{contract_name}}",
            html: "<a title='{{contract_name}}'>{{contract_name}}</a>")
        let name = "</a><script>\"&'{{link}}"
        let filled = template.filled(["contract_name": name, "link": "x"])
        #expect(filled.subject == name)
        #expect(filled.text == name, "what is put in is not filled again")
        let escaped = "&lt;/a&gt;&lt;script&gt;&quot;&amp;&#39;{{link}}"
        #expect(filled.html == "<a title='\(escaped)'>\(escaped)</a>")
    }

    @Test(
        "braces that name nothing known are refused, braces that are never closed are words",
        arguments: [
            ("{{link}}", 0), ("{{password}}", 1), ("{{}}", 1), ("{{ link }}", 1), ("{{link", 0),
            ("}}{{link}}{{", 0), ("{{a}}{{b}}", 2),
        ])
    func faults(text: String, count: Int) {
        let template = MailTemplate(subject: "s", text: text, html: "h")
        let faults = template.faults(as: .invite)
        #expect(faults.count == count)
        #expect(faults.allSatisfy { $0.part == "text" })
    }
}
