/** @file The chain of migrations, with versions of our own: the format itself has only one so far. */
import { expect, test } from 'vitest'
import { type Migration, migrate, migrations } from '../../engine/document/migrate'
import { VERSION } from '../../engine/document/schema'

/** Version 2 renamed `title` to `name`, version 3 put the nodes into a graph. */
const chain: Migration[] = [
  { from: 2, migrate: ({ nodes, ...rest }) => ({ ...rest, graph: { nodes } }) },
  { from: 1, migrate: ({ title, ...rest }) => ({ ...rest, name: title }) },
]

test('an old document goes through every step', () => {
  const old = { version: 1, title: 'a', nodes: [1] }
  expect(migrate(old, chain, 3)).toEqual({ ok: true, value: { version: 3, name: 'a', graph: { nodes: [1] } } })
  expect(old).toEqual({ version: 1, title: 'a', nodes: [1] })
})

test('a document of the version between takes the later steps only', () => {
  expect(migrate({ version: 2, name: 'b', nodes: [] }, chain, 3)).toEqual({
    ok: true,
    value: { version: 3, name: 'b', graph: { nodes: [] } },
  })
})

test('a current document stays as it is', () => {
  const current = { version: 3 }
  expect(migrate(current, chain, 3)).toEqual({ ok: true, value: current })
})

test('a newer document is refused', () => {
  expect(migrate({ version: 4 }, chain, 3)).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'document.version', values: { got: 4, expected: 3 } }],
  })
})

test('a step that is missing is no way through', () => {
  expect(migrate({ version: 1 }, chain.slice(0, 1), 3)).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'document.version', values: { got: 1 } }],
  })
})

test('every version before the current one has its migration', () => {
  expect(migrations.map(({ from }) => from)).toEqual(Array.from({ length: VERSION - 1 }, (_, i) => i + 1))
})
