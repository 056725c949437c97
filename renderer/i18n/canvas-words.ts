/** @file Words on the canvas. */
import { defineWords } from './i18n'

export const canvasWords = defineWords('canvas', {
  canvas: { en: 'Network graph', zh: '网络图' },
  layer: { en: '{title}, {id}', zh: '{title},{id}' },
  input: { en: 'Input {name}', zh: '输入 {name}' },
  output: { en: 'Output {name}', zh: '输出 {name}' },
  problems: { en: 'Problems: {count}', zh: '问题：{count} 个' },
  bypassed: { en: 'bypassed', zh: '已跳过' },
  frozen: { en: 'Weights are frozen', zh: '权重已冻结' },
  openBlock: { en: 'Open this block', zh: '打开此模块' },
  zoomIn: { en: 'Zoom in', zh: '放大' },
  zoomOut: { en: 'Zoom out', zh: '缩小' },
  zoomReset: { en: 'Zoom to 100 %', zh: '缩放到 100 %' },
  fit: { en: 'Fit', zh: '适应' },
  fitHint: { en: 'Show the whole graph', zh: '显示整个网络' },
  layout: { en: 'Auto-layout', zh: '自动布局' },
  whole: { en: 'Whole network', zh: '整个网络' },
  shared: { en: 'Edits apply to all {count} instances', zh: '修改将应用到全部 {count} 个实例' },
  addTitle: { en: 'Add a layer', zh: '添加层' },
  addSearch: { en: 'Search layers and blocks', zh: '搜索层和模块' },
  addNone: { en: 'Nothing fits here.', zh: '没有合适的层。' },
  emptyTitle: { en: 'This graph is empty', zh: '网络图是空的' },
  emptyHint: {
    en: 'Double-click here, or drag a layer from the left. Begin with an input.',
    zh: '双击此处，或从左侧拖入一个层。先从输入层开始。',
  },
  minimap: { en: 'Minimap', zh: '缩略图' },
  wire: { en: 'Wire from {from} to {to}', zh: '从 {from} 到 {to} 的连线' },
})
