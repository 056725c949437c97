/**
 * @file What can go wrong on a GPU, in words for people. In: WebGPU's errors. Out: diagnoses that name the node where it is known and say what to
 * do: go on on the CPU.
 */

import { inMebibytes } from '../../core/bytes'
import { type DiagnosedError, diagnosedError } from '../../core/diagnostics'

/** The device is gone: unplugged, reset by the system, its driver crashed, or its process. */
export const lossOf = (message: string): DiagnosedError =>
  diagnosedError('backend.gpu-lost', { detail: brief(message) || { en: 'the device is gone', zh: '设备已断开' } })

/** An error that nobody asked about. It may be out of memory by its kind; anything else is a command that the device refused. */
export const failureOf = (error: GPUError): DiagnosedError =>
  diagnosedError(isOutOfMemory(error) ? 'backend.gpu-memory' : 'backend.gpu-refused', { detail: brief(error.message) })

/** By its name: in Node the class itself is no global. */
export const isOutOfMemory = (error: GPUError): boolean => error.constructor.name === 'GPUOutOfMemoryError'

/** A kernel that cannot be compiled or dispatched. */
export const kernelRefused = (label: string, detail: string, nodeId: string | undefined): DiagnosedError =>
  diagnosedError('backend.gpu-kernel', { got: label, detail: brief(detail) }, nodeId ? { nodeId } : {})

/** One tensor is larger than the device can hold in one piece. */
export const tensorTooLarge = (bytes: number, limit: number, detail: string, nodeId: string | undefined): DiagnosedError =>
  diagnosedError('backend.memory', { got: inMebibytes(bytes), expected: inMebibytes(limit), detail }, nodeId ? { nodeId } : {})

/** The device has not so much memory left. */
export const notEnoughMemory = (bytes: number, nodeId?: string): DiagnosedError =>
  diagnosedError(
    'backend.gpu-memory',
    { detail: { en: `${inMebibytes(bytes)} more are needed`, zh: `还需要 ${inMebibytes(bytes)}` } },
    nodeId ? { nodeId } : {},
  )

/** The first line says it; the others tell of the driver's inner life. */
const brief = (message: string): string => (message.trim().split('\n')[0] ?? '').replace(/\.$/, '')
