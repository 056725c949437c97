// @ts-check
/**
 * @file `npm start`: builds what has changed, then launches. In: the launcher's arguments (`--port N`, `--no-open`, `--browser`, a document).
 */
import { fileURLToPath } from 'node:url'

await import('./build.mjs')
const { launch } = await import(new URL('../dist/node/launch.js', import.meta.url).href)
await launch(fileURLToPath(new URL('..', import.meta.url)), process.argv.slice(2))
