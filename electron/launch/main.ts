/**
 * @file What `npm start` runs after the build: the desktop app where Electron can be had, else the same app in a browser.
 * In: `--port N`, `--no-open`, `--browser`, a document. Out: a running app; one line with the address where it is a page.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { serve } from '../../engine/host/node/serve/server'
import { canReachSource, install, installedBinary } from './binary'
import { decide, describeMachine } from './decide'
import { openInBrowser } from './open'

const PROBE_MS = 3_000
const INSTALL_MS = 5 * 60_000

const say = (line: string): void => void process.stderr.write(`${line}\n`)

async function electronBinary(packageFolder: string): Promise<string | undefined> {
  const present = installedBinary(packageFolder)
  if (present) return present
  if (!(await canReachSource(PROBE_MS))) {
    say('Electron is not installed and its download cannot be reached.')
    return undefined
  }
  const installed = await install(packageFolder, INSTALL_MS, say)
  if (!installed) say('Electron could not be installed.')
  return installed ? installedBinary(packageFolder) : undefined
}

async function inBrowser(root: string, port: number, mayOpen: boolean): Promise<void> {
  const server = await serve({ folder: join(root, 'dist/renderer'), port })
  process.stdout.write(`Netloom is running at ${server.url}\n`)
  if (mayOpen) openInBrowser(server.url)
  const end = () => void server.close().then(() => process.exit(0))
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

export async function launch(root: string, argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '0' },
      open: { type: 'boolean', default: true },
      browser: { type: 'boolean', default: false },
    },
    allowNegative: true,
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    say(`--port takes a number from 0 to 65535, not "${values.port}"`)
    process.exitCode = 2
    return
  }
  const machine = describeMachine(values.browser)
  const decision = decide(machine)
  if (decision.kind === 'electron') {
    const binary = await electronBinary(join(root, 'node_modules/electron'))
    if (binary) {
      const child = spawn(binary, [root, ...positionals], { stdio: 'inherit' })
      child.once('exit', (code) => process.exit(code ?? 1))
      return
    }
    say('Showing the app in your browser instead.')
  } else {
    say(`Showing the app as a page: ${decision.reason}.`)
  }
  await inBrowser(root, port, values.open && machine.hasDisplay)
}
