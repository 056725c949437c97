#!/usr/bin/env node
// @ts-check
/**
 * @file The `netloom` command. In: arguments. Out: the built command line (dist/node/netloom.js), run under the newest Node at hand with
 * the V8 switches that make WebAssembly fast.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { nodeBinary, nodeFlags } from './node-binary.mjs'

const entry = fileURLToPath(new URL('../dist/node/netloom.js', import.meta.url))
if (!existsSync(entry)) {
  process.stderr.write('netloom is not built yet: run "npm run build" first\n')
  process.exit(2)
}
const child = spawn(nodeBinary, [...nodeFlags, entry, ...process.argv.slice(2)], { stdio: 'inherit' })
// The child saves its checkpoint and ends, and this one ends with it. A terminal sends Ctrl-C to both processes, another sender to this one alone:
// what is handed on as SIGTERM is the same wish, not a second one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'))
child.once('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
