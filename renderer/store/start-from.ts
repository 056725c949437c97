/** @file Which weights of a file the document's network can start from. In: a file a person chose. Out: its tensors, what fits, or what is wrong. */
import { DiagnosedError } from '../../engine/core/diagnostics'
import { bool } from '../../engine/layers/kit/params'
import { decodeSafetensors, type SafetensorsFile } from '../../engine/train/safetensors'
import { type Transfer, transferWeights } from '../../engine/train/transfer'
import { useDocument } from './document'
import { shapedOf } from './shaped'
import { showUi } from './ui'

export const keepOutputSpec = bool({
  label: { en: 'Copy the output layer too', zh: '也复制输出层' },
  help: {
    en: 'Usually it starts afresh, since the new task has other classes.',
    zh: '通常输出层重新开始，因为新任务的类别不同。',
  },
  default: false,
})

/** Shows what of the file can be used, or why it cannot be read. */
export async function offerWeights(name: string, bytes: Uint8Array): Promise<void> {
  try {
    showUi({ startFrom: { name, file: decodeSafetensors(bytes, name) } })
  } catch (error) {
    if (!(error instanceof DiagnosedError)) throw error
    showUi({ fileProblems: { name, problems: error.diagnostics } })
  }
}

export const transferOf = (file: SafetensorsFile, keepOutput: boolean): Transfer =>
  transferWeights(file, shapedOf(useDocument.getState().document).graph, { keepOutput })

/** A field, since weights are read once and never written back. */
export function chooseWeights(): void {
  const field = document.createElement('input')
  field.type = 'file'
  field.accept = '.safetensors'
  field.onchange = async () => {
    const [file] = field.files ?? []
    if (file) await offerWeights(file.name, new Uint8Array(await file.arrayBuffer()))
  }
  field.click()
}
