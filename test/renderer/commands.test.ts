/** The command registry and the fields of forms. */
import { expect, test } from 'vitest'
import { int, int2d, ints } from '../../engine/layers/kit/params'
import { commands } from '../../renderer/commands/registry'
import { parseParam, showParam } from '../../renderer/controls/param-text'
import { matches } from '../../renderer/dialogs/ListDialog'
import { catalogueOf, searchCatalogue } from '../../renderer/palette/catalogue'
import { documentOf } from './helpers'

test('the search of commands takes words, in either language, and nothing that merely has their letters', () => {
  const found = (search: string): readonly string[] =>
    [...commands.values()]
      .map(({ id, title }) => ({ id, rank: matches(id, search, [title.en, title.zh]) }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank)
      .map(({ id }) => id)
  expect(found('weight')).toEqual(['edit.freeze', 'train.from'])
  expect(found('fine weights')).toEqual(['train.from'])
  expect(found('冻结')).toEqual(['edit.freeze'])
  expect(found('out')).toEqual(['view.zoomOut', 'graph.layout'])
  expect(found('no such thing')).toEqual([])
})

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

test('layers are found by what else they are called', () => {
  const sections = catalogueOf(documentOf('lenet'))
  const found = (search: string) => searchCatalogue(sections, search).flatMap((section) => section.items.map((item) => item.key))
  const usual: Readonly<Record<string, readonly string[]>> = {
    absolute: ['abs'],
    add: ['sum', '加法', '求和'],
    additiveAttention: ['bahdanau'],
    batchNorm: ['bn', '批归一化'],
    batchedMatmul: ['bmm', 'matmul'],
    bprLoss: ['personalised ranking'],
    binaryCrossEntropy: ['bce', 'multi-label', '多标签', 'masked sigmoid'],
    concat: ['连结'],
    conv2d: ['dilated', 'atrous', 'grouped', 'depthwise', '空洞', '分组'],
    convTranspose2d: ['deconvolution', '反卷积'],
    dense: ['fully connected', 'fc', 'affine', '全连接', '线性层'],
    discreteConvolution: ['离散卷积'],
    dropout: ['暂退'],
    embedding: ['lookup', '词向量'],
    gather: ['index', '收集'],
    gru: ['gated recurrent', '门控循环', 'bidirectional', '双向'],
    hinge: ['svm', '铰链', '支持向量机'],
    klDivergence: ['kullback', '相对熵'],
    lstm: ['long short-term', '长短期', 'bidirectional', '双向'],
    maxout: ['最大输出'],
    mccullochPitts: ['perceptron', '感知机'],
    meanAbsoluteError: ['mae'],
    meanSquaredError: ['mse', 'half mean', '平方损失'],
    negativeLogLikelihood: ['nll'],
    ngram: ['laplace', '拉普拉斯', '语言模型'],
    pointwiseMutualInformation: ['pmi'],
    quantize: ['quantisation'],
    rbfKernel: ['gaussian kernel', '径向基'],
    rnn: ['recurrent', '循环'],
    roiPool: ['感兴趣区域'],
    sigmoid: ['logistic'],
    sobelFilter: ['索贝尔'],
    split: ['拆分'],
    step: ['sgn', 'heaviside', 'threshold', '符号函数'],
    transpose: ['permute'],
  }
  for (const [kind, searches] of Object.entries(usual)) for (const search of searches) expect(found(search), search).toContain(kind)
  // What bears the name itself stands before what is also called so.
  expect(found('linear')[0]).toBe('linear')
  expect(found('fc')[0]).toBe('dense')
})
