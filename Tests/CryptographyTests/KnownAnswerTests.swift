import Cryptography
import Testing

@Suite("Cryptography gives the published answers")
struct KnownAnswerTests {
    private static func hex(_ text: String) -> [UInt8] { Hexadecimal.decode(text) ?? [] }

    @Test(
        "SHA-256",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ])
    func sha256(_ text: String, _ digest: String) { #expect(SHA256.hash(text).hexadecimal == digest) }

    @Test("HMAC (RFC 4231 cases 1 and 2, RFC 2202 case 2)")
    func hmac() {
        let first = HMAC.sha256(key: [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8))
        #expect(
            Hexadecimal.encode(first) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let message = Array("what do ya want for nothing?".utf8)
        let second = HMAC.sha256(key: Array("Jefe".utf8), message)
        #expect(
            Hexadecimal.encode(second) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let third = HMAC.sha1(key: Array("Jefe".utf8), message)
        #expect(Hexadecimal.encode(third) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    }

    @Test("HKDF (RFC 5869 A.1)")
    func hkdf() throws {
        let key = try HKDF.sha256(
            secret: [UInt8](repeating: 0x0B, count: 22), salt: Self.hex("000102030405060708090a0b0c"),
            info: Self.hex("f0f1f2f3f4f5f6f7f8f9"), length: 42)
        #expect(
            Hexadecimal.encode(key)
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
    }

    @Test("scrypt (RFC 7914 section 12)")
    func scrypt() throws {
        let key = try Scrypt.derive(
            passphrase: Array("password".utf8), salt: Array("NaCl".utf8), cost: 1024, blockSize: 8,
            parallelism: 16, length: 64)
        #expect(
            Hexadecimal.encode(key).hasPrefix(
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731"))
    }

    @Test(
        "Ed25519 (RFC 8032 section 7.1, tests 1 and 2)",
        arguments: [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                    + "d25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                    + "387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ])
    func ed25519(_ secret: String, _ publicKey: String, _ message: String, _ signature: String) throws {
        let key = try Ed25519.PrivateKey(raw: Self.hex(secret))
        #expect(Hexadecimal.encode(key.publicKey.raw) == publicKey)
        #expect(Hexadecimal.encode(try key.sign(Self.hex(message))) == signature)
        #expect(key.publicKey.isValid(Self.hex(signature), for: Self.hex(message)))
        #expect(!key.publicKey.isValid(Self.hex(signature), for: Self.hex(message) + [0]))
        #expect(!key.publicKey.isValid([], for: Self.hex(message)))
    }

    @Test("AES-256-GCM (NIST test case 16's key without associated data is opened only as it was sealed)")
    func aesGCM() throws {
        let key = [UInt8](repeating: 7, count: 32)
        let sealed = try AESGCM.seal(
            Array("secret".utf8), key: key, associated: [1], nonce: [UInt8](repeating: 9, count: 12))
        #expect(sealed.count == 12 + 6 + 16)
        #expect(try AESGCM.open(sealed, key: key, associated: [1]) == Array("secret".utf8))
        for index in sealed.indices {
            var broken = sealed
            broken[index] ^= 0x80
            #expect(throws: CryptographyError.authenticationFailed) {
                try AESGCM.open(broken, key: key, associated: [1])
            }
        }
        #expect(throws: CryptographyError.authenticationFailed) {
            try AESGCM.open(sealed, key: key, associated: [2])
        }
        #expect(throws: CryptographyError.authenticationFailed) { try AESGCM.open([1, 2, 3], key: key) }
    }

    /// Published by SendGrid's own libraries (facts/twilio.md section 5.1).
    @Test("ECDSA P-256: SendGrid's published vector, and what is not it")
    func sendGridVector() throws {
        let key = try P256PublicKey(
            spkiBase64:
                "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+"
                + "2fNNRaINXvVpiglSI8eNEc6wEA3F+g==")
        let signature = try #require(
            Base64.decode(
                "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
            ))
        let payload =
            #"[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","#
            + #""sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","#
            + #""sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","#
            + #""smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]"#
        let signed = Array(("1600112502" + payload + "\r\n").utf8)
        #expect(key.isValid(derSignature: signature, for: signed))
        #expect(!key.isValid(derSignature: signature, for: Array(("1600112502" + payload).utf8)))
        #expect(!key.isValid(derSignature: [], for: signed))
        #expect(!key.isValid(derSignature: Array(signature.dropLast()), for: signed))
    }

    @Test(
        "A key on another curve, or none, is refused",
        arguments: ["", "AAAA", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="])
    func foreignKeys(_ text: String) {
        #expect(throws: CryptographyError.self) { try P256PublicKey(spkiBase64: text) }
    }

    @Test(
        "Comparing in constant time says what == says",
        arguments: [("", ""), ("a", "a"), ("a", "b"), ("a", "ab"), ("ab", "aB")])
    func comparison(_ left: String, _ right: String) {
        #expect(constantTimeEquals(Array(left.utf8), Array(right.utf8)) == (left == right))
    }

    @Test("Hexadecimal and base64 refuse what is not theirs")
    func textForms() {
        #expect(Hexadecimal.decode("0g") == nil)
        #expect(Hexadecimal.decode("abc") == nil)
        #expect(Hexadecimal.decode("00FF") == [0, 255])
        #expect(Base64.decode("YQ==") == [0x61])
        #expect(Base64.decode("YQ=") == nil)
        #expect(Base64.decode("Y Q==") == nil)
        #expect(Base64.decodeForAddress(Base64.encodeForAddress([251, 255, 254])) == [251, 255, 254])
    }

    @Test("A secret never prints itself")
    func secrets() {
        let secret = Secret("hunter2")
        #expect(!"\(secret) \(String(reflecting: secret))".contains("hunter2"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }
}
