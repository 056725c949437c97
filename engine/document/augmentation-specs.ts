/**
 * @file How images are changed at random in training (notes 002 §9): the fields of the setting, for the form, the check and the normal form.
 * In: nothing. Out: specifications; a field that is absent has its default, and every other default than that of the flips changes nothing.
 */
import { float, type ParamSpecs, type ParamValues } from '../layers/kit/params'

const jitter = (en: string, zh: string, help: { readonly en: string; readonly zh: string }, max = 1) =>
  float({ label: { en, zh }, help, default: 0, min: 0, max })

export const augmentationSpecs = {
  flipHorizontal: float({
    label: { en: 'Flip left–right', zh: '左右翻转' },
    help: {
      en: 'Probability of a mirror image; 0 where left and right mean something, as in writing.',
      zh: '左右镜像的概率；左右有意义时（如文字）取 0。',
    },
    default: 0.5,
    min: 0,
    max: 1,
  }),
  flipVertical: float({
    label: { en: 'Flip up–down', zh: '上下翻转' },
    help: { en: 'Probability of turning the image upside down.', zh: '上下翻转的概率。' },
    default: 0,
    min: 0,
    max: 1,
  }),
  cropArea: float({
    label: { en: 'Crop: least area', zh: '裁剪：最小面积' },
    help: {
      en: 'A part of the image, of this share of its area up to all of it, is resized to the whole; 1 for no crop.',
      zh: '随机取图像的一部分（面积占比从该值到 1），缩放到原尺寸；1 表示不裁剪。',
    },
    default: 1,
    min: 0.1,
    max: 1,
  }),
  cropAspect: float({
    label: { en: 'Crop: aspect', zh: '裁剪：宽高比' },
    help: {
      en: 'Width by height of the part lies between 1 over this and this: with 2 between 0.5 and 2.',
      zh: '裁剪部分的宽高比在该值的倒数与该值之间：取 2 即 0.5 到 2。',
    },
    default: 2,
    min: 1,
    max: 10,
  }),
  brightness: jitter('Brightness ±', '亮度 ±', {
    en: 'Values are multiplied by a factor between 1 − this and 1 + this.',
    zh: '像素值乘以 1 减该值到 1 加该值之间的系数。',
  }),
  contrast: jitter('Contrast ±', '对比度 ±', {
    en: 'Distances from the mean brightness are multiplied by a factor between 1 − this and 1 + this.',
    zh: '与平均亮度之差乘以 1 减该值到 1 加该值之间的系数。',
  }),
  saturation: jitter('Saturation ±', '饱和度 ±', {
    en: 'Distances from the grey image are multiplied by a factor between 1 − this and 1 + this; colour images only.',
    zh: '与灰度图之差乘以 1 减该值到 1 加该值之间的系数；仅用于彩色图像。',
  }),
  hue: jitter(
    'Hue ±',
    '色相 ±',
    {
      en: 'Colours move round the colour circle by at most this part of it; colour images only.',
      zh: '颜色在色环上移动的最大比例；仅用于彩色图像。',
    },
    0.5,
  ),
} as const satisfies ParamSpecs

export type Augmentation = ParamValues<typeof augmentationSpecs>
