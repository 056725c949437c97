/**
 * @file Every diagnostic code and its sentence in both languages; each has a test.
 * `{name}` placeholders are filled from `Diagnostic.values`.
 */
import type { Text } from './text'

export const catalogue = {
  // --- the file and its structure (document/) ---
  'document.json': { en: 'This is not valid JSON: {detail}.', zh: '这不是有效的 JSON:{detail}。' },
  'document.schema': { en: '{path}: {detail}.', zh: '{path}:{detail}。' },
  'document.version': {
    en: 'The file has format version {got}; this Netloom reads versions up to {expected}.',
    zh: '文件格式版本为 {got},此版本的 Netloom 最多支持 {expected}。',
  },
  'document.size': { en: '{what} is {got}; the limit is {expected}.', zh: '{what} 为 {got},上限是 {expected}。' },
  'graph.unknown-kind': { en: 'There is no layer called “{got}”.', zh: '没有名为“{got}”的层。' },
  'graph.duplicate-id': { en: 'Two nodes are both called “{got}”.', zh: '有两个节点都叫“{got}”。' },
  'graph.dangling-edge': { en: 'A wire ends at “{got}”, which does not exist.', zh: '有一条连线指向不存在的“{got}”。' },
  'graph.cycle': { en: 'These nodes feed each other in a circle: {path}.', zh: '这些节点形成了环:{path}。' },
  'graph.port-taken': { en: 'Input “{port}” has more than one wire.', zh: '输入“{port}”接了多条连线。' },
  'graph.missing-input': { en: 'Input “{port}” is not connected.', zh: '输入“{port}”还没有连接。' },
  // --- parameters and shapes (shapes/, layers/) ---
  'param.invalid': { en: '{param}: expected {expected}, got {got}.', zh: '{param}:应为 {expected},实际是 {got}。' },
  'shape.dtype': { en: 'Expected {expected}; got {got}.', zh: '应为 {expected},实际是 {got}。' },
  'shape.rank': { en: 'Expected {expected}; got {got}.', zh: '应为 {expected},实际是 {got}。' },
  'shape.mismatch': { en: 'The shapes do not fit: expected {expected}, got {got}.', zh: '形状不匹配:应为 {expected},实际是 {got}。' },
  'shape.window': {
    en: 'The window covers {expected} of the image, padding included; the image is only {got}.',
    zh: '窗口覆盖 {expected} 的范围,而图像连同填充只有 {got}。',
  },
  'shape.padding': {
    en: 'The padding must be at most half the window: expected at most {expected}, got {got}.',
    zh: '填充最多为窗口的一半:应不超过 {expected},实际是 {got}。',
  },
  'shape.groups': {
    en: 'The channels do not divide into {expected} groups; got {got}.',
    zh: '通道数不能平均分成 {expected} 组,实际是 {got} 个通道。',
  },
  'shape.axis': { en: 'There is no such axis: expected {expected}, got {got}.', zh: '没有这个轴:应为 {expected},实际是 {got}。' },
  'shape.elements': {
    en: 'One sample has {got} numbers, which do not fill the shape {expected}.',
    zh: '每个样本有 {got} 个数,填不满形状 {expected}。',
  },
  'shape.classes': {
    en: 'The label has {expected} classes, the network gives {got} scores.',
    zh: '标签有 {expected} 个类别,网络却给出 {got} 个得分。',
  },
  'shape.tokens': {
    en: 'The input holds tokens up to {expected}, the table has {got} rows.',
    zh: '输入中的词元共有 {expected} 种,嵌入表只有 {got} 行。',
  },
} as const satisfies Record<string, Text>

export type DiagnosticCode = keyof typeof catalogue
