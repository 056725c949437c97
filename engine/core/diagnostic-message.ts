/** @file From a diagnostic to its sentence. In: code and values. Out: words in the person's language. */
import { catalogue } from './diagnostic-catalogue'
import type { Diagnostic } from './diagnostics'
import type { Language } from './text'

/** The sentence of a diagnostic with its values filled in. */
export function messageOf(diagnostic: Pick<Diagnostic, 'code' | 'values'>, language: Language = 'en'): string {
  return catalogue[diagnostic.code][language].replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = diagnostic.values[name]
    return value === undefined ? hole : typeof value === 'object' ? value[language] : String(value)
  })
}
