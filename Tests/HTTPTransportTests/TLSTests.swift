import Cryptography
import Foundation
import HTTPTransport
import Testing

@Suite("Whom the HTTP client believes")
struct TLSTests {
    private static let now = Int64(Date().timeIntervalSince1970)
    private let authority: CertificateAuthority
    private let client = HTTPClient()

    init() throws { authority = try CertificateAuthority(commonName: "Test CA", now: Self.now, days: 30) }

    private func outcome(
        names: [String] = ["127.0.0.1", "localhost"], issuedAt: Int64 = TLSTests.now,
        host: String = "127.0.0.1",
        _ trust: TransportTrust,
    ) async throws -> Result<Int, TransportError> {
        let server = try TLSServer(authority.issueServerCertificate(names: names, now: issuedAt, days: 2))
        defer { server.stop() }
        let request = TransportRequest("GET", "https://\(host):\(server.port)/", trust: trust)
        do {
            return .success(try await client.send(request).status)
        } catch {
            return .failure(error)
        }
    }

    private func problem(_ result: Result<Int, TransportError>) -> TransportError.Kind? {
        guard case .failure(let error) = result else { return nil }
        #expect(error.departure == .notLeft)
        return error.kind
    }

    private var pinned: TransportTrust { .authorities(pem: authority.certificate.pem, checkDates: true) }
    private var fingerprint: [UInt8] { authority.certificate.fingerprint.bytes }

    @Test("A server of the pinned authority is believed, by its certificate or by its fingerprint")
    func believed() async throws {
        #expect(try await outcome(pinned).get() == 204)
        #expect(try await outcome(.authorityFingerprint(sha256: fingerprint, checkDates: true)).get() == 204)
    }

    @Test("The system's store, another authority and another fingerprint are not believed")
    func unknown() async throws {
        #expect(problem(try await outcome(.system)) == .tls(.untrusted))
        let other = try CertificateAuthority(commonName: "Test CA", now: Self.now, days: 30)
        let trust = TransportTrust.authorities(pem: other.certificate.pem, checkDates: false)
        #expect(problem(try await outcome(trust)) == .tls(.untrusted))
        let wrong = TransportTrust.authorityFingerprint(
            sha256: other.certificate.fingerprint.bytes, checkDates: false)
        #expect(problem(try await outcome(wrong)) == .tls(.untrusted))
    }

    @Test("A certificate for another name is refused, whatever the pin")
    func wrongName() async throws {
        #expect(problem(try await outcome(names: ["example.com"], pinned)) == .tls(.wrongName))
        let trust = TransportTrust.authorityFingerprint(sha256: fingerprint, checkDates: false)
        #expect(problem(try await outcome(names: ["example.com"], trust)) == .tls(.wrongName))
    }

    @Test("Dates by the host's clock count only where the caller wants them", arguments: [-3, 3])
    func dates(_ years: Int64) async throws {
        let then = Self.now + years * 365 * 86_400
        let expected: TransportError.TLSProblem = years < 0 ? .expired : .notYetValid
        #expect(problem(try await outcome(issuedAt: then, pinned)) == .tls(expected))
        let byPin = TransportTrust.authorityFingerprint(sha256: fingerprint, checkDates: true)
        #expect(problem(try await outcome(issuedAt: then, byPin)) == .tls(expected))
        let free = TransportTrust.authorities(pem: authority.certificate.pem, checkDates: false)
        #expect(try await outcome(issuedAt: then, free).get() == 204)
        let freeByPin = TransportTrust.authorityFingerprint(sha256: fingerprint, checkDates: false)
        #expect(try await outcome(issuedAt: then, freeByPin).get() == 204)
    }
}
