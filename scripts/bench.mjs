// @ts-check
/**
 * @file `npm run bench`: training steps of Netloom beside its peers in one run. In: `--json`, `--rounds N`, `--case NAME`,
 * `--install-peers` (fetches the JavaScript peers into .cache/peers). Out: medians with their spread and ratios; peers that are not
 * installed are left out by name, and a machine that is too busy to trust is said to be so. The protocol is in test/bench/peers/protocol.md.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'vite'
import { nodeBinary, nodeFlags } from './node-binary.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (/** @type {string} */ path) => join(root, path)
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    case: { type: 'string', multiple: true, default: [] },
    'install-peers': { type: 'boolean', default: false },
  },
})
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`)

const cases = [
  { case: 'lenet', batch: 256, optimizer: 'sgd', steps: 8, javascript: true },
  { case: 'mlp', batch: 64, optimizer: 'sgd', steps: 40 },
  { case: 'resnet18', batch: 16, optimizer: 'momentum', steps: 3 },
  { case: 'googlenet', batch: 16, optimizer: 'momentum', steps: 2 },
].filter(({ case: name }) => options.case.length === 0 || options.case.includes(name))

/** A process that answers one line of JSON with one line of JSON. */
class Peer {
  /** @param {string} name @param {string} command @param {readonly string[]} args @param {Record<string, unknown>} [extra] */
  constructor(name, command, args, extra = {}) {
    this.name = name
    this.extra = extra
    this.child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'ignore'], cwd: root })
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
  }
  /** @returns {Promise<{ milliseconds?: number[], error?: string, version?: string, blas?: string }>} */
  async ask(/** @type {object} */ request) {
    this.child.stdin.write(`${JSON.stringify({ ...request, ...this.extra })}\n`)
    const { value, done } = await this.lines.next()
    return done ? { error: `${this.name} ended` } : JSON.parse(value)
  }
  end() {
    this.child.stdin.end()
    this.child.kill()
  }
}

/** Share of processor time that somebody else uses while we wait. */
async function businessOfOthers() {
  if (!existsSync('/proc/stat')) return 0
  const read = () => (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).slice(1).map(Number)
  const before = read()
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const spent = read().map((value, i) => value - (before[i] ?? 0))
  return 1 - ((spent[3] ?? 0) + (spent[4] ?? 0)) / spent.reduce((sum, value) => sum + value, 0)
}

const sorted = (/** @type {number[]} */ list) => [...list].sort((a, b) => a - b)
const quantile = (/** @type {number[]} */ list, /** @type {number} */ q) =>
  sorted(list)[Math.min(list.length - 1, Math.floor(q * list.length))] ?? Number.NaN

const peersFolder = at('.cache/peers')
if (options['install-peers']) {
  mkdirSync(peersFolder, { recursive: true })
  const packages = ['@jax-js/jax@0.1.25', '@tensorflow/tfjs@4.22.0']
  spawnSync('npm', ['install', '--prefix', peersFolder, '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

await build({
  configFile: false,
  logLevel: 'warn',
  root,
  resolve: { alias: { netloom: at('engine/netloom.ts') } },
  build: {
    ssr: true,
    target: 'node20',
    outDir: at('dist/bench'),
    emptyOutDir: true,
    rollupOptions: { input: { netloom: at('test/bench/peers/netloom.ts') } },
  },
})

const threads = Math.min(2, cpus().length)
const python = [process.env.NETLOOM_PYTHON, '/usr/bin/python3', 'python3'].find(
  (path) => path && spawnSync(path, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
)
const pytorch = at('test/bench/peers/pytorch.py')
/** @type {readonly { name: string, needs: boolean, javascript?: boolean, start: () => Peer }[]} */
const known = [
  { name: 'Netloom', needs: true, start: () => new Peer('Netloom', nodeBinary, [...nodeFlags, at('dist/bench/netloom.js')], { threads }) },
  {
    name: 'PyTorch, 1 thread',
    needs: Boolean(python),
    start: () => new Peer('PyTorch, 1 thread', python ?? '', [pytorch], { threads: 1 }),
  },
  {
    name: `PyTorch, ${threads} threads`,
    needs: Boolean(python),
    start: () => new Peer(`PyTorch, ${threads} threads`, python ?? '', [pytorch], { threads }),
  },
  ...['jax-js', 'tfjs'].map((name) => ({
    name,
    javascript: true,
    needs: existsSync(join(peersFolder, 'node_modules', name === 'jax-js' ? '@jax-js/jax' : '@tensorflow/tfjs')),
    start: () => new Peer(name, nodeBinary, [at(`test/bench/peers/${name}.mjs`), peersFolder]),
  })),
]
const leftOut = known.filter(({ needs }) => !needs).map(({ name }) => name)
const business = await businessOfOthers()
if (leftOut.length > 0) say(`Left out, not installed: ${leftOut.join(', ')}`)

/** @type {{ version?: string, blas?: string }} */
let torch = {}
if (python) {
  const peer = new Peer('PyTorch', python, [pytorch])
  torch = await peer.ask({ about: true })
  peer.end()
  if (torch.blas === 'reference')
    say('PyTorch runs on the reference BLAS here, which is slow: install libopenblas0-pthread for a fair comparison.')
}

/** @type {Record<string, unknown>[]} */
const rows = []
for (const { javascript, steps, ...which } of cases) {
  const peers = known
    .filter((peer) => peer.needs && (javascript || !peer.javascript))
    .map((peer) => ({ ...peer, process: peer.start(), times: /** @type {number[]} */ ([]), error: '' }))
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const peer of peers) {
      // A slow peer shows itself in few steps; its rounds are fewer too.
      if (peer.error || (peer.javascript && round >= 3)) continue
      const answer = await peer.process.ask({ ...which, steps: peer.javascript ? 1 : steps })
      if (answer.error) peer.error = answer.error
      else peer.times.push(...(answer.milliseconds ?? []))
    }
  }
  for (const peer of peers) peer.process.end()
  const ours = quantile(peers[0]?.times ?? [], 0.5)
  say(`\n${which.case}, batch ${which.batch}, ${which.optimizer}`)
  for (const { name, times, error } of peers) {
    const median = quantile(times, 0.5)
    const row = {
      ...which,
      peer: name,
      ...(error ? { error } : { median, low: quantile(times, 0.1), high: quantile(times, 0.9), timesOurs: median / ours }),
    }
    rows.push(row)
    say(
      error
        ? `  ${name.padEnd(20)} ${error}`
        : `  ${name.padEnd(20)} ${median.toFixed(2).padStart(9)} ms  (${quantile(times, 0.1).toFixed(2)} – ${quantile(times, 0.9).toFixed(2)})  ${(median / ours).toFixed(2).padStart(7)} × our time`,
    )
  }
}
const machine = { processor: cpus()[0]?.model, threads, businessOfOthers: business, trustworthy: business < 0.1 }
if (!machine.trustworthy) say(`\nThe machine was ${Math.round(business * 100)} % busy with other work: do not trust these figures.`)
if (options.json) process.stdout.write(`${JSON.stringify({ date: new Date().toISOString(), machine, torch, leftOut, rows }, null, 2)}\n`)
