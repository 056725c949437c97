// @ts-check
/**
 * @file Which Node to run the engine under, and with what. The npm package `node` brings a V8 that is known to widen WebAssembly to 256 bits, and
 * under which names it takes its switches, to machines whose own Node is another. In: nothing. Out: an executable and its switches.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Its V8 (13.6) knows the switches below; another Node would refuse to start with one that it does not know. */
const knownMajor = '24'

const packaged = fileURLToPath(new URL(`../node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`, import.meta.url))
const isKnown = process.versions.node.split('.')[0] === knownMajor

export const nodeBinary = !isKnown && existsSync(packaged) ? packaged : process.execPath

/** 256 bits, optimised code from the first step on, and no tidying of a small heap while a network is being compiled. */
export const nodeFlags =
  isKnown || nodeBinary === packaged
    ? ['--experimental-wasm-revectorize', '--no-liftoff', '--no-wasm-lazy-compilation', '--initial-old-space-size=256']
    : []
