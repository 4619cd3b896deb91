import Foundation
import Testing
import WholeChain

/// What a full disk does to either side.
@Suite(
    "A full disk", .serialized, .keepsEvidence,
    .enabled("a small file system has to be mounted") { await SmallDisk.isPossible() })
struct FullDiskTests {
    @Test(
        "under the agent's spool: it says so, loses nothing, and goes on when there is room, started anew or not"
    )
    func agent() async throws {
        try await SmallDisk.use(megabytes: 24) { disk in
            try await TestChain.run(seed: 61) {
                $0.spoolFolder = disk.path
            } _: { chain in
                try await chain.play(5)
                _ = try await chain.waitUntilClean()
                try disk.fill()
                try await chain.play(10)
                try await chain.wait(for: "a word about it", within: .seconds(60)) {
                    try String(contentsOfFile: chain.agent.logFile, encoding: .utf8).contains(
                        "The disk is full")
                }
                #expect(chain.agent.isRunning)
                #expect(try await chain.verdict().doubled.isEmpty)
                try disk.empty()
                _ = try await chain.waitUntilClean(within: .seconds(180))
            }
        }
    }

    @Test("under the relay's database: it takes nothing in and says so, and the agent keeps what it has")
    func relay() async throws {
        // The relay keeps 1 GiB free.
        try await SmallDisk.use(megabytes: 1_100) { disk in
            try await TestChain.run(seed: 62) {
                $0.databaseFolder = disk.path
            } _: { chain in
                try await chain.play(5)
                _ = try await chain.waitUntilClean()
                try disk.fill(megabytes: 90)
                try await chain.play(10)
                try await chain.wait(for: "the relay's refusal", within: .seconds(60)) {
                    try await chain.agentStatus().link.problem?.contains("disk") == true
                }
                let before = try await chain.verdict()
                #expect(before.journaled < before.facts)
                #expect(chain.relay.isRunning)
                try disk.empty()
                let after = try await chain.waitUntilClean(within: .seconds(180))
                #expect(after.journaled == after.facts)
            }
        }
    }
}
