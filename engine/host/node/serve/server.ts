/**
 * @file The local server of the built page. In: the folder of the build and a port (0: any free one). Out: its address, and a way to end it.
 * It listens on the loopback address only.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { diagnosedError } from '../../../core/diagnostics'
import { staticResponse } from './static'

export interface Serving {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export function serve({ folder, port }: { readonly folder: string; readonly port: number }): Promise<Serving> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end()
      return
    }
    // The path as it came: parsing it as a URL would already resolve `..`, and hide an attempt to leave the folder.
    const path = (request.url ?? '/').split(/[?#]/, 1)[0] as string
    staticResponse(folder, path).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...headers, 'Content-Length': body?.byteLength ?? 0 })
        response.end(request.method === 'HEAD' ? undefined : body)
      },
      (error: unknown) => {
        process.stderr.write(`cannot serve ${path}: ${error instanceof Error ? error.message : String(error)}\n`)
        response.writeHead(500).end()
      },
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(diagnosedError('file.port', { got: port, detail: error.message })))
    server.listen(port, '127.0.0.1', () => {
      const chosen = (server.address() as AddressInfo).port
      resolve({
        url: `http://127.0.0.1:${chosen}/`,
        port: chosen,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      })
    })
  })
}
