/**
 * @file Every row of every layer against PyTorch in double precision: values, metrics, new statistics and gradients from the table in
 * layers.py, written by hand; and the layer's own PyTorch export, which must run and give the same.
 */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TensorType } from '../../engine/core/tensor'
import type { AnyLayer } from '../../engine/layers/kit/define'
import { layers } from '../../engine/layers/kit/registry'
import type { Backend } from '../../engine/runtime/backend'
import { deviationsOn, evaluateOutputs } from '../support/agreement'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { expectAgreement } from '../support/checkLayer'
import { largestMagnitude } from '../support/difference'
import { buildCase, type Case, type LayerProgram, weightName, wireName } from '../support/layerProgram'
import { askPython, describeWithTorch } from '../support/torch'
import { edges } from './edges'

/** PyTorch and the interpreter compute in double precision, so they agree far more closely than CLI.md asks of 32 bits. */
const TOLERANCE = 1e-9

interface Row {
  readonly layer: AnyLayer
  readonly title: string
  readonly training: boolean
  readonly built: LayerProgram
}

const rowsOfCases: readonly Row[] = [...layers.values()].flatMap((layer) =>
  layer.cases.flatMap((row: Case, i: number) =>
    (row.mode === 'eval' ? [false] : [false, true]).map((training) => ({
      layer,
      title: `${layer.kind}: ${row.name ?? `case ${i + 1}`}, ${training ? 'training' : 'evaluation'}`,
      training,
      built: buildCase(layer, row, training),
    })),
  ),
)

const copied = (data: Readonly<Record<string, readonly number[]>>) =>
  Object.fromEntries(Object.entries(data).map(([name, v]) => [name, [...v]]))

const rowsAtEdges = edges.map(({ kind, name, data, ...row }): Row => {
  const layer = layers.get(kind)
  if (!layer) throw new Error(`there is no layer ${kind}`)
  const built = buildCase(layer, row, true)
  return { layer, title: `${kind}: ${name}`, training: true, built: { ...built, given: { ...built.given, ...copied(data) } } }
})

const rows: readonly Row[] = [...rowsOfCases, ...rowsAtEdges]

interface Answer {
  readonly error?: string
  readonly outputs: Readonly<Record<string, readonly number[]>>
  readonly gradients: Readonly<Record<string, readonly number[]>>
  /** One after another, in the order of the ports, what the layer adds to the loss last; null for what data feed. */
  readonly exported: readonly (readonly number[])[] | null
}

/** What layers.py reads. */
function question({ layer, built, training }: Row) {
  const { types, params, weights, given, outputs, results } = built
  const wire = (name: string, { shape, dtype }: TensorType) => ({ shape, dtype, data: given[name] })
  const ports: Record<string, string | string[]> = {}
  const wires: Record<string, object> = {}
  for (const [port, type] of Object.entries(types)) {
    const each = 'shape' in type ? [{ name: wireName(port), type }] : type.map((t, i) => ({ name: wireName(port, i), type: t }))
    for (const { name, type: one } of each) wires[name] = wire(name, one)
    ports[port] = 'shape' in type ? wireName(port) : each.map(({ name }) => name)
  }
  if (given.fed) {
    wires.fed = wire('fed', Object.values(outputs)[0] as TensorType)
    ports.fed = 'fed'
  }
  const { module, definitions = [], call, penalty, weights: attributes = {} } = layer.pytorch(params, types)
  const names = Object.keys(wires)
  const args = Object.keys(layer.inputs).flatMap((port) => {
    const wired = ports[port]
    if (wired === undefined) return ['None']
    return (Array.isArray(wired) ? wired : [wired]).map((name) => `a${names.indexOf(name)}`)
  })
  return {
    kind: layer.kind,
    params,
    training,
    ports,
    wires,
    weights: Object.fromEntries(
      Object.entries(weights).map(([name, { shape, trainable = true }]) => [
        name,
        { shape, dtype: 'f32', trainable, data: given[weightName(name)] },
      ]),
    ),
    upstream: Object.fromEntries(
      Object.entries(results)
        .filter(([port]) => given[`upstream:${port}`])
        .map(([port, { shape }]) => [port, { shape, dtype: 'f32', data: given[`upstream:${port}`] }]),
    ),
    export: given.fed
      ? null
      : { module: module ?? null, definitions, call: call('self_layer', args), penalty: penalty?.(args) ?? null, weights: attributes },
  }
}

describeWithTorch('layers against PyTorch', () => {
  let answers: readonly Answer[] = []
  let backends: readonly Backend[] = []
  beforeAll(async () => {
    backends = await availableBackends()
    answers = askPython(fileURLToPath(new URL('layers.py', import.meta.url)), rows.map(question))
  })
  afterAll(async () => {
    for (const backend of backends) await backend.dispose()
  })

  it.each(rows.map((row, i) => ({ title: row.title, row, i })))('$title', async ({ row, i }) => {
    const answer = answers[i] as Answer
    expect(answer.error).toBeUndefined()
    const ours = evaluateOutputs(row.built)
    const known = { ...answer.outputs, ...Object.fromEntries(Object.entries(answer.gradients).map(([name, g]) => [`grad:${name}`, g])) }
    expect(Object.keys(known).sort(), 'what both sides compute').toEqual(Object.keys(ours).sort())
    for (const [name, expected] of Object.entries(known))
      expectAllClose(ours[name] ?? [], expected, TOLERANCE, name, Math.max(largestMagnitude(expected), 1e-3))
    for (const backend of backends) expectAgreement(await deviationsOn(row.built, known, backend))
    if (answer.exported) {
      const ports = Object.keys(row.built.results)
      expect(answer.exported.length, 'outputs of the PyTorch export').toBe(ports.length)
      ports.forEach((port, i) => {
        expectAllClose(ours[port] ?? [], answer.exported?.[i] ?? [], TOLERANCE, `the PyTorch export's ${port}`)
      })
    }
  })
})
