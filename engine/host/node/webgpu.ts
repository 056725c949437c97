/**
 * @file The GPU in Node: Dawn, from the optional package `webgpu`, loaded only when a GPU is asked for or may be there. In: nothing. Out: a
 * `GPU` as pages have it; errors that say what is missing and how to mend it.
 */
import { existsSync, readdirSync } from 'node:fs'
import { diagnosedError } from '../../core/diagnostics'

/** The binding ends all its devices when the instance is collected, so it is held here; one serves the whole process. */
let instance: GPU | undefined

export async function openGpu(): Promise<GPU> {
  if (instance) return instance
  let create: (options: string[]) => GPU
  try {
    ;({ create } = await import('webgpu'))
  } catch (reason) {
    const detail = reason instanceof Error ? (reason.message.split('\n')[0] ?? '') : String(reason)
    throw diagnosedError('backend.unavailable', {
      got: 'webgpu',
      detail: {
        en: `the package “webgpu” cannot be loaded (${detail}); install it with “npm install webgpu”`,
        zh: `无法加载软件包“webgpu”（${detail}）；请用“npm install webgpu”安装`,
      },
    })
  }
  instance = create([])
  return instance
}

/** Device files that graphics drivers make on Linux; elsewhere every machine has some adapter. */
export function mayHaveGpu(): boolean {
  if (process.platform !== 'linux') return true
  const isRenderNode = (name: string) => name.startsWith('renderD')
  return ['/dev/nvidiactl', '/dev/dxg', '/dev/mali0'].some((path) => existsSync(path)) || filesIn('/dev/dri').some(isRenderNode)
}

const filesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : [])
