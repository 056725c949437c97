/** @file Commands that look at graphs: templates, inspect, init, run, export, import, compile, and how they fail. */
import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../engine/train/safetensors'
import { valuesOf } from '../../engine/train/tensor-values'
import { templates } from '../../templates/registry'
import { netloom, scratch } from './run'

const at = scratch()
const numbers = (file: string) =>
  new Map(
    [...decodeSafetensors(readFileSync(file)).tensors].map(([name, tensor]) => [
      name,
      { shape: tensor.shape, data: valuesOf(name, tensor, 'f32') },
    ]),
  )
const write = (file: string, tensors: readonly NamedTensor[]) => writeFileSync(file, encodeSafetensors(tensors))
const ramp = (...shape: number[]): Float32Array => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i))

describe('templates', () => {
  it('lists id, title, section and parameters', async () => {
    const { code, out } = await netloom('templates', '--json')
    expect(code).toBe(0)
    const rows = JSON.parse(out) as { id: string; parameters: Record<string, unknown> }[]
    expect(rows.map(({ id }) => id)).toEqual([...templates.keys()])
    expect(rows.find(({ id }) => id === 'lenet')?.parameters).toMatchObject({ inChannels: 1, imageSize: 28, numClasses: 10 })
    expect((await netloom('templates')).out).toContain('imageSize=28')
  })
})

describe('inspect', () => {
  it('gives LeNet as the contract has it', async () => {
    const { code, out } = await netloom('inspect', 'lenet', '--json', '--set', 'batchSize=32')
    expect(code).toBe(0)
    const found = JSON.parse(out)
    expect(found.inputs).toEqual([
      { name: 'image', shape: [32, 1, 28, 28], dtype: 'f32' },
      { name: 'label', shape: [32], dtype: 'i32', classes: 10 },
    ])
    expect(found.outputs).toEqual([
      { name: 'logits', shape: [32, 10], dtype: 'f32' },
      { name: 'loss', shape: [], dtype: 'f32' },
    ])
    expect(found.parameterCount).toBe(44_426)
    expect(found.parameters[0]).toEqual({ name: 'conv1.kernel', shape: [6, 1, 5, 5], trainable: true })
    expect(found.nodes[1]).toEqual({
      id: 'conv1',
      type: 'conv2d',
      inputs: [[32, 1, 28, 28]],
      outputs: [[32, 6, 24, 24]],
      parameterCount: 156,
    })
    for (const count of ['flopsForward', 'activationBytes', 'peakBytes']) expect(found[count]).toBeGreaterThan(1_000_000)
  })

  it('says in words what the batch is, and calls it N in shapes', async () => {
    const { out } = await netloom('inspect', 'lenet', '--set', 'batchSize=32')
    expect(out).toContain('batch       N = 32\n')
    expect(out).toContain('inputs      image N×1×28×28 f32, label N i32\n')
    expect(out).toMatch(/conv1 +conv2d +N×6×24×24 +156\n/)
  })

  it.each([
    ['resnet18', 11_178_378],
    ['googlenet', 5_977_530],
  ])('counts the parameters of %s', async (id, count) => {
    const found = JSON.parse((await netloom('inspect', id, '--json', '--set', 'batchSize=2', '--backend', 'reference')).out)
    expect(found.parameterCount).toBe(count)
    if (id === 'resnet18') expect(found.parameters.some(({ trainable }: { trainable: boolean }) => !trainable)).toBe(true)
  })
})

describe('init and run', () => {
  it('init is seeded and complete', async () => {
    for (const name of ['a', 'b']) expect((await netloom('init', 'mlp', '--out', at(name), '--seed', '3')).code).toBe(0)
    expect((await netloom('init', 'mlp', '--out', at('c'))).code).toBe(0)
    expect(readFileSync(at('a'))).toEqual(readFileSync(at('b')))
    expect(readFileSync(at('a'))).not.toEqual(readFileSync(at('c')))
    expect([...numbers(at('a')).keys()]).toEqual(['dense1.kernel', 'dense1.bias', 'dense2.kernel', 'dense2.bias'])
  })

  it('each copy of an ensemble gets weights of its own', async () => {
    const g = graph('copies', { training: { ensemble: { replicas: 2 }, batchSize: 2 } })
    g.meanSquaredError(g.dense(g.input('x', [3]), { numHiddens: 2 }), g.label('y', { type: 'number', shape: [2] }))
    writeFileSync(at('copies.netloom.json'), JSON.stringify(g.document()))
    expect(await netloom('init', at('copies.netloom.json'), '--out', at('two'))).toMatchObject({ code: 0 })
    const drawn = numbers(at('two'))
    expect([...drawn.keys()]).toEqual(['dense1.kernel', 'dense1.bias', '$2/dense1.kernel', '$2/dense1.bias'])
    expect(drawn.get('dense1.kernel')).not.toEqual(drawn.get('$2/dense1.kernel'))
  })

  it('run gives outputs, loss and gradients that agree with differences', async () => {
    await netloom('init', 'mlp', '--out', at('w'), '--set', 'numFeatures=5', '--set', 'numHiddens=4', '--set', 'numClasses=3')
    const settings = [
      '--set',
      'numFeatures=5',
      '--set',
      'numHiddens=4',
      '--set',
      'numClasses=3',
      '--backend',
      'reference',
      '--weights',
      at('w'),
    ]
    const label = { name: 'label', shape: [2], data: Int32Array.of(2, 0) }
    const lossAt = async (features: Float32Array) => {
      write(at('x'), [{ name: 'features', shape: [2, 5], data: features }, label])
      const { code, err } = await netloom('run', 'mlp', ...settings, '--inputs', at('x'), '--out', at('y'), '--grad')
      expect([code, err.includes('error')]).toEqual([0, false])
      return numbers(at('y'))
    }
    const features = ramp(2, 5)
    const results = await lossAt(features)
    expect([...results.keys()]).toEqual([
      'logits',
      'loss',
      'grad:dense1.kernel',
      'grad:dense1.bias',
      'grad:dense2.kernel',
      'grad:dense2.bias',
      'grad:features',
    ])
    expect(results.get('logits')?.shape).toEqual([2, 3])
    expect(results.get('loss')?.shape).toEqual([])
    const step = 0.01
    const [more, less] = [features.slice(), features.slice()]
    more[7] = (more[7] as number) + step
    less[7] = (less[7] as number) - step
    const loss = async (at: Float32Array) => (await lossAt(at)).get('loss')?.data[0] as number
    const slope = ((await loss(more)) - (await loss(less))) / (2 * step)
    expect(results.get('grad:features')?.data[7]).toBeCloseTo(slope, 4)
  })

  it('without labels gives what does not need them', async () => {
    write(at('x2'), [{ name: 'features', shape: [3, 784], data: ramp(3, 784) }])
    expect((await netloom('run', 'mlp', '--inputs', at('x2'), '--out', at('y2'))).code).toBe(0)
    expect([...numbers(at('y2')).keys()]).toEqual(['logits'])
    const graded = await netloom('run', 'mlp', '--inputs', at('x2'), '--out', at('y3'), '--grad')
    expect([graded.code, graded.err]).toEqual([1, expect.stringContaining('error[weights.missing]')])
  })

  it('convolves as it is asked to, with the same results but for rounding', async () => {
    const g = graph('convolved')
    const image = g.input('image', [16, 8, 8])
    g.classify(g.flatten(g.conv2d(image, { numChannels: 16, kernelSize: 3, padding: 1 })), 3)
    writeFileSync(at('convolved.json'), JSON.stringify(g.document()))
    write(at('cx'), [{ name: 'image', shape: [4, 16, 8, 8], data: ramp(4, 16, 8, 8) }])
    const logits = async (method: string) => {
      const ran = await netloom('run', at('convolved.json'), '--inputs', at('cx'), '--out', at('cy'), '--convolution', method)
      expect(ran).toMatchObject({ code: 0 })
      return numbers(at('cy')).get('logits')?.data as Float32Array
    }
    const direct = await logits('direct')
    for (const method of ['winograd4', 'winograd2']) {
      const filtered = await logits(method)
      expect(filtered).not.toEqual(direct)
      for (const [i, value] of direct.entries()) expect(filtered[i]).toBeCloseTo(value, 4)
    }
    expect((await netloom('run', 'mlp', '--inputs', at('cx'), '--out', at('cy'), '--convolution', 'fast')).code).toBe(2)
  })

  it('trains with the dropout of a document, unless it is set to 0', async () => {
    const g = graph('dropped')
    const hidden = g.dropout(g.relu(g.dense(g.input('features', [5]), { numHiddens: 32 })), { p: 0.5 })
    g.classify(hidden, 3)
    writeFileSync(at('dropped.json'), JSON.stringify(g.document()))
    write(at('dx'), [
      { name: 'features', shape: [2, 5], data: ramp(2, 5) },
      { name: 'label', shape: [2], data: Int32Array.of(0, 2) },
    ])
    const logits = async (...more: string[]) => {
      const ran = await netloom('run', at('dropped.json'), '--inputs', at('dx'), '--out', at('dy'), ...more)
      expect(ran).toMatchObject({ code: 0 })
      return numbers(at('dy')).get('logits')?.data
    }
    const plain = await logits()
    expect(await logits('--mode', 'train')).not.toEqual(plain)
    expect(await logits('--mode', 'train', '--set', 'dropout=0')).toEqual(plain)
    const wrong = await netloom('run', at('dropped.json'), '--inputs', at('dx'), '--out', at('dy'), '--set', 'dropout=2')
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('error[param.invalid] node dropout1')])
  })

  it('names weights that are missing or of the wrong shape', async () => {
    write(at('x4'), [{ name: 'features', shape: [1, 784], data: ramp(784) }])
    await netloom('init', 'mlp', '--out', at('w4'), '--set', 'numHiddens=9')
    const wrong = await netloom('run', 'mlp', '--weights', at('w4'), '--inputs', at('x4'), '--out', at('y4'))
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/^error\[weights\.shape\]: .*dense1\.kernel/)])
    writeFileSync(at('w5'), readFileSync(at('w4')).subarray(0, 100))
    const cut = await netloom('run', 'mlp', '--weights', at('w5'), '--inputs', at('x4'), '--out', at('y4'))
    expect([cut.code, cut.err]).toEqual([1, expect.stringContaining('error[weights.format]')])
  })
})

describe('export and import', () => {
  it.each([...templates.keys()])('%s goes through JSON and TypeScript and stays the same', async (id) => {
    expect((await netloom('export', id, '--to', 'json', '--out', at(`${id}.netloom.json`))).code).toBe(0)
    expect((await netloom('export', id, '--to', 'ts', '--out', at(`${id}.ts`))).code).toBe(0)
    expect((await netloom('import', at(`${id}.netloom.json`), '--out', at('again.json'))).err).toContain('written')
    expect(readFileSync(at('again.json'), 'utf8')).toBe(readFileSync(at(`${id}.netloom.json`), 'utf8'))
    const imported = await netloom('import', at(`${id}.ts`), '--out', at('code.json'))
    expect(imported).toMatchObject({ code: 0 })
    expect(readFileSync(at('code.json'), 'utf8')).toBe(readFileSync(at(`${id}.netloom.json`), 'utf8'))
  })

  it('code that is no graph is diagnosed', async () => {
    writeFileSync(at('not.ts'), 'export default 3')
    expect(await netloom('inspect', at('not.ts'))).toMatchObject({ code: 1, err: expect.stringContaining('error[graph.code]') })
    writeFileSync(at('broken.ts'), 'throw new Error("on purpose")')
    expect(await netloom('inspect', at('broken.ts'))).toMatchObject({ code: 1, err: expect.stringContaining('on purpose') })
  })
})

describe('failing', () => {
  beforeAll(() => {
    const { training, ...document } = templates.get('mlp')?.create() ?? {}
    writeFileSync(
      at('wild.json'),
      JSON.stringify({ ...document, training: { ...training, optimizer: { kind: 'adam', params: { beta1: 7 } } } }),
    )
  })

  it('exits 1 and names the node for what is diagnosed', async () => {
    const document = { ...templates.get('lenet')?.create() }
    const nodes = document.nodes?.map((node) => (node.id === 'conv2' ? { ...node, params: { ...node.params, kernelSize: 50 } } : node))
    writeFileSync(at('bad.netloom.json'), JSON.stringify({ ...document, nodes }))
    const { code, err, out } = await netloom('inspect', at('bad.netloom.json'), '--json')
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^error\[shape\.\w+\] node conv2: /)
    expect(err).not.toContain('    at ')
  })

  it.each([
    [['inspect', 'nothing'], 'error[graph.unknown]'],
    [['inspect', 'mlp', '--set', 'numHiddens=-3'], 'error[param.invalid]'],
    [['inspect', 'mlp', '--set', 'colour=red'], 'error[param.invalid]'],
    [['train', 'mlp', '--data', '/nowhere'], 'error[data.unknown]'],
    [['train', 'mlp', '--optimizer', 'magic'], 'error[train.optimizer]'],
    [['inspect', at('wild.json')], 'error[param.invalid]: beta1'],
    [['train', 'mlp', '--resume', '/nowhere'], 'error[checkpoint.missing]'],
  ])('%j exits 1', async (words, message) => {
    const { code, err } = await netloom(...words)
    expect([code, err]).toEqual([1, expect.stringContaining(message)])
  })

  it.each([
    [['frobnicate']],
    [['inspect']],
    [['train', 'mlp', '--epochs', 'many']],
    [['train', 'mlp', '--backend', 'abacus']],
    [['init', 'mlp']],
    [['inspect', 'mlp', '--set', 'x']],
  ])('%j exits 2', async (words) => {
    const { code, err } = await netloom(...words)
    expect(code).toBe(2)
    expect(err).toMatch(/error: /)
  })

  it('help is no failure', async () => {
    expect((await netloom('--help')).code).toBe(0)
    expect((await netloom('train', '--help')).out).toContain('--resume')
  })
})

describe('compile, data and doctor', () => {
  it('show the program, samples and the machine', async () => {
    expect((await netloom('compile', 'xor-mlp')).out).toContain('matmul')
    expect((await netloom('compile', 'xor-mlp', '--emit', 'kernels', '--mode', 'eval')).out).toMatch(/^k0 /m)
    expect((await netloom('compile', 'xor-mlp', '--emit', 'plan')).out).toMatch(/^ *\d+ … +\d+ {2}steps \d+–\d+ .* {2}; \w+$/m)
    expect((await netloom('compile', 'xor-mlp', '--emit', 'wasm')).out).toMatch(/^\(module\n/)
    expect((await netloom('compile', 'xor-mlp', '--emit', 'wgsl')).out).toContain('@compute')
    const preview = await netloom('data', 'digits', '--preview', '--count', '1')
    expect(preview.out).toContain('10000 samples')
    expect(preview.out.split('\n').filter((line) => line.length === 28).length).toBeGreaterThan(20)
    const found = JSON.parse((await netloom('data', 'spirals', '--preview', '--json')).out)
    expect(found).toMatchObject({ source: { kind: 'points2d', params: { pattern: 'spirals' } }, length: 1000 })
    expect(JSON.parse((await netloom('doctor', '--json')).out)).toMatchObject({ node: process.versions.node, simd: true })
  })
})
