/**
 * @file Files of the built page as responses. In: a folder and the path of a URL. Out: status, headers, bytes — the same for the local
 * server and for Electron's `app://`, so that both are one platform: cross-origin isolated (shared memory) and under one content policy.
 */
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

export interface StaticResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.map': 'application/json; charset=utf-8',
}

/** Everything comes from the app itself; WebAssembly may be compiled, no other code may be made at run time. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const commonHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

const notFound: StaticResponse = {
  status: 404,
  headers: { ...commonHeaders, 'Content-Type': 'text/plain; charset=utf-8' },
  body: new TextEncoder().encode('not found'),
}

/** The file inside `folder` that a URL path names, or undefined when it leaves the folder or is not a path. */
export function fileOf(folder: string, pathname: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return undefined
  }
  if (decoded.includes('\0')) return undefined
  const relative = normalize(decoded.endsWith('/') ? `${decoded}index.html` : decoded).replace(/^[/\\]+/, '')
  const file = join(folder, relative)
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? file : undefined
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG'].includes(String(error.code))

export async function staticResponse(folder: string, pathname: string): Promise<StaticResponse> {
  const file = fileOf(folder, pathname)
  if (file === undefined) return notFound
  try {
    const body = await readFile(file)
    const type = mimeTypes[extname(file)] ?? 'application/octet-stream'
    const fingerprinted = pathname.startsWith('/assets/')
    return {
      status: 200,
      headers: {
        ...commonHeaders,
        'Content-Type': type,
        // Assets carry a hash of their content in their name; a page is looked up again every time.
        'Cache-Control': fingerprinted ? 'public, max-age=31536000, immutable' : 'no-cache',
        'Content-Security-Policy': contentSecurityPolicy,
      },
      body,
    }
  } catch (error) {
    if (isMissing(error)) return notFound
    throw error
  }
}
