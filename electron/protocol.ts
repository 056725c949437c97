/**
 * @file `app://netloom/…`: the built page, served from `dist/renderer` with the headers that shared memory and the sandbox need.
 * In: requests of the two windows. Out: responses; anything outside the folder is a 404.
 */
import { protocol } from 'electron'
import { staticResponse } from '../engine/host/node/serve/static'

export const SCHEME = 'app'
export const ORIGIN = `${SCHEME}://netloom`

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
  ])
}

export function serveApp(folder: string): void {
  protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url)
    if (url.host !== 'netloom') return new Response('not found', { status: 404 })
    const { status, headers, body } = await staticResponse(folder, url.pathname)
    return new Response(body === undefined ? null : new Uint8Array(body), { status, headers })
  })
}
