/**
 * @file MNIST's own format. In: a folder with an image file (idx3) and a label file (idx1), plain or gzipped.
 * Out: grey images in [0, 1] with their class.
 */
import { diagnosedError } from '../../core/diagnostics'
import type { Text } from '../../core/text'
import { choice, text } from '../../layers/kit/params'
import { defineDataset } from '../dataset'
import { idxPair } from '../idx/pair'
import { openIdx } from '../idx/read'
import { resize } from '../image'

export default defineDataset({
  kind: 'idx',
  title: { en: 'IDX files (MNIST)', zh: 'IDX 文件（MNIST）' },
  summary: {
    en: 'Image and label files in MNIST’s format, plain or gzipped: train-images-idx3-ubyte, train-labels-idx1-ubyte and the t10k pair.',
    zh: 'MNIST 格式的图像和标签文件，可为 gzip 压缩：train-images-idx3-ubyte、train-labels-idx1-ubyte 以及 t10k 的一对。',
  },
  onDisk: true,
  params: {
    path: text({
      label: { en: 'Folder', zh: '文件夹' },
      help: { en: 'Where the IDX files of images and labels lie.', zh: '存放 IDX 图像文件和标签文件的文件夹。' },
      default: '',
    }),
    part: choice({
      label: { en: 'Part', zh: '部分' },
      help: { en: 'Which files are read: those for training, or those for testing.', zh: '读取哪一组文件：训练用的，或测试用的。' },
      default: 'train',
      options: { train: { en: 'Training (train-*)', zh: '训练（train-*）' }, test: { en: 'Test (t10k-*)', zh: '测试（t10k-*）' } },
    }),
  },
  open: async ({ path, part }, { files, imageSize, like }) => {
    const pair = files && (await idxPair(files, part))
    if (!files || !pair) throw diagnosedError('data.missing', { got: files?.name ?? path })
    const [images, labelFile] = [await openIdx(files, pair.images), await openIdx(files, pair.labels)]
    const [count = 0, rows = 0, columns = 0] = images.extents
    const wrong = (file: string, detail: Text) => diagnosedError('data.idx', { file, detail }, { file })
    if (images.extents.length !== 3)
      throw wrong(pair.images.path, {
        en: `rank ${images.extents.length} instead of 3 (images)`,
        zh: `秩为 ${images.extents.length}，图像应为 3`,
      })
    if (labelFile.extents.length !== 1 || labelFile.extents[0] !== count)
      throw wrong(pair.labels.path, {
        en: `labels for ${labelFile.extents.join('×')} samples, images for ${count}`,
        zh: `标签对应 ${labelFile.extents.join('×')} 个样本，图像却有 ${count} 个`,
      })
    if (count === 0) throw diagnosedError('data.empty', { file: pair.images.path }, { file: pair.images.path })
    const labels = new Int32Array(count)
    for (let i = 0; i < count; i++) labels[i] = (await labelFile.row(i))[0] as number
    const classes =
      like?.find((field) => field.role === 'target')?.classes ?? labels.reduce((largest, label) => Math.max(largest, label), 0) + 1
    const beyond = labels.find((label) => label >= classes)
    if (beyond !== undefined)
      throw diagnosedError(
        'data.class',
        { file: pair.labels.path, got: beyond, expected: `0 … ${classes - 1}` },
        { file: pair.labels.path },
      )
    const [height, width] = imageSize ? [imageSize, imageSize] : [rows, columns]
    const size = height * width
    return {
      fields: [
        { name: 'image', dtype: 'f32', shape: [1, height, width], role: 'input', display: 'image' },
        {
          name: 'label',
          dtype: 'i32',
          shape: [],
          role: 'target',
          classes,
          classNames: Array.from({ length: classes }, (_, i) => String(i)),
          display: 'text',
        },
      ],
      length: count,
      read(indices, out) {
        const { image, label } = out
        if (label) for (let i = 0; i < indices.length; i++) label[i] = labels[indices[i] as number] as number
        if (!image) return
        const put = (i: number, bytes: Uint8Array) => {
          const planes = Float32Array.from(bytes, (value) => value / 255)
          image.set(resize(planes, [1, rows, columns], height, width), i * size)
        }
        const missing: Promise<void>[] = []
        for (let i = 0; i < indices.length; i++) {
          const bytes = images.row(indices[i] as number)
          if (bytes instanceof Uint8Array) put(i, bytes)
          else missing.push(bytes.then((fresh) => put(i, fresh)))
        }
        if (missing.length > 0) return Promise.all(missing).then(() => undefined)
      },
    }
  },
})
