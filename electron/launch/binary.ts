/**
 * @file Is there an Electron to run, and can one be had? `electron` itself is never imported under Node: that alone would start a
 * download without limit or message. In: the folder of the npm package. Out: a path, or the reason why there is none.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface PackageFiles {
  exists(path: string): boolean
  read(path: string): string
}

const disk: PackageFiles = { exists: existsSync, read: (path) => readFileSync(path, 'utf8') }

/** Path of the executable if the whole binary of this very version lies there. */
export function installedBinary(packageFolder: string, files: PackageFiles = disk): string | undefined {
  const pathFile = join(packageFolder, 'path.txt')
  const versionFile = join(packageFolder, 'dist', 'version')
  if (!files.exists(pathFile) || !files.exists(versionFile)) return undefined
  const { version } = JSON.parse(files.read(join(packageFolder, 'package.json'))) as { version: string }
  if (files.read(versionFile).trim().replace(/^v/, '') !== version) return undefined
  const binary = join(packageFolder, 'dist', files.read(pathFile).trim())
  return files.exists(binary) ? binary : undefined
}

/** Where Electron's releases lie; the variable is the one its own installer reads. */
const source = (): string => process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/'

/** One HEAD request; anything that answers in time counts. */
export async function canReachSource(limitMs: number, ask: typeof fetch = fetch): Promise<boolean> {
  try {
    const response = await ask(source(), { method: 'HEAD', redirect: 'follow', signal: AbortSignal.timeout(limitMs) })
    return response.status < 500
  } catch {
    // No network, refused, or too slow: all mean the same to the caller, who says so.
    return false
  }
}

/** Runs Electron's own installer with an overall limit. Resolves to whether it succeeded. */
export function install(packageFolder: string, limitMs: number, progress: (line: string) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const started = Date.now()
    const child = spawn(process.execPath, [join(packageFolder, 'install.js')], {
      cwd: dirname(packageFolder),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const tick = setInterval(() => progress(`Fetching Electron … ${Math.round((Date.now() - started) / 1000)} s`), 2000)
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
    const done = (ok: boolean) => {
      clearInterval(tick)
      clearTimeout(limit)
      resolve(ok)
    }
    child.stderr.on('data', (text: Buffer) => progress(text.toString().trim().split('\n')[0] ?? ''))
    child.once('error', () => done(false))
    child.once('exit', (code) => done(code === 0))
  })
}
