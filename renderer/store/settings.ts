/** @file What a person prefers (theme, language, what is shown), kept in localStorage. In: choices. Out: a store, applied to the page. */
import { create } from 'zustand'
import type { Language } from '../../engine/core/text'
import { setLanguage, systemLanguage } from '../i18n/i18n'

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly language: 'system' | Language
  readonly minimap: boolean
  /** Snap dragged nodes to the 4 px grid. */
  readonly snap: boolean
  /** Keys of commands that have other ones than their own, by id; none: no key. */
  readonly keys: Readonly<Record<string, readonly string[]>>
}

const KEY = 'netloom.settings'
const defaults: Settings = { theme: 'system', language: 'system', minimap: true, snap: true, keys: {} }

function stored(): Settings {
  const text = globalThis.localStorage?.getItem(KEY)
  if (!text) return defaults
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...defaults, ...value, keys: keysIn(value) } : defaults
  } catch {
    // A damaged entry must not keep the app from opening; the next change overwrites it.
    return defaults
  }
}

function keysIn(value: object): Settings['keys'] {
  const keys: unknown = 'keys' in value ? value.keys : undefined
  if (typeof keys !== 'object' || keys === null) return {}
  const isList = (one: unknown): one is readonly string[] => Array.isArray(one) && one.every((key) => typeof key === 'string')
  return Object.fromEntries(Object.entries(keys).flatMap(([id, list]) => (isList(list) ? [[id, list] as const] : [])))
}

export const useSettings = create<Settings>(stored)

export function changeSettings(change: Partial<Settings>): void {
  useSettings.setState(change)
  globalThis.localStorage?.setItem(KEY, JSON.stringify(useSettings.getState()))
}

/** The theme in force, `system` resolved. */
export const themeInForce = (theme: Settings['theme']): 'light' | 'dark' =>
  theme !== 'system' ? theme : matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'

/** Puts theme and language on the page and keeps them there. */
export function applySettings(): void {
  const apply = (settings: Settings): void => {
    document.documentElement.dataset.theme = themeInForce(settings.theme)
    setLanguage(settings.language === 'system' ? systemLanguage() : settings.language)
  }
  apply(useSettings.getState())
  useSettings.subscribe(apply)
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => apply(useSettings.getState()))
}
