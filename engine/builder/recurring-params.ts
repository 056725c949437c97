/**
 * @file Template parameters that recur, with one name everywhere (the command line's `--set`). In: the template's default.
 * Out: a specification.
 */
import { story } from '../datasets/text/story'
import { tokensIn } from '../datasets/text/tokens'
import { Vocabulary } from '../datasets/text/vocabulary'
import { int } from '../layers/kit/params'

export const batchSize = (usual: number) =>
  int({
    label: { en: 'Batch size', zh: '批量大小' },
    help: { en: 'Samples in one training step.', zh: '每个训练步使用的样本数。' },
    default: usual,
    min: 1,
    max: 65536,
  })

export const imageSize = (usual: number, min: number) =>
  int({
    label: { en: 'Image size', zh: '图像尺寸' },
    help: { en: 'Height and width; the data is resized to it.', zh: '高和宽；数据会缩放到这一尺寸。' },
    default: usual,
    min,
    max: 1024,
  })

export const inChannels = (usual: number) =>
  int({
    label: { en: 'Input channels', zh: '输入通道数' },
    help: { en: '1 for grey images, 3 for colour.', zh: '灰度图像为 1，彩色图像为 3。' },
    default: usual,
    min: 1,
    max: 4096,
  })

export const numClasses = (usual: number) =>
  int({
    label: { en: 'Classes', zh: '类别数' },
    help: { en: 'Different labels in the data.', zh: '数据中不同标签的个数。' },
    default: usual,
    min: 2,
    max: 100_000,
  })

export const numFeatures = (usual: number) =>
  int({
    label: { en: 'Features', zh: '特征数' },
    help: { en: 'Numbers in one sample; an image counts all its pixels.', zh: '每个样本包含的数值个数；图像按全部像素计。' },
    default: usual,
    min: 1,
    max: 1_000_000,
  })

export const numHiddens = (usual: number) =>
  int({
    label: { en: 'Hidden units', zh: '隐藏单元数' },
    help: { en: 'Width of the hidden layer.', zh: '隐藏层的宽度。' },
    default: usual,
    min: 1,
    max: 1_000_000,
  })

export const numSteps = (usual: number) =>
  int({
    label: { en: 'Steps', zh: '时间步数' },
    help: { en: 'Tokens in one sample.', zh: '一个样本包含的词元数。' },
    default: usual,
    min: 1,
    max: 10_000,
  })

/** Usually the characters of the built-in story, and one for all others. */
export const vocabularySize = () =>
  int({
    label: { en: 'Vocabulary', zh: '词表大小' },
    help: { en: 'Different tokens in the text, the unknown one included.', zh: '文本中不同词元的个数，包括未知词元。' },
    default: Vocabulary.of(tokensIn(story, 'char'), 1).size,
    min: 2,
    max: 1_000_000,
  })

/** Recurrent layers on top of each other. */
export const numLayers = (usual: number) =>
  int({
    label: { en: 'Layers', zh: '层数' },
    help: { en: 'Hidden layers on top of each other.', zh: '叠放的隐藏层数。' },
    default: usual,
    min: 1,
    max: 16,
  })
