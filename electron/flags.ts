/**
 * @file V8 and Chromium switches. V8 can widen pairs of 128-bit WebAssembly operations to 256 bits; the switch has had two names,
 * and an unknown one is ignored with a message.
 */

const v8Flags = ['--wasm-revectorize', '--experimental-wasm-revectorize'] as const

/** Chromium switches of the desktop app: name, and value where it takes one. */
export const chromiumSwitches: readonly (readonly [name: string, value?: string])[] = [
  ['js-flags', v8Flags.join(' ')],
  ['enable-unsafe-webgpu'],
  ['enable-features', 'SharedArrayBuffer'],
]
