/// Keys that `ssh-keygen` made; nobody has their private halves.
enum SSHKeySamples {
    /// `ssh-ed25519`
    static let ed25519 =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICuDr2EXD+rYxPQ0+EyZuPCGkAQpMLBG5ivFDDdR"
        + "plwc"

    /// `ssh-rsa`
    static let rsa2048 =
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDdQbWRh1Vxv07qUTfSfg2x1vCfm/KwsPYK3AAS"
        + "1TJ2elRiOpxJEmdhGWi3KM6vCm/ctyKrDbcqSOYhxboDzBfCg3rUnTH+dnbPHLQSd4Oyp9aS9uRM"
        + "2x2gKS8ekOvmJvI+pxhGH8kgJdffMobo+Y5zcDGaT4Is/BNsz/fwZz6bAPj/rVLkx7Ee7iH+efTI"
        + "AlCpfGHyCLoGM8kBbWTL5RtfguTxomud7eT0ssnFdNz3UMuSMqDgT5KbKJ6htTy+3dLuyNHA4D0e"
        + "zd0X50KI8kkje7XcmMcs+wX8QitZNj/z/BNJewJmtTlNJw660FmbRhxnefqS7mjDyq4WSl1JBKAP"

    /// `ssh-rsa`
    static let rsa1024 =
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC3LM4SNmZHDp/3X9uFsszOViTNzH7Zl5ivvW7u"
        + "F5m6HWS+1DMtJ9cO8ld8NXdbiDRXiurqjVX0vgd2whUkrV22nsTQr33IIdUBFgxcJVjSo515bY5W"
        + "E6eDKCEiXJIFpDkE+zR3GFBLniLg24ol1FO3QzcBVLu9k8Xzj3ie24GAVQ=="

    /// `ecdsa-sha2-nistp256`
    static let nistp256 =
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFOj"
        + "tCzhWgCkgHlghpMgHklvEpI5TdTpjIp7wxgVpiKi0R32LLVe0qOEsm/1aEvlYdI6DogRmrXyUfEy"
        + "C6KG4HE="

    /// `ecdsa-sha2-nistp384`
    static let nistp384 =
        "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBMYO"
        + "SmMGxs68sDSFbFmLpfhgU6ZXTElEH2seWBmifTPH7NMLr6vayCcRh59iQPZoKs3CXp8pmvhOjufL"
        + "O9b6qDOtnEhHhCNKInbQ/B5X4gYp+xojpKfds3vgkX45giDNhA=="

    /// `ecdsa-sha2-nistp521`
    static let nistp521 =
        "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAEm"
        + "1KbTTMnpWp5sn3wTPXGB2hRpLgf76oe1kRL7oUamTDD0sAUQdMEnmq0pv3UvoT0RXnTRm2wdopUF"
        + "vVs9ro1ZvQBQrUfp9pHsWg2E5l3DiICGEkl8vQzMzbNZD4x5W8mE06Iu38VPjFkhrmBu5bNfn6Kg"
        + "HWMfWaPG4PCXIc7m8Rk+Cg=="

    /// `ssh-dss`
    static let dsa =
        "ssh-dss AAAAB3NzaC1kc3MAAACBAI52GIQF1r3Df7aKSM4StJUEchMSBEaO802YCFOaIxZTJooR"
        + "3iAnnInVyF1qESG6Ov8sPLsjc6Rzk7wN+mwxMMl2Zw00sfsiSfVRduDDsguj5Q01s/E2WiCReprX"
        + "pmuZP82pMx1XbYXI3XPOB/nI0dQUrFeNB5xEjLTAWhU/je4jAAAAFQC6AEguPngc4Tgz7N3UZaLe"
        + "0v+GkQAAAIBs6XMjIPhSCD0ZaLa8GUQK/aITpcfMHbiBpqLXI7TrdI+2Hcv270rFOtrF98P4O3UD"
        + "uz4xwZTGhdjI2OwIhpcmRugt62otZV0VOmGXP7C1recM7fZLpSWEGrkTWeoiQZbvHsuT3ewdie0j"
        + "35R3JkQ75hk0fARMajjg38E4Hn4/yQAAAIEAjZfrk65lEaJf8ulUCLZqyp5thKja6nNUiBhhaePm"
        + "9bM+xVqoX/OPaAfPsHnGwJ4WUkILPiMny7mB99h57EYdyQv8dr17DfQMvHvCwfjRqUP6guF2Qw7Z"
        + "+GR0kACueCEKLFe4N7iHKbdRQv+elR4IiiNS+zS1YWlyNuu8R4dXNgk="
}
