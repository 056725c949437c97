/**
 * @file A WebGPU device for tests in Node: Dawn on the software driver that Debian's Chromium brings, unless VK_ICD_FILENAMES names another.
 * Where there is none the tests skip and say so; with CI=true they fail. One device serves all the tests of a process, so that a pipeline
 * is compiled once however many cases need it.
 */
import { existsSync } from 'node:fs'
import { describe, it } from 'vitest'
import { messageOf } from '../../engine/core/diagnostic-message'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { openGpu } from '../../engine/host/node/webgpu'
import type { Backend } from '../../engine/runtime/backend'
import { createWebgpuBackend, type WebgpuOptions } from '../../engine/runtime/webgpu/backend'

const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json'
// The Vulkan loader reads the environment of the process when Dawn first asks it for adapters.
if (process.env.VK_ICD_FILENAMES === undefined && existsSync(softwareDriver)) process.env.VK_ICD_FILENAMES = softwareDriver

let reason = ''

const shared: Backend | undefined = await openGpu()
  .then((gpu) => createWebgpuBackend({ gpu }))
  .catch((error: unknown) => {
    const detail = error instanceof DiagnosedError ? error.diagnostics.map((one) => messageOf(one)).join(' ') : String(error)
    reason = `needs a WebGPU adapter: ${detail} (Debian: apt-get install chromium libvulkan1)`
    if (process.env.CI === 'true') throw new Error(reason)
    return undefined
  })

/** For tests that open a device of their own; undefined where there is none. */
export const openWebgpu =
  shared && (async (options: Partial<WebgpuOptions> = {}) => createWebgpuBackend({ gpu: await openGpu(), ...options }))

/** The process's one backend, which ends with the process. */
export const sharedWebgpu: Backend | undefined = shared && {
  info: shared.info,
  createState: (specs) => shared.createState(specs),
  compile: (program, state, options) => shared.compile(program, state, options),
  dispose: async () => {},
}

export function describeWithWebgpu(title: string, body: () => void): void {
  describe(title, shared ? body : () => it('runs on WebGPU', (test) => test.skip(reason)))
}
