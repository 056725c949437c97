/** Keys of a person's own: what is pressed is written down, no key runs two commands, and everything can be put back. */
import { beforeEach, expect, test } from 'vitest'
import { bind, bindingsOf, holderOf, pressOf, unbind, unbindAll } from '../../renderer/commands/bindings'
import { commands } from '../../renderer/commands/registry'
import { useSettings } from '../../renderer/store/settings'

const press = (code: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}, key = code) =>
  pressOf({ code, key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held })
const command = (id: string) => {
  const found = commands.get(id)
  if (!found) throw new Error(`no command ${id}`)
  return found
}
const all = () => commands.values()

beforeEach(unbindAll)

test('presses are written as bindings, modifiers alone are none', () => {
  expect(press('KeyG', { ctrlKey: true, shiftKey: true })).toBe('$mod+Shift+KeyG')
  expect(press('F5')).toBe('F5')
  expect(press('ControlLeft', { ctrlKey: true }, 'Control')).toBeUndefined()
})

test('the holder of a key is found however the key is written', () => {
  expect(holderOf('Digit1', all())?.id).toBe('view.fit')
  expect(holderOf('Period', all())?.id).toBe('view.fitSelection')
  expect(holderOf('Shift+Slash', all())?.id).toBe('app.shortcuts')
  expect(holderOf('Shift+$mod+KeyZ', all())?.id).toBe('edit.redo')
  expect(holderOf('F9', all())).toBeUndefined()
})

test('a key given to one command leaves another, which keeps its others', () => {
  bind(command('view.fit'), '$mod+KeyY', all())
  expect(bindingsOf(command('view.fit'))).toEqual(['$mod+KeyY'])
  expect(bindingsOf(command('edit.redo'))).toEqual(['$mod+Shift+KeyZ'])
  bind(command('graph.layout'), 'KeyL', all())
  expect(bindingsOf(command('train.lesson'))).toEqual([])
  const keys = [...all()].flatMap((one) => (one.native ? [] : bindingsOf(one)))
  expect(new Set(keys).size).toBe(keys.length)
})

test('a command goes back to its own keys, but takes none that another has since been given', () => {
  bind(command('graph.layout'), 'KeyL', all())
  unbind(command('train.lesson'), all())
  expect(bindingsOf(command('train.lesson'))).toEqual([])
  unbind(command('graph.layout'), all())
  unbind(command('train.lesson'), all())
  expect(bindingsOf(command('train.lesson'))).toEqual(['KeyL'])
  expect(useSettings.getState().keys).toEqual({})
})

test('giving a command the key it has changes nothing for others', () => {
  bind(command('edit.redo'), '$mod+KeyY', all())
  expect(bindingsOf(command('edit.redo'))).toEqual(['$mod+KeyY'])
  expect(bindingsOf(command('edit.undo'))).toEqual(['$mod+KeyZ'])
})
