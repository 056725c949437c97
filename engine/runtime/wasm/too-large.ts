/** @file Memory that could not be had, said to a person. In: what was needed, by what. Out: a diagnosed error. */

import { inMebibytes } from '../../core/bytes'
import { type DiagnosedError, diagnosedError } from '../../core/diagnostics'
import type { OutOfMemory } from './memory'

export const tooLarge = (reason: OutOfMemory, detail: string, nodeId?: string): DiagnosedError =>
  diagnosedError(
    'backend.memory',
    { got: inMebibytes(reason.needed), expected: inMebibytes(reason.limit), detail },
    nodeId ? { nodeId } : {},
  )
