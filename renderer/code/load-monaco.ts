/** @file Loads Monaco once. In: the language of the interface, whose words Monaco must have before it starts. Out: the module. */
import type { Language } from '../../engine/core/text'

export type Monaco = typeof import('./monaco')

let loading: Promise<Monaco> | undefined

async function load(language: Language): Promise<Monaco> {
  if (language === 'zh') await import('monaco-editor/nls/lang/zh-cn')
  return import('./monaco')
}

export const loadMonaco = (language: Language): Promise<Monaco> => {
  loading ??= load(language)
  return loading
}
