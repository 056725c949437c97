/** @file Words of the gallery. */
import { defineWords } from './i18n'

export const galleryWords = defineWords('gallery', {
  title: { en: 'Start with a network', zh: '从一个网络开始' },
  hint: {
    en: 'Every template opens with its data. Press Train and watch it learn.',
    zh: '每个模板都自带数据。点击“训练”，即可看到它如何学习。',
  },
  blank: { en: 'Blank graph', zh: '空白网络图' },
  blankHint: { en: 'Begin with nothing but an idea.', zh: '从零开始搭建。' },
  open: { en: 'Open a file', zh: '打开文件' },
  openHint: { en: 'A .netloom.json from disk; dropping it works too.', zh: '打开 .netloom.json 文件，也可直接拖入。' },
  recent: { en: 'Recent', zh: '最近' },
  unsaved: { en: 'unsaved', zh: '未保存' },
  parameters: { en: '{count} parameters', zh: '{count} 个参数' },
  layers: { en: '{count} layers', zh: '{count} 层' },
  close: { en: 'Close', zh: '关闭' },
  remove: { en: 'Forget {name}', zh: '移除 {name}' },
  justNow: { en: 'just now', zh: '刚刚' },
})
