// @ts-check
/**
 * @file Which Node to run the engine under, and with what. The npm package `node` brings a modern V8 (256-bit WebAssembly) to machines
 * whose own Node is older. In: nothing. Out: an executable and its switches.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const packaged = fileURLToPath(new URL(`../node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`, import.meta.url))
const isModern = Number(process.versions.node.split('.')[0]) >= 24

export const nodeBinary = !isModern && existsSync(packaged) ? packaged : process.execPath

/** Re-vectorisation to 256 bits, optimised code from the first step on, and no tidying of a small heap while a network is being compiled. */
export const nodeFlags =
  isModern || nodeBinary === packaged ? ['--experimental-wasm-revectorize', '--no-liftoff', '--no-wasm-lazy-compilation', '--initial-old-space-size=256'] : []
