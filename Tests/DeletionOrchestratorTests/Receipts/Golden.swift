/// Bytes that must not change by accident; computed once more by Python's `json`, `hashlib`, `hmac`
/// and `cryptography` when they were written down.
enum Golden {
    static let receipt = #"""
        {"contract":"5f0c1a2b3c4d5e6f70819202","deletion":"5f0c1a2b3c4d5e6f70819204","epoch"\#
        :7,"issued_at":1700000000009,"kinds":[{"deleted":3,"found":3,"kind":"flows","remaini\#
        ng":0,"service":"flow-runtime"},{"deleted":1,"found":1,"kind":"users","remaining":0,\#
        "service":"identity"}],"not_erased":[{"what":"tombstone","why":"keeps late commands \#
        from bringing the contract back; ids only"},{"what":"audit","why":"proves who decide\#
        d what; ids only"},{"what":"receipt","why":"proves the deletion; no personal data"}]\#
        ,"plan_version":3,"previous":"ababababababababababababababababababababababababababab\#
        ababababab","public_key":"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b4\#
        0f6f5c","requested_at":1699999998000,"requested_by":"890c5cd0b971ddab0e136a7c1123bd2\#
        49c474640a96154bde30d7a1143e6445b","tenant":"5f0c1a2b3c4d5e6f70819203","times":{"acc\#
        epted":1700000000000,"fenced":1700000000001},"type":"covenant-deletion-receipt","use\#
        rs_removed":["81cdae18e6c5f91c60ca92804996c5facbaad84a08d65c7868c38f373a69e533"],"ve\#
        rsion":1,"workers":{"attested_at":1700000000005,"instance_fence":4,"method":"cgroup"\#
        ,"remaining":0,"stopped":2}}
        """#
    static let receiptDigest =
        "5e98cf13474a333d562c5f93db9d11fac6a1e40ea0d72d84bad4ace9b32126a5"
    static let receiptSignature =
        "04e75253d0c644b8eb203f2415ceae15841b358b8133541922df385bf1bc1982"
        + "73fbfe0bcf06340d7e6112d67a5c1d84c350525c4e3910f3695c8dac7dbf3806"
}
