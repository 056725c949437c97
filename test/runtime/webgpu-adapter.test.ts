/** @file Who an adapter is, from what browsers and Dawn say of it; and where long-lived buffers lie. No device is needed. */
import { describe, expect, it } from 'vitest'
import type { BackendInfo } from '../../engine/runtime/backend'
import { byPreference } from '../../engine/runtime/preference'
import { factsOf } from '../../engine/runtime/webgpu/adapter'
import { createWebgpuBackend } from '../../engine/runtime/webgpu/backend'
import { layOut } from '../../engine/runtime/webgpu/memory'

const silent = { vendor: '', architecture: '', device: '', description: '' }
const facts = (info: Partial<GPUAdapterInfo>) => factsOf({ info: { ...silent, ...info } } as GPUAdapter)

describe('an adapter', () => {
  it.each([
    [
      'Dawn in Node',
      { vendor: 'nvidia', architecture: 'hopper', device: 'NVIDIA H200', description: 'NVIDIA: 570.86' },
      'GPU · NVIDIA H200',
    ],
    ['a page', { vendor: 'nvidia', architecture: 'ampere' }, 'GPU · NVIDIA ampere'],
    ['a page that knows the device number', { vendor: 'amd', architecture: 'rdna-3', device: '0x744c' }, 'GPU · AMD rdna-3'],
    ['a page that says nothing', {}, 'GPU · WebGPU'],
    ['a Mac', { vendor: 'apple', architecture: 'metal-3', description: 'Apple M3 Pro' }, 'GPU · Apple M3 Pro'],
    ['a bare model number', { vendor: 'intel', device: 'Arc A770' }, 'GPU · Intel Arc A770'],
  ])('is named as %s tells', (_, info, label) => {
    expect(facts(info)).toMatchObject({ label: { en: label }, software: false })
  })

  it.each([
    [{ vendor: 'google', architecture: 'swiftshader' }, 'SwiftShader'],
    [{ vendor: 'mesa', device: 'llvmpipe (LLVM 15.0.6, 256 bits)' }, 'llvmpipe'],
    [{ vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }, 'Microsoft Basic Render Driver'],
    [{ vendor: 'acme', device: 'Soft Thing', isFallbackAdapter: true }, 'acme Soft Thing'],
  ])('that is only software is recognised: %j', (info, name) => {
    expect(facts(info)).toMatchObject({ label: { en: `GPU in software · ${name}`, zh: `软件 GPU · ${name}` }, software: true })
  })

  it('that is missing is a diagnosis, not a crash', async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU
    await expect(createWebgpuBackend({ gpu })).rejects.toMatchObject({
      diagnostics: [{ code: 'backend.unavailable', values: { got: 'webgpu' } }],
    })
  })
})

it('a real GPU comes before the CPU, and the CPU before a GPU in software', () => {
  const info = (id: BackendInfo['id'], software?: true): BackendInfo => ({ id, software, label: { en: id, zh: id }, threads: 1 })
  const order = (...infos: BackendInfo[]) => infos.sort(byPreference).map(({ id }) => id)
  expect(order(info('reference'), info('wasm'), info('webgpu'))).toEqual(['webgpu', 'wasm', 'reference'])
  expect(order(info('reference'), info('webgpu', true), info('wasm'))).toEqual(['wasm', 'webgpu', 'reference'])
})

it('long-lived buffers start where bindings may, and none lies across the end of a segment', () => {
  const { offsets, bytes } = layOut([4, 300, 512, 256, 1], 1024)
  expect(offsets).toEqual([0, 256, 1024, 1536, 1792])
  expect(bytes).toBe(2048)
})
