/**
 * @file Who takes part. In: where things lie and how many threads there are. Out: peers by name, what cases they run, and how they start; those that
 * this machine lacks, with the reason.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from '../cases'
import { type Chromium, openChromium } from './chromium'
import type { Peer } from './peer'
import { ProcessPeer } from './process-peer'

export interface Places {
  /** The repository. */
  readonly root: string
  /** Node with a modern V8, and the switches that our launcher gives it. */
  readonly node: string
  readonly nodeFlags: readonly string[]
  readonly threads: number
}

export interface Known {
  readonly name: string
  readonly runs: (one: Case) => boolean
  readonly start: () => Promise<Peer>
  /** In a process of its own, so that memory and a cold start mean something. */
  readonly isProcess: boolean
}

/** Whom everything is compared with. */
export const ours = 'Netloom'

const always = (): boolean => true

export const startNetloom = ({ root, node, nodeFlags }: Places, id: string, threads: number): Peer =>
  new ProcessPeer(node, [...nodeFlags, join(root, 'dist/bench/node/netloom.js'), id, String(threads)])

export const pythonOf = (): string | undefined =>
  [process.env.NETLOOM_PYTHON, '/usr/bin/python3', 'python3'].find(
    (path) => path !== undefined && spawnSync(path, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  )

export interface Field {
  readonly known: readonly Known[]
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[]
  /** Name → version and what it computes with. */
  readonly versions: Readonly<Record<string, string>>
  close(): Promise<void>
}

export async function gather(places: Places, cases: readonly Case[]): Promise<Field> {
  const { root, node, threads } = places
  const folder = join(root, '.cache/peers')
  const python = pythonOf()
  const torch = join(root, 'test/bench/peers/pytorch.py')
  const has = (name: string) => existsSync(join(folder, 'node_modules', name))
  const chromium = cases.some(({ javascript }) => javascript === 'all')
    ? await openChromium(join(root, 'dist/bench/page'))
    : 'no case wants it'
  const startTorch = (device: string, count: number) => async () => {
    if (!python) throw new Error('PyTorch is not installed')
    return new ProcessPeer(python, [torch, device, String(count)])
  }
  const startJs = (name: string, packageName: string) => async () => {
    if (!has(packageName)) throw new Error('not installed (npm run bench -- --install-peers)')
    return new ProcessPeer(node, [join(root, `test/bench/peers/${name}.mjs`), folder])
  }
  const startPage = (script: string, name: string, packageName?: string) => async () => {
    if (typeof chromium === 'string') throw new Error(chromium)
    if (packageName && !has(packageName)) throw new Error('not installed (npm run bench -- --install-peers)')
    return chromium.start(script, name)
  }
  const onCpu = ({ javascript }: Case): boolean => javascript !== undefined
  const inPage = ({ javascript }: Case): boolean => javascript === 'all'
  const all: readonly Known[] = [
    { name: ours, runs: always, isProcess: true, start: async () => startNetloom(places, 'wasm', threads) },
    { name: 'Netloom webgpu', runs: always, isProcess: true, start: async () => startNetloom(places, 'webgpu', threads) },
    { name: 'PyTorch, 1 thread', runs: always, isProcess: true, start: startTorch('cpu', 1) },
    ...(threads > 1 ? [{ name: `PyTorch, ${threads} threads`, runs: always, isProcess: true, start: startTorch('cpu', threads) }] : []),
    { name: 'PyTorch CUDA', runs: always, isProcess: true, start: startTorch('cuda', threads) },
    { name: 'jax-js wasm', runs: onCpu, isProcess: true, start: startJs('jax-js', '@jax-js/jax') },
    { name: 'tfjs cpu', runs: onCpu, isProcess: true, start: startJs('tfjs', '@tensorflow/tfjs') },
    { name: 'Netloom in Chromium, wasm', runs: inPage, isProcess: false, start: startPage('netloom', 'wasm') },
    { name: 'Netloom in Chromium, webgpu', runs: inPage, isProcess: false, start: startPage('netloom', 'webgpu') },
    { name: 'jax-js in Chromium, webgpu', runs: inPage, isProcess: false, start: startPage('jax-js', 'webgpu', '@jax-js/jax') },
    {
      name: 'tfjs in Chromium, webgpu',
      runs: inPage,
      isProcess: false,
      start: startPage('tfjs', 'webgpu', '@tensorflow/tfjs-backend-webgpu'),
    },
  ]
  const wanted = all.filter(({ runs }) => cases.some(runs))
  const known: Known[] = []
  const leftOut: { name: string; reason: string }[] = []
  const versions: Record<string, string> = {}
  for (const one of wanted) {
    const reason = await introduce(one, versions)
    if (reason === undefined) known.push(one)
    else leftOut.push({ name: one.name, reason })
  }
  return { known, leftOut, versions, close: async () => void (typeof chromium === 'string' || (await (chromium as Chromium).close())) }
}

/** Why it cannot take part; undefined where it can. */
async function introduce({ name, start }: Known, versions: Record<string, string>): Promise<string | undefined> {
  let peer: Peer
  try {
    peer = await start()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const { missing, error, version, label, blas } = (await peer.about()) as Awaited<ReturnType<Peer['about']>> & { error?: string }
  await peer.end()
  if (missing ?? error) return missing ?? error
  versions[name] = [version, label, blas && `BLAS: ${blas}`].filter(Boolean).join(', ')
  return undefined
}
