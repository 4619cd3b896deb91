import AgentCore
import ConnectorProtocol
import Cryptography
import Values

/// The tables of facts/channel.md 2.1 and 2.4, row by row.
extension RelayModel {
    func standing(_ stored: Stored, _ lineages: [Lineage], _ now: Int64) -> Standing {
        var standing = Standing(incarnation: stored.incarnation, time: Timestamp(milliseconds: now))
        for lineage in lineages {
            for lane in Lane.allCases {
                let last = stored.held[LaneOfLineage(lineage, lane)]?.last
                standing.heads.append(
                    LineageHead(
                        lineage: lineage, lane: lane, sequence: last?.manifest.sequence ?? 0,
                        digest: last?.digest))
            }
        }
        for lane in Lane.allCases {
            guard let place = stored.places.last(where: { $0.lane == lane }),
                let last = stored.held[place]?.last
            else { continue }
            standing.laneHeads.append(
                LineageHead(
                    lineage: place.lineage, lane: lane, sequence: last.manifest.sequence, digest: last.digest)
            )
        }
        for (stream, tiers) in stored.coverage {
            for (tier, until) in tiers {
                standing.coverage.append(
                    Coverage(
                        source: AgentWorld.source, stream: stream, tier: tier, coveredUntil: until))
            }
        }
        return standing
    }

    func receive(
        _ body: [UInt8], _ message: SignedRequest, _ state: inout State,
    ) throws -> BatchAnswer {
        guard let digest = message.field("manifest-digest").flatMap(ContentDigest.digest) else {
            throw Refused(.malformed)
        }
        let batch = try OpenedBatch(body: body, manifestDigest: digest)
        let manifest = batch.manifest
        var lineages = (message.field("lineages") ?? "").split(separator: ",").compactMap { item in
            Base64.decode(item.filter { $0 != ":" && $0 != " " }).flatMap(Lineage.init)
        }
        if !lineages.contains(manifest.lineage) { lineages.append(manifest.lineage) }
        if message.has("acknowledgement") { state.shownAcknowledgements += 1 }
        let place = LaneOfLineage(manifest.lineage, manifest.lane)
        let held = state.stored.held[place] ?? []
        if let same = held.first(where: { $0.manifest.sequence == manifest.sequence }) {
            guard same.digest == digest else { throw Refused(.fork, lineages) }
            state.acknowledgedAgain += 1
            return BatchAnswer(
                standing: standing(state.stored, lineages, state.now), acknowledgement: same.acknowledgement)
        }
        try judge(manifest, held, state.stored, lineages)
        let acknowledgement = try SignedBytes(
            Acknowledgement(
                agent: agent, lineage: manifest.lineage, lane: manifest.lane, sequence: manifest.sequence,
                manifest: digest, incarnation: state.stored.incarnation,
                time: Timestamp(milliseconds: state.now)
            ).bytes, as: .acknowledgement, key: key)
        let events = try batch.events.map { try Event(bytes: $0.bytes) }
        if held.isEmpty { state.stored.places.append(place) }
        state.stored.held[place, default: []].append(
            HeldBatch(manifest: manifest, digest: digest, acknowledgement: acknowledgement, events: events))
        for event in events {
            if let id = event.id {
                state.everJournaled[id, default: 0] += 1
            } else {
                state.readings.append(event.businessKey)
            }
        }
        cover(manifest.claims, &state)
        merge(manifest.pending, into: &state.stored.pending)
        merge(manifest.watch, into: &state.stored.watch)
        return BatchAnswer(
            standing: standing(state.stored, lineages, state.now), acknowledgement: acknowledgement)
    }

    private func judge(
        _ manifest: Manifest, _ held: [HeldBatch], _ stored: Stored, _ lineages: [Lineage],
    ) throws {
        if let head = held.last {
            if manifest.sequence <= head.manifest.sequence { throw Refused(.fork, lineages) }
            if manifest.sequence > head.manifest.sequence + 1 { throw Refused(.gap, lineages) }
            guard manifest.previous == head.digest else { throw Refused(.fork, lineages) }
            return
        }
        guard manifest.sequence == 1 else { throw Refused(.gap, lineages) }
        let all = stored.held.filter { $0.key.lane == manifest.lane }.values.flatMap { $0 }
        if let parent = manifest.parent {
            guard all.contains(where: { $0.digest == parent }) else { throw Refused(.gap, lineages) }
        } else if !all.isEmpty {
            throw Refused(.fork, lineages)
        }
    }

    private func cover(_ claims: [CoverageClaim], _ state: inout State) {
        for claim in claims {
            guard let covered = state.stored.coverage[claim.stream]?[claim.tier] else {
                state.stored.coverage[claim.stream, default: [:]][claim.tier] = claim.readTo
                continue
            }
            if claim.from <= covered {
                state.stored.coverage[claim.stream]?[claim.tier] = max(covered, claim.readTo)
            } else {
                state.coverageGaps += 1
            }
            for entry in claim.pending { state.stored.pending[ListKey(entry)] = entry }
        }
    }

    private func merge(_ moves: KeyMoves, into list: inout [ListKey: KeyEntry]) {
        for entry in moves.entered { list[ListKey(entry)] = entry }
        for entry in moves.left { list[ListKey(entry)] = nil }
    }

    func sync(_ request: SyncRequest, _ state: inout State) throws -> SyncAnswer {
        state.lastSync = request
        let isKnown =
            state.stored.token.isEmpty || request.leaseToken == state.stored.token
            || request.requestID == state.stored.lastRequest
        state.tokens &+= 1
        state.stored.token = [state.tokens]
        state.stored.lastRequest = request.requestID
        var lease = Lease(isGranted: false, epoch: state.stored.epoch, seconds: 0, refusal: .olderToken)
        if !isKnown {
            state.clones += 1
        } else if state.stored.holder == nil || state.stored.holder == agent {
            let isRenewal =
                state.stored.holder == agent && request.highestEpoch == state.stored.epoch
                && state.stored.epoch > 0
            if !isRenewal {
                state.stored.epoch = max(state.stored.epoch, request.highestEpoch) + 1
                state.stored.holder = agent
            }
            lease = Lease(
                isGranted: true, epoch: state.stored.epoch, seconds: 45, isFresh: !isRenewal,
                closedGates: state.closedGates)
        } else {
            lease.refusal = .held
        }
        let lists = lease.isGranted && lease.isFresh
        let page =
            lease.isGranted && !lists && !state.pagesToCome.isEmpty ? state.pagesToCome.removeFirst() : []
        return SyncAnswer(
            standing: standing(state.stored, request.lineages, state.now), requestID: request.requestID,
            leaseToken: state.stored.token, lease: lease,
            pending: lists ? Array(state.stored.pending.values) : page,
            watch: lists ? Array(state.stored.watch.values) : [], readRequests: state.readRequests,
            commands: try state.commands.map { try SignedBytes($0.bytes, as: .command, key: key) })
    }
}

extension RelayModel.ListKey {
    init(_ entry: KeyEntry) {
        self.init(stream: entry.stream, key: entry.key, version: entry.version)
    }
}
