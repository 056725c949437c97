/** @file `netloom doctor`: what this machine offers. In: nothing. Out: versions, threads, WebAssembly features, executors, helpers. */
import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { messageOf } from '../../../core/diagnostic-message'
import { chooseVariant } from '../../../runtime/wasm/autotune'
import { surveyBackends } from '../backends'
import { fileChoices } from '../choices'
import { exists } from '../files'
import type { Io } from '../io'
import { packageRoot } from '../package-root'

/** A module whose one function uses an instruction of the extension; it validates only where the engine knows it. */
const moduleWith = (...body: number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.of(
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    1,
    5,
    1,
    0x60,
    0,
    1,
    0x7b,
    3,
    2,
    1,
    0,
    10,
    body.length + 4,
    1,
    body.length + 2,
    0,
    ...body,
    0x0b,
  )

const ZERO = [0xfd, 12, ...new Array<number>(16).fill(0)]
/** v128.const. */
const simd = moduleWith(...ZERO)
/** f32x4.relaxed_madd. */
const relaxedSimd = moduleWith(...ZERO, ...ZERO, ...ZERO, 0xfd, 0x85, 0x02)

async function pythonTorch(): Promise<string> {
  for (const python of ['/usr/bin/python3', 'python3']) {
    const version = await promisify(execFile)(python, ['-c', 'import torch; print(torch.__version__)'], { timeout: 30_000 }).catch(
      () => undefined,
    )
    if (version) return version.stdout.trim()
  }
  return 'not found (needed only for the parity tests and the benchmark)'
}

async function findings(): Promise<Readonly<Record<string, string | number | boolean | readonly string[]>>> {
  const { available, missing } = await surveyBackends()
  const variant = await chooseVariant(fileChoices())
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    threads: availableParallelism(),
    flags: process.execArgv,
    simd: WebAssembly.validate(simd),
    relaxedSimd: WebAssembly.validate(relaxedSimd),
    revectorize: process.execArgv.some((flag) => flag.includes('wasm-revectorize')),
    kernels: `${variant.rows}×${variant.columns} tile, ${variant.fma ? 'fused' : 'separate'} multiply-add`,
    halves: available.filter(({ halves }) => halves).map(({ id, label }) => `${id}: ${label.en}`),
    backends: available.map(({ id, label }) => `${id}: ${label.en}`),
    missing: missing.map(({ diagnostics }) => diagnostics.map((diagnostic) => messageOf(diagnostic)).join(' ')),
    electron: (await exists(join(packageRoot(), 'node_modules/electron/path.txt')))
      ? 'installed'
      : 'not installed (the app opens in a browser)',
    torch: await pythonTorch(),
  }
}

export const addDoctor = (program: Command, io: Io): void => {
  program
    .command('doctor')
    .description('what this machine offers')
    .option('--json', 'machine-readable output on stdout')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const found = await findings()
      if (json) return io.out(`${JSON.stringify(found)}\n`)
      for (const [name, value] of Object.entries(found)) {
        const words =
          typeof value === 'boolean' ? (value ? 'yes' : 'no') : typeof value === 'object' ? value.join(', ') || 'none' : String(value)
        io.out(`${name.padEnd(12)} ${words}\n`)
      }
    })
}
