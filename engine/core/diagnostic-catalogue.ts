/**
 * @file Every diagnostic code and its sentence in both languages; each has a test.
 * `{name}` placeholders are filled from `Diagnostic.values`.
 */
import type { Diagnostic } from './diagnostics'
import type { Language, Text } from './text'

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
  'shape.rank': { en: 'Expected {expected}; got {got}.', zh: '应为 {expected},实际是 {got}。' },
  'shape.mismatch': { en: 'The shapes do not fit: expected {expected}, got {got}.', zh: '形状不匹配:应为 {expected},实际是 {got}。' },
} as const satisfies Record<string, Text>

export type DiagnosticCode = keyof typeof catalogue

/** The sentence of a diagnostic with its values filled in. */
export function messageOf(diagnostic: Pick<Diagnostic, 'code' | 'values'>, language: Language = 'en'): string {
  return catalogue[diagnostic.code][language].replace(/\{(\w+)\}/g, (hole, name: string) =>
    name in diagnostic.values ? String(diagnostic.values[name]) : hole,
  )
}
