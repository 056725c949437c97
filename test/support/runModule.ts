/** @file Runs TypeScript source that imports from 'netloom' alone, as a person would after saving it to a file. */
import * as netloom from 'netloom'
import { transformWithOxc } from 'vite'

/** The default export. Modules are evaluated in place, with the library of this process. */
export async function runModule(source: string): Promise<unknown> {
  const { code } = await transformWithOxc(source, 'exported.ts', { target: 'es2022' })
  const body = code
    .replace(/^import \{(.*?)\} from ["']netloom["'];?$/m, (_, names: string) => `const {${names}} = netloom;`)
    .replace(/^export default /m, 'return ')
  return new Function('netloom', `'use strict';\n${body}`)(netloom)
}
