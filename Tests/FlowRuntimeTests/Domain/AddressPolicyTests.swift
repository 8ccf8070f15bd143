import FlowRuntimeDomain
import Testing

@Suite("Where steps may connect to")
struct AddressPolicyTests {
    @Test(
        "addresses of the public Internet may be reached",
        arguments: [
            "1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.0", "100.63.255.255", "192.0.3.1",
            "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
            "64:ff9b::808:808", "2002:808:808::1",
        ])
    func permits(text: String) throws {
        #expect(AddressPolicy().permits(try #require(IPAddress(text))))
    }

    @Test(
        "loopback, link-local, private and other special addresses may not, however written",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
            "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1", "224.0.0.1",
            "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
            "::ffff:7f00:1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
            "2001:db8::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "100::1",
        ])
    func refuses(text: String) throws {
        #expect(!AddressPolicy().permits(try #require(IPAddress(text))))
    }

    @Test("what the operator allows may be reached, and no more")
    func allows() throws {
        let allowed = ["10.20.0.0/16", "fd00:1::/32", "127.0.0.1"].compactMap(IPNetwork.init)
        #expect(allowed.count == 3)
        let policy = AddressPolicy(allowing: allowed)
        for text in ["10.20.255.1", "::ffff:10.20.0.1", "fd00:1:2::3", "127.0.0.1"] {
            #expect(policy.permits(try #require(IPAddress(text))), "\(text)")
        }
        for text in ["10.21.0.1", "fd00:2::1", "127.0.0.2", "::1"] {
            #expect(!policy.permits(try #require(IPAddress(text))), "\(text)")
        }
    }

    @Test(
        "what is no block of addresses is not taken for one",
        arguments: [
            "", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/-1", "::/129", "10.0.0/8", "a/8", "1.2.3.4/",
            "fe80::1%lo", "0x7f000001", "127.1",
        ])
    func misreads(text: String) { #expect(IPNetwork(text) == nil) }
}
