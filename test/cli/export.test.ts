/** @file `netloom export --to pytorch`: the file and its weights as a user has them, in Python; and what is refused before anything is written. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { block } from '../../engine/builder/block'
import { graph } from '../../engine/builder/graph'
import { decodeSafetensors, encodeSafetensors } from '../../engine/train/safetensors'
import { valuesOf } from '../../engine/train/tensor-values'
import { expectAllClose } from '../support/allclose'
import { askPython, describeWithTorch } from '../support/torch'
import { netloom, scratch } from './run'

const at = scratch()
/** What CLI.md asks of single precision. */
const FORWARD = 1e-4

describeWithTorch('a graph with its weights, in PyTorch', () => {
  it('gives what `netloom run` gives', async () => {
    const [weights, inputs, out, file] = [at('w.safetensors'), at('x.safetensors'), at('y.safetensors'), at('lenet.py')]
    const image = Float32Array.from({ length: 3 * 28 * 28 }, (_, i) => Math.sin(i))
    const tensors = [
      { name: 'image', shape: [3, 1, 28, 28], data: image },
      { name: 'label', shape: [3], data: Int32Array.of(4, 0, 9) },
    ]
    writeFileSync(inputs, encodeSafetensors(tensors))
    await netloom('init', 'lenet', '--seed', '3', '--out', weights)
    await netloom('run', 'lenet', '--weights', weights, '--inputs', inputs, '--out', out)
    const told = await netloom('export', 'lenet', '--to', 'pytorch', '--weights', weights, '--out', file, '--json')
    expect(told).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(told.out)).toEqual({ out: file, weights: at('lenet.safetensors') })

    const code = `import json, sys
import runpy, torch
given = json.load(sys.stdin)
scope = runpy.run_path(given['file'])
model = scope['LeNet']()
scope['load_weights'](model, given['weights'])
image = torch.tensor(given['image']).reshape(3, 1, 28, 28)
logits, loss = model(image, torch.tensor([4, 0, 9]))
assert torch.equal(model(image), logits)
before = model.dense3.weight.clone()
scope['train'](model, [(image, torch.tensor([4, 0, 9]))], epochs=2)
assert not torch.equal(model.dense3.weight, before)
json.dump({'logits': logits.flatten().tolist(), 'loss': [loss.item()]}, sys.stdout)`
    const answer = askPython<Record<string, number[]>>({ code }, { file, weights: at('lenet.safetensors'), image: [...image] })
    for (const [name, tensor] of decodeSafetensors(readFileSync(out)).tensors)
      expectAllClose(answer[name] ?? [], valuesOf(name, tensor, 'f32'), FORWARD, name)
  })
})

describe('what cannot be exported', () => {
  it('is told before anything is written', async () => {
    const file = at('never.py')
    const inside = block('inside', {}, (g, x) => g.meanSquaredError(x, g.label('target', { type: 'number', shape: [3] })))
    const g = graph('Loss in a block')
    g.use(inside, g.input('x', [3]), { id: 'inner' })
    writeFileSync(at('inside.netloom.json'), JSON.stringify(g.document()))
    const refused = await netloom('export', at('inside.netloom.json'), '--to', 'pytorch', '--out', file)
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('error[export.in-block] node inner/loss1: ')

    const unfinished = graph('Unfinished')
    unfinished.maxPool2d(unfinished.input('x', [3]))
    writeFileSync(at('unfinished.netloom.json'), JSON.stringify(unfinished.document()))
    const broken = await netloom('export', at('unfinished.netloom.json'), '--to', 'pytorch', '--out', file)
    expect(broken).toMatchObject({ code: 1, err: expect.stringMatching(/^error\[shape\.\S+\] node pool1: /) })
    expect(existsSync(file)).toBe(false)
  })

  it('training that PyTorch has nothing for is named, and the network is written', async () => {
    const { code, err } = await netloom('export', 'perceptron', '--to', 'pytorch', '--out', at('perceptron.py'))
    expect(code).toBe(0)
    expect(err).toMatch(/^warning\[export\.no-train\]: .*Perceptron rule/)
    expect(readFileSync(at('perceptron.py'), 'utf8')).toContain('class PerceptronOnXOR(nn.Module)')
  })

  it('weights go only where they fit, and never over the file itself', async () => {
    await netloom('init', 'xor-mlp', '--out', at('xor.safetensors'))
    const asTypeScript = await netloom('export', 'xor-mlp', '--to', 'ts', '--weights', at('xor.safetensors'), '--out', at('x.ts'))
    expect(asTypeScript).toMatchObject({ code: 2, err: expect.stringContaining('--weights goes with --to pytorch') })
    const over = await netloom('export', 'xor-mlp', '--to', 'pytorch', '--weights', at('xor.safetensors'), '--out', at('m.safetensors'))
    expect(over).toMatchObject({ code: 2, err: expect.stringContaining('ends in .py') })
    const other = await netloom('export', 'lenet', '--to', 'pytorch', '--weights', at('xor.safetensors'), '--out', at('l.py'))
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('error[weights.missing]') })
    expect(existsSync(at('l.py')) || existsSync(at('x.ts'))).toBe(false)
  })

  it('does not write the weights over those they come from', async () => {
    const [file, weights] = [at('same.py'), at('same.safetensors')]
    await netloom('init', 'xor-mlp', '--out', weights)
    const before = readFileSync(weights)
    const { code, err } = await netloom('export', 'xor-mlp', '--to', 'pytorch', '--weights', weights, '--out', file)
    expect(code).toBe(2)
    expect(err).toContain('another name')
    expect(readFileSync(weights).equals(before)).toBe(true)
  })
})
