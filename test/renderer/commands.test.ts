/** The command registry and the fields of forms. */
import { expect, test } from 'vitest'
import { int, int2d, ints } from '../../engine/layers/kit/params'
import { commands } from '../../renderer/commands/registry'
import { parseParam, showParam } from '../../renderer/controls/param-text'
import { catalogueOf, searchCatalogue } from '../../renderer/palette/catalogue'
import { documentOf } from './helpers'

test('every command has words in both languages, and no key runs two', () => {
  const keys = new Map<string, string>()
  for (const command of commands.values()) {
    expect(command.title.en && command.title.zh, command.id).toBeTruthy()
    for (const key of command.keys ?? []) {
      expect(keys.get(key), `${key} runs ${command.id} and ${keys.get(key)}`).toBeUndefined()
      keys.set(key, command.id)
    }
  }
  for (const key of [
    '$mod+KeyZ',
    '$mod+Shift+KeyZ',
    'Delete',
    '$mod+KeyD',
    '$mod+KeyA',
    'Escape',
    'F2',
    '$mod+KeyK',
    '$mod+Shift+KeyL',
    '$mod+Enter',
  ])
    expect(keys.has(key), key).toBe(true)
})

test('the desktop menu names commands that exist', () => {
  for (const id of [
    'file.new',
    'file.gallery',
    'file.open',
    'file.save',
    'file.saveAs',
    'edit.undo',
    'edit.redo',
    'edit.cut',
    'edit.copy',
    'edit.paste',
    'edit.duplicate',
    'edit.selectAll',
    'train.start',
    'train.stop',
    'train.checkGradients',
    'train.lesson',
    'view.fit',
  ])
    expect(commands.has(id), id).toBe(true)
})

const label = { en: 'a', zh: 'b' }

test('parameters are read as people type them', () => {
  expect(parseParam(int({ label, default: 1, min: 1 }), ' 12 ')).toEqual({ ok: true, value: 12 })
  expect(parseParam(int({ label, default: 1, min: 1 }), '0').ok).toBe(false)
  expect(parseParam(int({ label, default: 1, min: 1 }), '1.5').ok).toBe(false)
  expect(parseParam(int2d({ label, default: 1 }), '3')).toEqual({ ok: true, value: 3 })
  expect(parseParam(int2d({ label, default: 1 }), '3x5')).toEqual({ ok: true, value: [3, 5] })
  expect(parseParam(ints({ label, default: [] }), '1, 28 28')).toEqual({ ok: true, value: [1, 28, 28] })
  expect(parseParam(ints({ label, default: [] }), '')).toEqual({ ok: true, value: [] })
  expect(showParam([1, 28, 28])).toBe('1×28×28')
})

test('inside a block a value may follow one of its parameters', () => {
  const spec = int({ label, default: 1 })
  expect(parseParam(spec, '=stride', ['stride'])).toEqual({ ok: true, value: { $param: 'stride' } })
  expect(parseParam(spec, '=other', ['stride']).ok).toBe(false)
  expect(showParam({ $param: 'stride' })).toBe('=stride')
})

test('layers are found in either language', () => {
  const sections = catalogueOf(documentOf('lenet'))
  const found = (search: string) => searchCatalogue(sections, search).flatMap((section) => section.items.map((item) => item.key))
  for (const search of ['max pool', '最大']) {
    expect(found(search)).toContain('maxPool2d')
    expect(found(search)).not.toContain('avgPool2d')
  }
  // What is called exactly so is what Enter adds.
  for (const [search, first] of Object.entries({ relu: 'relu', dense: 'dense', step: 'step', 阶跃: 'step', 'L2 ': 'l2Normalize' }))
    expect(found(search)[0], search).toBe(first)
  expect(found('zzz')).toEqual([])
  expect(found('')).toContain('block inception')
})
