/** @file Every row of every registered layer, on every backend; and that each layer's words are complete. */
import katex from 'katex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Text } from '../../engine/core/text'
import type { AnyLayer, InputPort } from '../../engine/layers/kit/define'
import { texOf } from '../../engine/layers/kit/formula'
import type { ParamSpec } from '../../engine/layers/kit/params'
import { layers } from '../../engine/layers/kit/registry'
import { completeParams } from '../../engine/layers/kit/validate'
import type { Backend } from '../../engine/runtime/backend'
import { availableBackends } from '../support/backends'
import { checkLayer } from '../support/checkLayer'
import { buildCase } from '../support/layerProgram'

let backends: readonly Backend[] = []
let rows = 0

/** Names of the parameters that the shape rule or the lowering of any case asks for. */
function paramsRead(layer: AnyLayer): ReadonlySet<string> {
  const read = new Set<string>()
  const watched = <P extends object>(params: P): P =>
    new Proxy(params, {
      get: (target, name, receiver) => {
        if (typeof name === 'string') read.add(name)
        return Reflect.get(target, name, receiver)
      },
    })
  const watching: AnyLayer = {
    ...layer,
    shape: (types, params, fail, environment) => layer.shape(types, watched(params), fail, environment),
    lower: (b, inputs, weights, params, context) => layer.lower(b, inputs, weights, watched(params), context),
  }
  for (const row of layer.cases) for (const training of [false, true]) buildCase(watching, row, training)
  return read
}

beforeAll(async () => {
  backends = await availableBackends()
})
afterAll(async () => {
  console.log(`layer check: ${rows} rows of ${layers.size} layers on ${backends.map(({ info }) => info.label.en).join(', ')}`)
  await Promise.all(backends.map((backend) => backend.dispose()))
})

describe.each([...layers.values()].map((layer) => ({ kind: layer.kind, layer })))('$kind', ({ layer }) => {
  it('has cases', () => expect(layer.cases.length).toBeGreaterThan(0))

  it.each(layer.cases.map((row, i) => ({ title: row.name ?? `case ${i + 1}`, row })))('$title', async ({ row }) => {
    await checkLayer(layer, row, backends)
    rows++
  })

  it('has cases that try every optional port, every choice and two values of every parameter that its shape or its formula reads', () => {
    const ports = Object.entries<InputPort>(layer.inputs).flatMap(([port, { optional }]) => (optional ? [port] : []))
    expect(
      ports.filter((port) => !layer.cases.some(({ inputs }) => port in inputs)),
      'ports never wired',
    ).toEqual([])
    const tried = layer.cases.map(({ params = {} }) => completeParams(layer.params, params).params as Readonly<Record<string, unknown>>)
    const read = paramsRead(layer)
    const lacking = Object.entries<ParamSpec>(layer.params).flatMap(([name, spec]) => {
      if (!read.has(name)) return []
      const values = new Set(tried.map((params) => JSON.stringify(params[name])))
      const wanted = spec.type === 'choice' ? Object.keys(spec.options).length : 2
      return values.size < wanted ? [name] : []
    })
    expect(lacking, 'parameters').toEqual([])
  })

  it('says rightly whether it adds to the loss', () => {
    for (const row of layer.cases) expect('penalty' in buildCase(layer, row, true).results).toBe(layer.penalizes === true)
  })

  it('says rightly whether a gradient passes', () => {
    for (const row of layer.cases) {
      const { program, params } = buildCase(layer, row, false)
      const found = program.outputs.filter(({ name }) => name.startsWith('grad:')).map(({ value }) => program.values[value]?.op)
      if (found.length === 0) continue
      const isNone = found.every((op) => op?.op === 'constant' && op.value === 0)
      expect(isNone, row.name).toBe(layer.gradient?.(params) === 'none')
    }
  })

  it('speaks both languages', () => {
    const words: Text[] = [layer.title, layer.summary]
    for (const port of [...Object.values<{ about: Text }>(layer.inputs), ...Object.values<{ about: Text }>(layer.outputs)])
      words.push(port.about)
    for (const spec of Object.values<{ label: Text; help?: Text; options?: Record<string, Text> }>(layer.params))
      words.push(spec.label, ...(spec.help ? [spec.help] : []), ...Object.values(spec.options ?? {}))
    for (const { en, zh } of words) {
      expect(en.trim()).not.toBe('')
      expect(zh.trim()).not.toBe('')
      expect(en, 'no Chinese in the English words').not.toMatch(/[\u4e00-\u9fff]/)
    }
    expect(layer.summary.zh).toMatch(/[\u4e00-\u9fff]/)
  })

  it('has formulas, whatever is chosen, that KaTeX sets and that hold no words of one language', () => {
    for (const { params } of layer.cases) {
      const chosen = completeParams(layer.params, params ?? {}).params
      for (const formula of [layer.formula, ...(layer.derivative === undefined ? [] : [layer.derivative])]) {
        const tex = texOf(formula, chosen)
        expect(() => katex.renderToString(tex, { throwOnError: true, strict: 'error' }), tex).not.toThrow()
        expect(tex).not.toMatch(/\\text\b|\\mbox/)
      }
    }
  })
})
