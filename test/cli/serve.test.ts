/** @file The local server: isolated, with the right types, and nothing outside its folder. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Serving, serve } from '../../engine/host/node/serve/server'
import { scratch } from './run'

const at = scratch()
let server: Serving

beforeAll(async () => {
  mkdirSync(at('site/assets'), { recursive: true })
  writeFileSync(at('site/index.html'), '<!doctype html>')
  writeFileSync(at('site/assets/app.js'), 'export {}')
  writeFileSync(at('site/assets/core.wasm'), new Uint8Array(8))
  writeFileSync(at('secret.txt'), 'secret')
  server = await serve({ folder: at('site'), port: 0 })
})
afterAll(() => server.close())

/** A request whose path no client has tidied up. */
const raw = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(server.port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
    socket.on('data', (data) => {
      answer += data.toString()
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })

describe('the server', () => {
  it('prints an address that serves the page, cross-origin isolated', async () => {
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/`)
    const page = await fetch(server.url)
    expect(await page.text()).toBe('<!doctype html>')
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'")
  })

  it.each([
    ['assets/app.js?v=1', 'text/javascript; charset=utf-8'],
    ['assets/core.wasm', 'application/wasm'],
  ])('%s is %s', async (path, type) => {
    expect((await fetch(server.url + path)).headers.get('content-type')).toBe(type)
  })

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%00',
    '/%zz',
    '/nothing',
    '//etc/passwd',
    '/assets',
  ])('%s is not found', async (path) => {
    const answer = await raw(path)
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).not.toContain('secret')
  })

  it('answers GET and HEAD only', async () => {
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405)
    expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200)
  })

  it('says when its port is taken', async () => {
    await expect(serve({ folder: at('site'), port: server.port })).rejects.toMatchObject({ diagnostics: [{ code: 'file.port' }] })
  })
})
