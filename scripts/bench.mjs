// @ts-check
/**
 * @file `npm run bench`: builds the bench (test/bench/main.ts) and its peers, and starts it under the Node and with the switches that our launcher
 * uses. In: `--json`, `--markdown FILE`, `--rounds N`, `--threads N`, `--case NAME[/BATCH]`, `--section steps|ceilings|growth`; `--kernels [PATTERN]` for
 * single kernels instead; `--install-peers` fetches the JavaScript peers into .cache/peers first. Out: what the bench says.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { nodeBinary, nodeFlags } from './node-binary.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (/** @type {string} */ path) => join(root, path)
const args = process.argv.slice(2)
const peers = at('.cache/peers')

if (args.includes('--install-peers')) {
  mkdirSync(peers, { recursive: true })
  const packages = ['@jax-js/jax@0.1.25', '@tensorflow/tfjs@4.22.0', '@tensorflow/tfjs-backend-webgpu@4.22.0']
  const { status } = spawnSync('npm', ['install', '--prefix', peers, '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) process.exit(1)
}

/** @type {import('vite').InlineConfig} */
const common = { configFile: false, logLevel: 'warn', resolve: { alias: { netloom: at('engine/netloom.ts') } } }

await build({
  ...common,
  root,
  build: {
    ssr: true,
    target: 'node20',
    outDir: at('dist/bench/node'),
    emptyOutDir: true,
    rollupOptions: {
      input: { main: at('test/bench/main.ts'), netloom: at('test/bench/peers/netloom.ts'), kernels: at('test/bench/kernels-main.ts') },
    },
  },
})

const kernels = args.indexOf('--kernels')
if (kernels >= 0) {
  const { status } = spawnSync(nodeBinary, [...nodeFlags, at('dist/bench/node/kernels.js'), ...args.slice(kernels + 1)], {
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}

await build({
  ...common,
  root: at('test/bench/peers/page'),
  worker: { format: 'es' },
  build: { target: 'es2023', outDir: at('dist/bench/page'), emptyOutDir: true },
})

/** The JavaScript peers as modules that the page's Workers load; TensorFlow.js and its WebGPU backend must share one core. */
const libraries = Object.entries({
  'jax-js': '@jax-js/jax/dist/index.js',
  tfjs: '@tensorflow/tfjs/dist/index.js',
  'tfjs-webgpu': '@tensorflow/tfjs-backend-webgpu/dist/index.js',
})
  .map(([name, path]) => [name, join(peers, 'node_modules', path)])
  .filter(([, path]) => existsSync(/** @type {string} */ (path)))
if (libraries.length > 0)
  await build({
    ...common,
    logLevel: 'error',
    root: peers,
    build: {
      target: 'es2023',
      outDir: at('dist/bench/page/libraries'),
      rollupOptions: {
        input: Object.fromEntries(libraries),
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  })

const bench = spawn(nodeBinary, [at('dist/bench/node/main.js'), ...args.filter((arg) => arg !== '--install-peers')], {
  stdio: 'inherit',
  env: { ...process.env, NETLOOM_BENCH: JSON.stringify({ root, node: nodeBinary, nodeFlags }) },
})
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, () => bench.kill(name))
bench.on('exit', (code) => process.exit(code ?? 1))
