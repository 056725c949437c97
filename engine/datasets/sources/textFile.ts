/** @file A text on disk, for language models. In: a UTF-8 file and how to cut it into samples. Out: stretches of it. */
import { diagnosedError } from '../../core/diagnostics'
import { text } from '../../layers/kit/params'
import { defineDataset } from '../dataset'
import { textIn } from '../text/file'
import { stretchesOf, stretchSpecs } from '../text/stretches'

export default defineDataset({
  kind: 'textFile',
  title: { en: 'Text file', zh: '文本文件' },
  summary: {
    en: 'A plain text (UTF-8) in any language: the network learns to go on with it, token by token.',
    zh: '任意语言的纯文本文件（UTF-8）：网络学习逐个词元地续写。',
  },
  onDisk: true,
  params: {
    path: text({
      label: { en: 'File', zh: '文件' },
      help: { en: 'The text that the network learns from, in UTF-8.', zh: '供网络学习的文本文件，UTF-8 编码。' },
      default: '',
    }),
    ...stretchSpecs,
  },
  open: async ({ path, ...settings }, options) => {
    const [file] = (await options.files?.list()) ?? []
    if (!options.files || !file) throw diagnosedError('data.missing', { got: path })
    return stretchesOf(await textIn(options.files, file.path), settings, options, file.path)
  },
})
