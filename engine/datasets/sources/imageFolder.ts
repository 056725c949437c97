/**
 * @file A folder of images, one sub-folder a class. In: PNG and JPEG files. Out: planes in [0, 1] with the class of their folder.
 * Images are decoded when they are first asked for and kept while they fit into a bounded cache.
 */
import { diagnosedError } from '../../core/diagnostics'
import { choice, text } from '../../layers/kit/params'
import { BoundedCache } from '../cache'
import { defineDataset } from '../dataset'
import { resize } from '../image'
import { decodeImage, isGrey, planesOf } from '../images/decode'
import { type ImageFile, imagesOf } from '../images/folder'

const CACHE_BYTES = 512 * 2 ** 20
/** Images looked at to tell grey from colour. */
const PROBES = 12

export default defineDataset({
  kind: 'imageFolder',
  title: { en: 'Image folder', zh: '图像文件夹' },
  summary: {
    en: 'One sub-folder a class, with PNG or JPEG images; or train/ and test/ folders of that kind.',
    zh: '每个类别一个子文件夹，内含 PNG 或 JPEG 图像；也可以是包含 train/ 和 test/ 的文件夹。',
  },
  onDisk: true,
  params: {
    path: text({
      label: { en: 'Folder', zh: '文件夹' },
      help: { en: 'Where the images lie, in a folder for each class.', zh: '存放图像的文件夹，每个类别一个子文件夹。' },
      default: '',
    }),
    part: choice({
      label: { en: 'Part', zh: '部分' },
      help: {
        en: 'Which images are read: all, or those of the folder for training or for testing.',
        zh: '读取哪些图像：全部，或仅训练、测试文件夹中的图像。',
      },
      default: 'all',
      options: {
        all: { en: 'The whole folder', zh: '整个文件夹' },
        train: { en: 'train/', zh: 'train/' },
        test: { en: 'test/ or val/', zh: 'test/ 或 val/' },
      },
    }),
    channels: choice({
      label: { en: 'Colour', zh: '颜色' },
      help: {
        en: 'Whether images are read as grey, with one channel, or in colour, with three.',
        zh: '按灰度（一个通道）还是按彩色（三个通道）读取图像。',
      },
      default: 'auto',
      options: { auto: { en: 'As the images are', zh: '与图像一致' }, grey: { en: 'Grey', zh: '灰度' }, rgb: { en: 'Colour', zh: '彩色' } },
    }),
  },
  open: async (params, { files, imageSize, like }) => {
    if (!files) throw diagnosedError('data.missing', { got: params.path })
    const images = await imagesOf(files, params.part)
    if (images.length === 0) throw diagnosedError('data.no-classes', { got: files.name }, { file: files.name })
    const classNames =
      like?.find((field) => field.role === 'target')?.classNames ?? [...new Set(images.map((image) => image.className))].sort()
    const labels = Int32Array.from(images, ({ path, className }) => {
      const label = classNames.indexOf(className)
      if (label < 0) throw diagnosedError('data.class', { file: path, got: className, expected: classNames.join(', ') }, { file: path })
      return label
    })
    const decode = async ({ path }: ImageFile) => decodeImage(await files.read(path), path)
    const first = await decode(images[0] as ImageFile)
    const likeImage = like?.find((field) => field.display === 'image')?.shape
    const [height, width] = likeImage
      ? [likeImage[1] as number, likeImage[2] as number]
      : imageSize
        ? [imageSize, imageSize]
        : [first.height, first.width]
    let channels: 1 | 3 = params.channels === 'grey' ? 1 : 3
    if (likeImage) channels = likeImage[0] === 1 ? 1 : 3
    else if (params.channels === 'auto') channels = (await allGrey(images, decode)) ? 1 : 3
    const size = channels * height * width
    // Bytes are kept, not floats: four times as many images fit.
    const cache = new BoundedCache<number, Uint8Array>(CACHE_BYTES)
    const load = async (index: number): Promise<Uint8Array> => {
      const pixels = await decode(images[index] as ImageFile)
      const planes = resize(planesOf(pixels, channels), [channels, pixels.height, pixels.width], height, width)
      const bytes = Uint8Array.from(planes, (value) => Math.round(value * 255))
      cache.set(index, bytes, size)
      return bytes
    }
    return {
      fields: [
        { name: 'image', dtype: 'f32', shape: [channels, height, width], role: 'input', display: 'image' },
        { name: 'label', dtype: 'i32', shape: [], role: 'target', classes: classNames.length, classNames, display: 'text' },
      ],
      length: images.length,
      read(indices, out) {
        const { image, label } = out
        if (label) for (let i = 0; i < indices.length; i++) label[i] = labels[indices[i] as number] as number
        if (!image) return
        const put = (i: number, bytes: Uint8Array) => {
          for (let k = 0; k < size; k++) image[i * size + k] = (bytes[k] as number) / 255
        }
        const missing: Promise<void>[] = []
        for (let i = 0; i < indices.length; i++) {
          const index = indices[i] as number
          const bytes = cache.get(index)
          if (bytes) put(i, bytes)
          else missing.push(load(index).then((fresh) => put(i, fresh)))
        }
        if (missing.length > 0) return Promise.all(missing).then(() => undefined)
      },
    }
  },
})

/** Looks at images spread over the whole folder. */
async function allGrey(
  images: readonly ImageFile[],
  decode: (image: ImageFile) => Promise<Parameters<typeof isGrey>[0]>,
): Promise<boolean> {
  const count = Math.min(PROBES, images.length)
  for (let i = 0; i < count; i++) if (!isGrey(await decode(images[Math.floor((i * images.length) / count)] as ImageFile))) return false
  return true
}
