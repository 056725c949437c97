/** @file Words of the palette of layers. */
import { defineWords } from './i18n'

export const paletteWords = defineWords('palette', {
  search: { en: 'Find a layer', zh: '查找层' },
  none: { en: 'No layer of this name', zh: '没有这样的层' },
  noneHint: { en: 'Try another word, in English or Chinese.', zh: '换个词试试，中英文均可。' },
  add: { en: 'Add {title}. Drag it to the canvas, or click.', zh: '添加{title}。可拖到画布上，或点击。' },
})
