/** @file Which weights of a file the document's network can start from. In: a file a person chose. Out: what fits, or a word on what is wrong. */
import { useEffect, useState } from 'react'
import { bool } from '../../engine/layers/kit/params'
import type { WeightFit } from '../../engine/protocol/messages'
import { engine } from '../engine/client'
import { useDocument } from './document'
import { showUi, useUi } from './ui'

export const keepOutputSpec = bool({
  label: { en: 'Copy the output layer too', zh: '也复制输出层' },
  help: {
    en: 'Usually it starts afresh, since the new task has other classes.',
    zh: '通常输出层重新开始，因为新任务的类别不同。',
  },
  default: false,
})

/** Asks the engine; a file that cannot be read closes the question and shows why. */
export function useWeightFit(keepOutput: boolean): WeightFit | undefined {
  const chosen = useUi((state) => state.startFrom)
  const document = useDocument((state) => state.document)
  const [fit, setFit] = useState<WeightFit>()
  useEffect(() => {
    setFit(undefined)
    if (!chosen) return
    let outdated = false
    void engine.fitWeights({ document, ...chosen, keepOutput }).then((outcome) => {
      if (outdated || !outcome) return
      if (outcome.ok) setFit(outcome.value)
      else showUi({ startFrom: undefined, fileProblems: { name: chosen.name, problems: outcome.diagnostics } })
    })
    return () => {
      outdated = true
    }
  }, [chosen, document, keepOutput])
  return fit
}

/** A field, since weights are read once and never written back. */
export function chooseWeights(): void {
  const field = document.createElement('input')
  field.type = 'file'
  field.accept = '.safetensors'
  field.onchange = async () => {
    const [file] = field.files ?? []
    if (file) showUi({ startFrom: { name: file.name, file: new Uint8Array(await file.arrayBuffer()) } })
  }
  field.click()
}
