import TestSupport
import Testing

@testable import SAPSimulator

@Suite("What a client sends")
struct WireTests {
    private let system: ECCSystem
    private let structure: FunctionInterface
    private let reader: FunctionInterface

    init() throws {
        system = ECCSystem(seed: 1) { 1_750_000_000 }
        system.addUser("MLCONN", client: "100", password: "secret")
        system.put("EKPO", ["MANDT": "100", "EBELN": "4500000001", "EBELP": "00010", "NETWR": "-12.5"])
        structure = try #require(system.function("STFC_STRUCTURE"))
        reader = try #require(system.function("RFC_READ_TABLE"))
    }

    private func frame(_ write: (inout RFCFrame) -> Void) -> RFCFrame {
        var frame = RFCFrame(.invoke)
        write(&frame)
        return frame
    }

    @Test("A call that does not fit the function's interface ends the connection and nothing else")
    func misfits() throws {
        let rowsOfNothing = frame {
            $0.put(0)
            $0.put(1)
            $0.put("FIELDS")
            $0.put(byte: 2)
            $0.put(0)
            $0.put(0xFFFF_FFFF)
        }
        let noFields = frame {
            $0.put(0)
            $0.put(1)
            $0.put("IMPORTSTRUCT")
            $0.put(byte: 1)
            $0.put(0)
        }
        let unknown = frame {
            $0.put(0)
            $0.put(1)
            $0.put("NOT_ITS_OWN")
            $0.put(byte: 0)
            $0.put("x")
        }
        for (call, interface) in [(rowsOfNothing, reader), (noFields, structure), (unknown, structure)] {
            var call = call
            #expect(throws: FrameError.misfit) { try call.takeCall(interface) }
        }
    }

    @Test("Whatever bytes come, the answer is a result, a failure, or a connection that ends")
    func mutations() async throws {
        var talk = RFCConversation(system: system)
        let logon = [("CLIENT", "100"), ("USER", "MLCONN"), ("PASSWD", "secret")]
        var first = RFCFrame(RFCFrame.Kind.logon)
        first.put(logon.count)
        for (name, value) in logon {
            first.put(name)
            first.put(value)
        }
        let (hello, _) = await talk.answer(first)
        #expect(hello?.kind == .loggedOn)
        let calls = try [readCall(), structureCall()]
        var random = SeededRandom(seed: 5)
        for turn in 0..<1_500 {
            var bytes = Self.bytes(of: calls[turn % calls.count])
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] =
                    [0, 1, 2, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random)
                    ?? 0
            }
            if turn.isMultiple(of: 7) {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            }
            let mutant = bytes
            let (answer, goesOn) = await talk.answer(frame { for byte in mutant { $0.put(byte: byte) } })
            #expect(answer != nil || !goesOn)
        }
    }

    private static func bytes(of frame: RFCFrame) -> [UInt8] {
        var frame = frame
        var bytes: [UInt8] = []
        while let byte = try? frame.takeByte() { bytes.append(byte) }
        return bytes
    }

    private func readCall() throws -> RFCFrame {
        frame {
            $0.put("RFC_READ_TABLE")
            $0.put(1)
            $0.put("OPTIONS")
            $0.put(3)
            $0.put("QUERY_TABLE")
            $0.put(byte: 0)
            $0.put("EKPO")
            $0.put("FIELDS")
            $0.put(byte: 2)
            $0.put(5)
            $0.put(1)
            for text in ["NETWR", "000000", "000000", "", ""] { $0.put(text) }
            $0.put("OPTIONS")
            $0.put(byte: 2)
            $0.put(1)
            $0.put(1)
            $0.put("EBELN EQ '4500000001'")
        }
    }

    private func structureCall() throws -> RFCFrame {
        let fields = try #require(structure.structure("IMPORTSTRUCT")).fields
        return frame {
            $0.put("STFC_STRUCTURE")
            $0.put(0)
            $0.put(1)
            $0.put("IMPORTSTRUCT")
            $0.put(byte: 1)
            $0.put(fields.count)
            for field in fields { $0.put(field.isNumber ? "9223372036854775807" : "A") }
        }
    }
}
