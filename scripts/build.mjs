// @ts-check
/**
 * @file Builds everything into dist/: the page (renderer), the command line and launcher (node), the desktop shell (electron).
 * In: the sources; `--force` builds even what is fresh. Out: dist/, and node_modules/.bin/netloom. What has not changed is not built again.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const force = process.argv.includes('--force')
const at = (/** @type {string} */ path) => join(root, path)
const alias = { netloom: at('engine/netloom.ts') }

/** Fingerprint of every file that a target is made of. */
function fingerprint(/** @type {readonly string[]} */ folders) {
  const hash = createHash('sha256')
  for (const file of ['package-lock.json', 'tsconfig.json', 'scripts/build.mjs']) hash.update(readFileSync(at(file)))
  for (const folder of folders) {
    const files = readdirSync(at(folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort())
      hash.update(path.slice(root.length)).update(readFileSync(path))
  }
  return hash.digest('hex')
}

/** @type {readonly { name: string, folders: readonly string[], configs: readonly import('vite').InlineConfig[] }[]} */
const targets = [
  {
    name: 'renderer',
    folders: ['renderer', 'engine', 'templates', 'electron'],
    configs: [{ configFile: at('renderer/vite.config.ts'), root: at('renderer') }],
  },
  {
    name: 'node',
    folders: ['engine', 'templates', 'electron'],
    configs: [
      {
        configFile: false,
        root,
        resolve: { alias },
        build: {
          ssr: true,
          target: 'node20',
          outDir: at('dist/node'),
          emptyOutDir: true,
          rollupOptions: {
            input: {
              netloom: at('engine/host/node/main.ts'),
              // The thread that prepares batches.
              feeder: at('engine/host/node/feeder-worker.ts'),
              launch: at('electron/launch/main.ts'),
              library: at('engine/netloom.ts'),
            },
          },
        },
      },
    ],
  },
  {
    name: 'electron',
    folders: ['electron', 'engine/host/node/serve'],
    configs: [
      {
        configFile: false,
        root,
        build: {
          ssr: true,
          target: 'node22',
          outDir: at('dist/electron'),
          emptyOutDir: true,
          rollupOptions: { input: { main: at('electron/main.ts') }, external: ['electron'] },
        },
      },
      {
        configFile: false,
        root,
        build: {
          ssr: true,
          target: 'node22',
          outDir: at('dist/electron'),
          emptyOutDir: false,
          // A sandboxed preload script must be CommonJS.
          rollupOptions: {
            input: { preload: at('electron/preload.ts') },
            external: ['electron'],
            output: { format: 'cjs', entryFileNames: '[name].cjs' },
          },
        },
      },
    ],
  },
]

for (const { name, folders, configs } of targets) {
  const stamp = at(`dist/.${name}.stamp`)
  const print = fingerprint(folders)
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === print) continue
  process.stderr.write(`Building ${name} …\n`)
  rmSync(stamp, { force: true })
  for (const config of configs) await build({ logLevel: 'warn', ...config })
  mkdirSync(at('dist'), { recursive: true })
  writeFileSync(stamp, print)
}

if (process.platform !== 'win32') {
  const link = at('node_modules/.bin/netloom')
  rmSync(link, { force: true })
  symlinkSync('../../scripts/netloom.mjs', link)
}
