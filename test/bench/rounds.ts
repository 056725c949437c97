/**
 * @file One case, all its peers side by side. In: a case and who takes part. Out: milliseconds of steps, round by round. Each peer is prepared while
 * the others are held; then rounds go through all of them, to and fro; whoever is not being timed is held with all its threads, because
 * idle threads of OpenBLAS, libgomp and our own pool spin for a while and would take the processors from the next.
 */
import type { Case } from './cases'
import { residentBytes, watchOthers } from './load'
import { type Known, ours } from './peers/known'
import type { Peer } from './peers/peer'
import type { Prepared, StepsRequest } from './protocol'
import { median } from './statistics'
import { type Verdict, verdictOf } from './verdict'

/** A step longer than this is not warmed up further, is timed once a round, and has few rounds. */
const slowMilliseconds = 1000
const slowRounds = 2

/** Of every turn, so much goes before what is counted, and so much is counted. */
const warm = 80
const counted = 250
const least = 3

export interface PeerResult {
  readonly peer: string
  readonly error?: string
  readonly rounds: readonly (readonly number[])[]
  readonly prepared?: Prepared
  /** From starting the process to its first finished step. */
  readonly coldMilliseconds?: number
  readonly peakBytes?: number
}

export interface CaseResult extends Case {
  readonly peers: readonly PeerResult[]
  readonly verdict: Verdict
}

interface Entry {
  readonly known: Known
  peer?: Peer
  error?: string
  readonly rounds: (readonly number[])[]
  prepared?: Prepared
  coldMilliseconds?: number
  peakBytes?: number
}

export async function runCase(one: Case, known: readonly Known[], rounds: number): Promise<CaseResult> {
  const { title, javascript, ...work } = one
  const entries: Entry[] = known.filter(({ runs }) => runs(one)).map((known) => ({ known, rounds: [] }))
  // Peers in one browser have their processes in common.
  const pids = () => [...new Set([process.pid, ...entries.flatMap(({ peer }) => peer?.pids() ?? [])])]
  const shares: (number | undefined)[] = []
  try {
    for (const entry of entries) await prepare(entry, { ...work, warm: 0, least: 0, milliseconds: 0 })
    for (let round = 0; round < rounds; round++) {
      const others = watchOthers(pids)
      for (const entry of round % 2 === 0 ? entries : [...entries].reverse()) await turn(entry, work, round)
      shares.push(others())
    }
    for (const entry of entries) if (entry.known.isProcess && entry.peer) entry.peakBytes = residentBytes(entry.peer.pids(), 'VmHWM')
  } finally {
    for (const { peer } of entries) await peer?.end()
  }
  const peers = entries.map(({ known, peer, ...rest }) => ({ peer: known.name, ...rest }))
  const mine = peers.find(({ peer }) => peer === ours)?.rounds ?? []
  return { ...one, peers, verdict: verdictOf(shares, mine) }
}

async function prepare(entry: Entry, request: StepsRequest): Promise<void> {
  try {
    const begun = performance.now()
    entry.peer = await entry.known.start()
    const { error, prepared } = await entry.peer.steps(request)
    entry.error = error
    entry.prepared = prepared
    if (entry.known.isProcess) entry.coldMilliseconds = performance.now() - begun
  } catch (error) {
    entry.error = error instanceof Error ? error.message : String(error)
  }
}

async function turn(entry: Entry, work: Omit<StepsRequest, 'warm' | 'least' | 'milliseconds'>, round: number): Promise<void> {
  const { peer, rounds } = entry
  if (!peer || entry.error) return
  const slow = median(rounds[0] ?? [entry.prepared?.firstStepMilliseconds ?? 0]) > slowMilliseconds
  if (slow && round >= slowRounds) return
  const answer = await peer.steps({ ...work, ...(slow ? { warm: 0, least: 1, milliseconds: 0 } : { warm, least, milliseconds: counted }) })
  if (answer.error) entry.error = answer.error
  else rounds.push(answer.milliseconds ?? [])
}
