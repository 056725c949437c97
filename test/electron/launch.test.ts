import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canReachSource, installedBinary } from '../../electron/launch/binary'
import { decide, describeMachine } from '../../electron/launch/decide'

const files = (contents: Record<string, string>) => ({
  exists: (path: string) => path in contents,
  read: (path: string) => contents[path] ?? '',
})
const at = (name: string) => join('/pkg', name)
const whole = {
  [at('package.json')]: '{"version":"45.4.1"}',
  [at('path.txt')]: 'electron',
  [at('dist/version')]: 'v45.4.1\n',
  [at('dist/electron')]: '',
}

describe('is Electron there?', () => {
  test('yes, when the binary of this version is whole', () => expect(installedBinary('/pkg', files(whole))).toBe(at('dist/electron')))
  test.each([
    ['its path file is missing', { [at('path.txt')]: undefined }],
    ['another version lies there', { [at('dist/version')]: '44.0.0' }],
    ['the executable itself is missing', { [at('dist/electron')]: undefined }],
  ])('no, when %s', (_name, change) => {
    const contents = Object.fromEntries(
      Object.entries({ ...whole, ...change }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
    expect(installedBinary('/pkg', files(contents))).toBeUndefined()
  })
  test('the download source is asked once, with a limit, and silence means no', async () => {
    const never: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
    expect(await canReachSource(20, never)).toBe(false)
    expect(await canReachSource(1000, async () => new Response(null, { status: 200 }))).toBe(true)
    expect(await canReachSource(1000, () => Promise.reject(new Error('refused')))).toBe(false)
  })
})

describe('window or page?', () => {
  const machine = { platform: 'linux' as const, hasDisplay: true, isRoot: false, wantsBrowser: false }
  test('a window where there is a display', () => expect(decide(machine)).toEqual({ kind: 'electron' }))
  test.each([
    ['no display', { hasDisplay: false }],
    ['root', { isRoot: true }],
    ['asked for', { wantsBrowser: true }],
  ])('a page: %s', (_name, change) =>
    expect(decide({ ...machine, ...change })).toMatchObject({ kind: 'browser', reason: expect.any(String) }),
  )
  test.skipIf(process.platform !== 'linux')('on Linux the display is what the environment says', () => {
    expect(describeMachine(false, {}).hasDisplay).toBe(false)
    expect(describeMachine(false, { WAYLAND_DISPLAY: 'wayland-0' }).hasDisplay).toBe(true)
  })
})
