/**
 * @file Who the graphics adapter is and what it can do. In: what the adapter says of itself. Out: a name for people, whether it is only
 * software, and the limits and features worth asking for.
 */
import type { GpuLimits } from '../../codegen/wgsl/emitter'
import type { Text } from '../../core/text'

const softwareNames: readonly (readonly [RegExp, string])[] = [
  [/swiftshader/i, 'SwiftShader'],
  [/llvmpipe|lavapipe|softpipe/i, 'llvmpipe'],
  [/microsoft basic render|\bwarp\b/i, 'Microsoft Basic Render Driver'],
]

const vendors: Readonly<Record<string, string>> = {
  amd: 'AMD',
  apple: 'Apple',
  arm: 'Arm',
  google: 'Google',
  intel: 'Intel',
  nvidia: 'NVIDIA',
  qualcomm: 'Qualcomm',
}

type AdapterWords = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'>

/** A software adapter computes on the CPU, where WebAssembly is faster. */
export function softwareName(info: AdapterWords): string | undefined {
  const words = [info.vendor, info.architecture, info.device, info.description].join(' ')
  return softwareNames.find(([pattern]) => pattern.test(words))?.[1]
}

/** Node says “NVIDIA H200”; pages are told only maker and family, sometimes a device number. */
export function adapterName(info: AdapterWords): string {
  const maker = vendors[info.vendor.toLowerCase()] ?? info.vendor
  const named = [info.device, info.description].find((words) => /[a-z]{2}/i.test(words) && !/^0x[\da-f]+$/i.test(words))
  if (named) return named.toLowerCase().includes(info.vendor.toLowerCase()) ? named : `${maker} ${named}`
  return [maker, info.architecture].filter((word) => word !== '').join(' ') || 'WebGPU'
}

export interface AdapterFacts {
  readonly label: Text
  readonly software: boolean
  /** In the adapter's own words. */
  readonly identity: readonly string[]
}

export function factsOf(adapter: GPUAdapter): AdapterFacts {
  const { info } = adapter
  const software = softwareName(info)
  const isSoftware = software !== undefined || info.isFallbackAdapter === true
  const name = software ?? adapterName(info)
  return {
    label: isSoftware ? { en: `GPU in software · ${name}`, zh: `软件 GPU · ${name}` } : { en: `GPU · ${name}`, zh: `GPU · ${name}` },
    software: isSoftware,
    identity: [info.vendor, info.architecture, info.device, info.description],
  }
}

/** Limits that are asked for as high as the adapter has them; the others stay at the base that every device has. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
] as const satisfies readonly (keyof GPUSupportedLimits)[]

const wantedFeatures = ['subgroups', 'shader-f16', 'timestamp-query'] as const satisfies readonly GPUFeatureName[]

export const deviceRequestFor = ({ limits, features }: GPUAdapter): GPUDeviceDescriptor => ({
  requiredLimits: Object.fromEntries(wantedLimits.map((name) => [name, limits[name]])),
  requiredFeatures: wantedFeatures.filter((name) => features.has(name)),
})

/** What kernels may count on. */
export const kernelLimitsOf = ({ limits }: GPUDevice): GpuLimits => ({
  storageBuffers: limits.maxStorageBuffersPerShaderStage,
  workgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
  workgroupThreads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
  workgroupBytes: limits.maxComputeWorkgroupStorageSize,
})
