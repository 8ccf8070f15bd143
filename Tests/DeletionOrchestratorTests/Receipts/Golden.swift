/// Bytes that must not change by accident; computed once more by Python's `json`, `hashlib`, `hmac`
/// and `cryptography` when they were written down.
enum Golden {
    static let receipt = #"""
        {"contract":"5f0c1a2b3c4d5e6f70819202","deletion":"5f0c1a2b3c4d5e6f70819204","epoch"\#
        :7,"issued_at":"2023-11-14T22:13:20.009Z","kinds":[{"deleted":3,"found":3,"kind":"fl\#
        ows","remaining":0,"service":"flow-runtime"},{"deleted":1,"found":1,"kind":"users","\#
        remaining":0,"service":"identity"}],"not_erased":[{"what":"tombstone","why":"keeps l\#
        ate commands from bringing the contract back; ids only"},{"what":"audit","why":"prov\#
        es who decided what; ids only"},{"what":"receipt","why":"proves the deletion; no per\#
        sonal data"}],"plan_version":3,"previous":"ababababababababababababababababababababa\#
        bababababababababababab","public_key":"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d941\#
        21bf3748801b40f6f5c","requested_at":"2023-11-14T22:13:18.000Z","requested_by":"890c5\#
        cd0b971ddab0e136a7c1123bd249c474640a96154bde30d7a1143e6445b","tenant":"5f0c1a2b3c4d5\#
        e6f70819203","times":{"accepted":"2023-11-14T22:13:20.000Z","fenced":"2023-11-14T22:\#
        13:20.001Z"},"type":"covenant-deletion-receipt","users_removed":["81cdae18e6c5f91c60\#
        ca92804996c5facbaad84a08d65c7868c38f373a69e533"],"version":1,"workers":{"attested_at\#
        ":"2023-11-14T22:13:20.005Z","instance_fence":4,"method":"cgroup","remaining":0,"sto\#
        pped":2}}
        """#
    static let receiptDigest =
        "0c707c70edf41559b80bc5bf6906582525503d9a2aefa679457e11448755ca60"
    static let receiptSignature =
        "c1cac8c1b51ee7674a99780b4f5b7e3376c2d8c015e06ff0772e13661b539404"
        + "f95875d0f280a597568f42c981fa775447d5741f08a630ddf3959e7e6a560704"
}
