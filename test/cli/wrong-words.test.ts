/** @file Commands as hostile hands type them: options without values, options that say nothing, files of the wrong kind. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { encodeSafetensors } from '../../engine/train/safetensors'
import { netloom, scratch } from './run'

const at = scratch()
const moons = ['train', 'mlp', '--data', 'moons', '--set', 'numHiddens=4', '--steps', '1']

describe('wrong usage', () => {
  it.each([
    ['an option in the place of a value', [...moons, '--out', '--json'], 'The value is missing: --json is an option itself.'],
    ['--best with nothing to write', [...moons, '--best'], '--best says nothing without --out'],
    ['--keep-output with nothing to start from', [...moons, '--keep-output'], '--keep-output says nothing without --from'],
    ['two things to start from', [...moons, '--from', 'a', '--weights', 'b'], "cannot be used with option '--weights <file>'"],
    ['a checkpoint and weights', [...moons, '--resume', 'a', '--weights', 'b'], "cannot be used with option '--weights <file>'"],
    ['an ε below all rounding', ['check-gradients', 'xor-mlp', '--epsilon', '1e-300'], 'a number from 1e-9 to 0.1'],
    ['an ε that leaves the slope', ['check-gradients', 'xor-mlp', '--epsilon', '1e10'], 'a number from 1e-9 to 0.1'],
  ])('%s', async (_, words, message) => {
    const { code, out, err } = await netloom(...words)
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(message)])
    expect(err).toMatch(/^error: /)
  })

  it('a rate for a method that has none', async () => {
    const { code, err } = await netloom(...moons, '--optimizer', 'adadelta', '--lr', '0.1')
    expect([code, err]).toEqual([1, expect.stringMatching(/^error\[train\.rate\.unused\].*AdaDelta has no learning rate.*--lr/)])
  })

  it('an option that says nothing about the data is named', async () => {
    for (const [option, value] of [
      ['--label', 'x'],
      ['--shape', '1x2x1'],
    ]) {
      const { code, err } = await netloom(...moons, option as string, value as string)
      expect(code).toBe(1)
      expect(err).toMatch(new RegExp(`^error\\[data\\.option\\]: ${option} says nothing about .*CSV`))
    }
  })

  it('a parameter that the template has not is answered with those it has', async () => {
    const { code, err } = await netloom('inspect', 'lenet', '--set', 'dropout=0')
    expect(code).toBe(1)
    expect(err).toBe('error[param.invalid]: dropout: expected one of inChannels, imageSize, numClasses, batchSize, got “dropout”.\n')
  })
})

describe('a file that is no graph', () => {
  it('is named, with what is wrong with it', async () => {
    writeFileSync(at('data.csv'), 'a,b\n1,2\n')
    writeFileSync(at('newer.netloom.json'), JSON.stringify({ format: 'netloom', version: 99 }))
    writeFileSync(at('other.json'), '{}')
    for (const [file, code] of [
      ['data.csv', 'json'],
      ['newer.netloom.json', 'version'],
      ['other.json', 'format'],
    ]) {
      const { code: exit, err } = await netloom('inspect', at(file as string))
      expect([exit, err]).toEqual([1, expect.stringContaining(`error[document.${code}]: ${at(file as string)}: `)])
    }
    expect((await netloom('inspect', at('newer.netloom.json'))).err).toContain('Open it with a newer Netloom')
  })
})

it('numbers where classes are wanted: it is said how each becomes one', async () => {
  writeFileSync(at('signs.csv'), `a,b,sign\n${Array.from({ length: 20 }, (_, i) => `${i % 7},${i % 3},${i % 2 ? 1 : -1}`).join('\n')}\n`)
  const words = ['train', 'mlp', '--data', at('signs.csv'), '--set', 'numHiddens=4', '--set', 'batchSize=4', '--steps', '2', '--json']
  const { code, err } = await netloom(...words)
  expect([code, err]).toEqual([1, expect.stringMatching(/^error\[data\.not-classes\] node label: .*--set target=class/)])
  expect((await netloom(...words, '--set', 'target=class')).code).toBe(0)
})

it.each([
  ['in UTF-16', Buffer.from('\ufeffa,b,c\n1,2,0\n3,4,1\n', 'utf16le')],
  ['in UTF-16 without a mark', Buffer.from('a,b,c\n1,2,0\n3,4,1\n', 'utf16le')],
  ['in Latin-1', Buffer.from('a,b,c\n1,2,caf\xe9\n3,4,tea\n', 'latin1')],
  ['that is none at all', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 44, 10])],
])('a table %s is said to be no text that can be read', async (_, bytes) => {
  writeFileSync(at('other.csv'), bytes)
  const { code, err } = await netloom('train', 'mlp', '--data', at('other.csv'))
  expect([code, err]).toEqual([1, 'error[data.text]: other.csv is not a UTF-8 text: save it in that encoding.\n'])
})

it('a loss that is no number is never the best', async () => {
  const { err } = await netloom(...moons, '--batch-size', 'full', '--epochs', '1', '--lr', '1e30')
  expect(err).toContain('validation loss NaN')
  expect(err).not.toMatch(/NaN.*\(best\)/)
})

describe('a batch from a file', () => {
  it.each([
    ['above all classes', 99],
    ['below them', -1],
  ])('with a label %s is refused, and the node is named', async (_, label) => {
    const features = { name: 'features', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }
    writeFileSync(at('x'), encodeSafetensors([features, { name: 'label', shape: [2], data: Int32Array.of(0, label) }]))
    const network = ['softmax-regression', '--set', 'numFeatures=3', '--set', 'numClasses=4']
    for (const words of [
      ['run', ...network, '--inputs', at('x'), '--out', at('y'), '--grad'],
      ['check-gradients', ...network, '--inputs', at('x')],
    ]) {
      const { code, err } = await netloom(...words)
      expect([code, err]).toEqual([
        1,
        expect.stringContaining(
          `error[weights.values] node label: ${at('x')}: The tensor “label” must hold class numbers from 0 to 3; it holds ${label}.`,
        ),
      ])
    }
    expect(existsSync(at('y'))).toBe(false)
  })
})

describe('what the contract has everywhere', () => {
  it('compile prints JSON when asked to, with the node of each line', async () => {
    const { code, out } = await netloom('compile', 'xor-mlp', '--emit', 'program', '--json')
    expect(code).toBe(0)
    const { stage, lines } = JSON.parse(out) as { stage: string; lines: { text: string; origin?: string }[] }
    expect(stage).toBe('program')
    expect(lines.some(({ origin }) => origin === 'dense1')).toBe(true)
  })

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await netloom('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  it('each command has help that names every option with what it does', async () => {
    const { out } = await netloom('--help')
    const commands = [...out.matchAll(/^ {2}([a-z-]+)(?: |$)/gm)].flatMap(([, name]) => (name && name !== 'help' ? [name] : []))
    expect(commands.length).toBeGreaterThan(13)
    for (const command of commands) {
      const help = await netloom(command, '--help')
      expect(help.code).toBe(0)
      const options = [...help.out.matchAll(/^ {2}(?:-\w, )?--[a-z-]+(?: <[^>]+>| \[[^\]]+\])? *(.*)(?:\n {10,}(.*))?$/gm)]
      expect(options.length).toBeGreaterThan(0)
      for (const [line, first, second] of options) expect((first || second || '').length, `${command}: ${line}`).toBeGreaterThan(3)
    }
  })
})

it('no file is made by what fails', () => {
  expect(existsSync('--json')).toBe(false)
})

it('what would help is said where the editor would offer it', async () => {
  const g = graph('labels')
  g.hinge(g.dense(g.input('features', [2]), { numHiddens: 1 }), g.label('label', 2))
  writeFileSync(at('labels.netloom.json'), JSON.stringify(g.document()))
  const { code, err } = await netloom('inspect', at('labels.netloom.json'))
  expect(code).toBe(1)
  expect(err).toBe(
    'error[shape.dtype] node loss1: Expected real numbers; got whole numbers (tokens or classes). What would help: Let the label give numbers.\n',
  )
})
