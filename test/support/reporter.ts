/**
 * @file The closing line of `npm test`, and its conscience: with CI=true a skipped test is a failure, the real-Electron test excepted.
 * In: vitest's results. Out: each skip with its reason, how many rows were compared with PyTorch or a formula, which systems passing tests speak for,
 * `Tests: N passed, N failed, N skipped`, and the exit code.
 */
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { promisedRows, rowsIn } from './systems'

/** May be skipped even in CI: its binary cannot be fetched everywhere. */
const mayAlwaysSkip = 'test/electron/realElectron.test.ts'

/** Tables of rows `<kind>: <case>`, one kind a file of an open set; each checks by itself that no kind is left out. */
const tables: Readonly<Record<string, string>> = {
  'test/parity/layers.test.ts': 'layers and losses',
  'test/parity/optimizers.test.ts': 'training methods',
  'test/parity/schedules.test.ts': 'schedules',
}
const rowTitle = /^'?(\w+): /

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    const skips: { test: TestCase; file: string }[] = []
    const passing = new Map<string, number>()
    const parity = Object.values(tables).map((of) => ({ of, rows: 0, kinds: new Set<string>() }))
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'pending') continue
        counts[state]++
        const table = parity.find(({ of }) => of === tables[module.relativeModuleId])
        const [, kind] = rowTitle.exec(test.name) ?? []
        if (state === 'passed' && table && kind) {
          table.rows++
          table.kinds.add(kind)
        }
        if (state === 'passed') for (const row of rowsIn(test.fullName)) passing.set(row, (passing.get(row) ?? 0) + 1)
        if (state === 'skipped') skips.push({ test, file: module.relativeModuleId })
      }
    }
    for (const { test, file } of skips) {
      const result = test.result()
      const note = result.state === 'skipped' ? result.note : undefined
      process.stdout.write(`skipped: ${file} > ${test.fullName}${note ? ` (${note})` : ''}\n`)
    }
    const compared = parity.filter(({ rows }) => rows > 0)
    if (compared.length > 0) {
      const all = compared.reduce((sum, { rows }) => sum + rows, 0)
      const parts = compared.map(({ of, rows, kinds }) => `${rows} of ${kinds.size} ${of}`)
      process.stdout.write(`\nRows beside PyTorch or a formula, on every executor: ${all} (${parts.join(', ')})\n`)
    }
    if (passing.size > 0) {
      const missing = promisedRows.filter((row) => !passing.has(row))
      const named = promisedRows.flatMap((row) => (passing.has(row) ? [`${row} (${passing.get(row)})`] : []))
      process.stdout.write(`\nSystems that passing tests name: ${named.join(', ')}\n`)
      if (missing.length > 0) process.stdout.write(`Systems that none names: ${missing.join(', ')}\n`)
    }
    process.stdout.write(`\nTests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
    const forbidden = skips.filter(({ file }) => file !== mayAlwaysSkip)
    if (process.env.CI === 'true' && forbidden.length > 0) {
      process.stdout.write(`With CI=true these must not be skipped: ${forbidden.map(({ file }) => file).join(', ')}\n`)
      process.exitCode = 1
    }
  }
}
