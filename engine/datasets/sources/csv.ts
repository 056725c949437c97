/**
 * @file A table on disk. In: a CSV file, with or without a header; the last column is the target unless another is named.
 * Out: rows as features, or as images where a shape is given; a class or a number as the target.
 */
import { diagnosedError } from '../../core/diagnostics'
import { formatShape, sizeOf } from '../../core/tensor'
import { choice, ints, text } from '../../layers/kit/params'
import { readColumns } from '../columns/csv-columns'
import { readTable } from '../csv/table'
import { defineDataset, type Field, type FileSource } from '../dataset'
import { resize } from '../image'

export default defineDataset({
  kind: 'csv',
  title: { en: 'CSV table', zh: 'CSV 表格' },
  summary: {
    en: 'Rows of numbers with a target column. Whole-number or word targets are classes; other numbers are quantities.',
    zh: '由数字组成的行，其中一列为目标。整数或文字目标视为类别，其他数字视为数量。',
  },
  onDisk: true,
  params: {
    path: text({
      label: { en: 'File', zh: '文件' },
      help: { en: 'The table: a text file with one sample a line.', zh: '表格文件：文本格式，每行一个样本。' },
      default: '',
    }),
    label: text({
      label: { en: 'Target column', zh: '目标列' },
      help: { en: 'Name of the target column in the header; empty: the last column.', zh: '表头中目标列的名称；留空表示最后一列。' },
      default: '',
    }),
    target: choice({
      label: { en: 'Target', zh: '目标' },
      help: {
        en: 'Whether the target column holds classes or numbers; automatic looks at what is in it.',
        zh: '目标列是类别还是数量；“自动”会根据列的内容判断。',
      },
      default: 'auto',
      options: {
        auto: { en: 'Automatic', zh: '自动' },
        class: { en: 'Class', zh: '类别' },
        number: { en: 'Number', zh: '数量' },
      },
      advanced: true,
    }),
    shape: ints({
      label: { en: 'Image shape', zh: '图像形状' },
      help: {
        en: 'Channels, height and width when every row is an image; empty: a row is a list of features.',
        zh: '每行为一幅图像时的通道数、高和宽；留空表示每行为一列特征。',
      },
      default: [],
      min: 1,
      max: 65536,
      maxLength: 3,
    }),
  },
  columns: async ({ path, label }, { files }) => {
    const file = await tableIn(files, path)
    return readColumns(file.files, file.path, file.size, label)
  },
  open: async ({ path, label, target, shape }, { files, imageSize, like }) => {
    const file = await tableIn(files, path)
    const known = like?.find((field) => field.role === 'target')
    const table = await readTable(file.files, file.path, file.size, {
      label,
      // Quantities stay quantities, even where all of these happen to be whole.
      target: known?.dtype === 'f32' ? 'number' : target,
      like: known?.classNames,
    })
    const width = table.columns.length
    const stored = imageShape(shape)
    if (stored && sizeOf(stored) !== width)
      throw diagnosedError(
        'data.row-shape',
        { file: file.path, got: width, shape: formatShape(stored), expected: sizeOf(stored) },
        { file: file.path },
      )
    const shown = stored && imageSize ? ([stored[0], imageSize, imageSize] as const) : stored
    const input: Field = shown
      ? { name: 'image', dtype: 'f32', shape: shown, role: 'input', display: 'image' }
      : { name: 'features', dtype: 'f32', shape: [width], role: 'input', display: 'table', columns: table.columns }
    const output: Field = table.classNames
      ? {
          name: 'label',
          dtype: 'i32',
          shape: [],
          role: 'target',
          classes: table.classNames.length,
          classNames: table.classNames,
          display: 'text',
        }
      : { name: 'target', dtype: 'f32', shape: [1], role: 'target', display: 'table', columns: [table.targetName] }
    const row = new Float32Array(width)
    const perSample = sizeOf(input.shape)
    return {
      fields: [input, output],
      length: table.length,
      read(indices, out) {
        const inputs = out[input.name]
        const targets = out[output.name]
        for (let i = 0; i < indices.length; i++) {
          const index = indices[i] as number
          if (targets) targets[i] = table.target(index)
          if (!(inputs instanceof Float32Array)) continue
          if (stored && shown && stored !== shown) {
            table.features(index, row, 0)
            inputs.set(resize(row, stored, shown[1], shown[2]), i * perSample)
          } else table.features(index, inputs, i * perSample)
        }
      },
    }
  },
})

async function tableIn(files: FileSource | undefined, path: string) {
  const entries = (await files?.list()) ?? []
  const file = entries.find((entry) => /\.(csv|tsv|txt|data)$/i.test(entry.path)) ?? entries[0]
  if (!files || !file) throw diagnosedError('data.missing', { got: path })
  return { ...file, files }
}

/** (H, W) means one channel. */
function imageShape(shape: readonly number[]): readonly [number, number, number] | undefined {
  if (shape.length < 2) return undefined
  const [channels, height, width] = shape.length === 2 ? [1, ...shape] : shape
  return [channels as number, height as number, width as number]
}
