/**
 * @file Monaco, as little of it as shows TypeScript, JSON and Python well: the editor's core, a few features, the first two with their workers.
 * In: nothing. Out: the API, with workers and the types of 'netloom' in place. Loaded as a chunk of its own, when the code is first looked at.
 */
import { editor, Uri } from 'monaco-editor/editor'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import 'monaco-editor/features/bracketMatching/register'
import 'monaco-editor/features/clipboard/register'
import 'monaco-editor/features/contextmenu/register'
import 'monaco-editor/features/find/register'
import 'monaco-editor/features/folding/register'
import 'monaco-editor/features/hover/register'
import 'monaco-editor/features/wordHighlighter/register'
import 'monaco-editor/languages/definitions/python/register'
import 'monaco-editor/languages/definitions/typescript/register'
import JsonWorker from 'monaco-editor/languages/features/json/json.worker?worker'
import 'monaco-editor/languages/features/json/register'
import { ModuleKind, ModuleResolutionKind, ScriptTarget, typescriptDefaults } from 'monaco-editor/languages/features/typescript/register'
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker'
import type { Language } from '../../engine/core/text'
import { netloomTypes } from './netloom-types'

const workers: Readonly<Record<string, new () => Worker>> = { typescript: TypeScriptWorker, javascript: TypeScriptWorker, json: JsonWorker }

self.MonacoEnvironment = { getWorker: (_id, label) => new (workers[label] ?? EditorWorker)() }

typescriptDefaults.setCompilerOptions({
  strict: true,
  target: ScriptTarget.ESNext,
  module: ModuleKind.ESNext,
  moduleResolution: ModuleResolutionKind.NodeJs,
  noEmit: true,
})

/** Hovering a call explains the layer in the person's language. */
export function describeNetloom(language: Language): void {
  typescriptDefaults.setExtraLibs([{ content: netloomTypes(language), filePath: 'file:///node_modules/netloom/index.d.ts' }])
}

/** The page's own colours; Monaco only takes six digits, and a minifier leaves three where they suffice. */
const token = (name: string): string =>
  getComputedStyle(document.documentElement)
    .getPropertyValue(name)
    .trim()
    .replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')
const bare = (colour: string): string => colour.replace('#', '')

/** The theme in force, made of the page's own colours. */
export function applyTheme(theme: 'light' | 'dark'): void {
  editor.defineTheme('netloom', {
    base: theme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: 'comment', foreground: bare(token('--faint')) },
      { token: 'keyword', foreground: theme === 'dark' ? 'b39df5' : '6b46c8' },
      { token: 'string', foreground: theme === 'dark' ? '7fd1a8' : '116b41' },
      { token: 'number', foreground: theme === 'dark' ? 'f0a878' : 'a3490b' },
      { token: 'type.identifier', foreground: theme === 'dark' ? '6fc3dd' : '0c6580' },
    ],
    colors: {
      'editor.background': token('--panel'),
      'editor.foreground': token('--text'),
      'editorLineNumber.foreground': token('--faint'),
      'editorLineNumber.activeForeground': token('--soft'),
      'editor.lineHighlightBackground': token('--panel'),
      'editor.selectionBackground': `${token('--accent')}40`,
      'editorIndentGuide.background1': token('--line'),
      'editorWidget.background': token('--panel'),
      'editorWidget.border': token('--line'),
      'editorHoverWidget.background': token('--panel'),
      'editorHoverWidget.border': token('--line'),
      'scrollbar.shadow': '#00000000',
    },
  })
  editor.setTheme('netloom')
}

export { editor, Uri }
