/**
 * @file The words of the interface. In: small per-area tables whose every entry has all languages (type `Text`), so that a missing one does
 * not type-check. Out: i18next with one namespace per area, and typed look-ups inside and outside React.
 */
import i18next from 'i18next'
import { useCallback } from 'react'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Language, Text } from '../../engine/core/text'

export type Words = Readonly<Record<string, Text>>
export type WordValues = Readonly<Record<string, string | number>>

/** One area's table, registered under its name. */
export interface WordArea<W extends Words> {
  readonly area: string
  readonly words: W
}

const LANGUAGES: readonly Language[] = ['en', 'zh']

/** The system's language, if it is one of ours. */
export const systemLanguage = (): Language => (globalThis.navigator?.language.toLowerCase().startsWith('zh') ? 'zh' : 'en')

const i18n = i18next.createInstance()
void i18n.use(initReactI18next).init({
  lng: systemLanguage(),
  fallbackLng: false,
  resources: {},
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { prefix: '{', suffix: '}', escapeValue: false },
  react: { useSuspense: false },
})

/** Registers an area's words; call once, at the top of the area's own words file. */
export function defineWords<const W extends Words>(area: string, words: W): WordArea<W> {
  for (const language of LANGUAGES)
    i18n.addResourceBundle(language, area, Object.fromEntries(Object.entries(words).map(([key, text]) => [key, text[language]])))
  return { area, words }
}

export function setLanguage(language: Language): void {
  void i18n.changeLanguage(language)
  globalThis.document?.documentElement.setAttribute('lang', language === 'zh' ? 'zh-CN' : 'en')
}

/** For code outside React; inside, use `useWords`, which follows a change of language. */
export const translate = <W extends Words>(area: WordArea<W>, key: keyof W & string, values?: WordValues): string =>
  i18n.t(key, { ns: area.area, ...values })

export function useWords<W extends Words>(area: WordArea<W>): (key: keyof W & string, values?: WordValues) => string {
  const { t } = useTranslation(area.area, { i18n })
  return useCallback((key, values) => t(key, { ...values }), [t])
}

/** The language of the interface; the component follows a change. */
export function useLanguage(): Language {
  return useTranslation(undefined, { i18n }).i18n.language === 'zh' ? 'zh' : 'en'
}

/** Picks the right language out of the engine's own `Text`s. */
export function useText(): (text: Text) => string {
  const language = useLanguage()
  return useCallback((text) => text[language], [language])
}
