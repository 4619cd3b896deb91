import Hummingbird
import NIOCore
import Programs

/// The control port: faults, clock, rows and counters as JSON over HTTP on loopback.
struct ControlServer: Sendable {
    private struct Clock: Codable { var shiftSeconds: Double }
    private struct User: Codable {
        var client: String
        var user: String
        var password: String?
        var locked: Bool?
    }
    private struct Row: Codable {
        var table: String
        var values: [String: String]
        /// Seconds until a reader sees the row: a late commit.
        var seenAfter: Double?
    }

    private let system: ECCSystem
    private let progress: DayProgress
    private let startDay: @Sendable (DayPlayer.Request) -> Void

    init(
        system: ECCSystem, progress: DayProgress, startDay: @escaping @Sendable (DayPlayer.Request) -> Void,
    ) {
        self.system = system
        self.progress = progress
        self.startDay = startDay
    }

    /// The routes, for an application that listens on loopback.
    func routes() -> Router<BasicRequestContext> {
        let system = system
        let router = Router(context: BasicRequestContext.self)
        router.get("/faults") { _, _ in Self.json(try Self.text(system.faults.all)) }
        router.post("/faults") { request, context in
            system.faults.add(try await request.decode(as: Faults.Fault.self, context: context))
            return Self.json("{}")
        }
        router.delete("/faults") { _, _ in
            system.faults.clear()
            return Self.json("{}")
        }
        router.post("/clock") { request, context in
            let clock = try await request.decode(as: Clock.self, context: context)
            system.shiftClock(by: clock.shiftSeconds)
            return Self.json("{}")
        }
        router.post("/users") { request, context in
            let user = try await request.decode(as: User.self, context: context)
            if let password = user.password {
                system.users.set(user.user, client: user.client, password: password)
            }
            if let locked = user.locked { system.users.lock(user.user, client: user.client, locked) }
            return Self.json("{}")
        }
        router.post("/rows") { request, context in
            let rows = try await request.decode(as: [Row].self, context: context)
            for row in rows {
                guard let table = system.dictionary.tables[row.table] else {
                    throw HTTPError(.badRequest, message: "There is no table \(row.table).")
                }
                for column in row.values.keys.sorted() where table.position(of: column) == nil {
                    throw HTTPError(.badRequest, message: "\(row.table) has no column \(column).")
                }
            }
            for row in rows {
                system.put(row.table, row.values, seenAfter: row.seenAfter ?? 0)
            }
            return Self.json("{}")
        }
        let startDay = startDay
        router.post("/day") { request, context in
            startDay(try await request.decode(as: DayPlayer.Request.self, context: context))
            return Self.json("{}")
        }
        let progress = progress
        router.get("/day") { _, _ in Self.json(try Self.text(progress.report)) }
        router.delete("/day") { _, _ in
            progress.askToStop()
            return Self.json("{}")
        }
        router.get("/calls") { _, _ in Self.json(try Self.text(system.callCounts)) }
        return router
    }

    private static func json(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

extension ControlServer {
    private static func text(_ value: some Encodable) throws -> String { try JSONOutput.text(value) }
}
