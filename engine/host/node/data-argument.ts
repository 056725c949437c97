/**
 * @file A graph together with data from the command line. In: `<graph>`, `--data`, `--validation` and their settings.
 * Out: a document whose source is that data; a template's parameters that were not set are taken from it.
 */
import { resolve } from 'node:path'
import type { Template } from '../../builder/template'
import { diagnosedError } from '../../core/diagnostics'
import { sizeOf } from '../../core/tensor'
import { adaptDocument } from '../../datasets/bind'
import type { Field } from '../../datasets/dataset'
import { imageSizeOf, openSource } from '../../datasets/prepare'
import { recognise } from '../../datasets/recognise'
import { datasets } from '../../datasets/registry'
import type { ChoiceOf, DataSettings, GraphDocument } from '../../document/schema'
import type { ParamSpecs } from '../../layers/kit/params'
import { completeParams } from '../../layers/kit/validate'
import { exists, findFiles } from './files'
import { applySettings, graphArgument, withSeed } from './graph-argument'
import type { Io } from './io'
import type { CommonOptions, DataOptions, Settings } from './options'

/** A built-in id, the name of one of its patterns, or nothing. */
function builtIn(name: string): ChoiceOf | undefined {
  for (const { kind, onDisk, params } of datasets.values()) {
    if (onDisk) continue
    if (kind === name) return { kind, params: {} }
    for (const [param, spec] of Object.entries(params as ParamSpecs))
      if (spec.type === 'choice' && Object.hasOwn(spec.options, name)) return { kind, params: { [param]: name } }
  }
  return undefined
}

/** Settings of the command line, for those kinds of data that have them. */
function refine(choice: ChoiceOf, options: DataOptions, settings: Settings): ChoiceOf {
  const specs = datasets.get(choice.kind)?.params ?? {}
  for (const [option, value] of Object.entries({ shape: options.shape, label: options.label }))
    if (value !== undefined && !(option in specs)) throw unusedOption(option, choice)
  const given = {
    ...settings,
    ...(options.shape && { shape: [...options.shape] }),
    ...(options.label !== undefined && { label: options.label }),
    ...(settings.inChannels === 1 && { channels: 'grey' }),
  }
  return { kind: choice.kind, params: { ...choice.params, ...Object.fromEntries(Object.entries(given).filter(([name]) => name in specs)) } }
}

/** Said rather than passed over: whoever gives an option means it. */
function unusedOption(option: string, { kind }: ChoiceOf) {
  const others = [...datasets.values()].filter(({ params }) => option in params).map(({ title }) => title)
  const expected = { en: others.map(({ en }) => en).join(', '), zh: others.map(({ zh }) => zh).join('、') }
  return diagnosedError('data.option', { param: `--${option}`, got: datasets.get(kind)?.title ?? kind, expected })
}

async function recogniseAt(path: string) {
  if (!(await exists(path))) {
    const known = [...datasets.values()].filter(({ onDisk }) => !onDisk).map(({ kind }) => kind)
    throw diagnosedError('data.unknown', { got: path, expected: `${known.join(', ')}, or a file or folder` })
  }
  return recognise(await findFiles(resolve(path)))
}

export async function dataArgument(options: DataOptions, settings: Settings): Promise<DataSettings | undefined> {
  if (options.data === undefined) return undefined
  const own = builtIn(options.data)
  const found = own ? { source: own } : await recogniseAt(options.data)
  let validation = 'validation' in found ? found.validation : undefined
  if (options.validation !== undefined) {
    const given = builtIn(options.validation) ?? (await recogniseAt(options.validation)).source
    validation = given
  }
  return {
    source: refine(found.source, options, settings),
    validation: validation && refine(validation, options, settings),
    standardize: !own && options.raw !== true,
  }
}

/** Parameters of the template that the data decides. */
function paramsFrom(fields: readonly Field[], template: Template): Settings {
  const input = fields.find((field) => field.role === 'input')
  const target = fields.find((field) => field.role === 'target')
  const [channels, height, width] = input?.shape ?? []
  const isImage = input?.shape.length === 3
  const isText = input?.unit !== undefined
  const known = {
    inChannels: isImage ? channels : undefined,
    imageSize: isImage && height === width ? height : undefined,
    numClasses: target?.classes,
    numFeatures: input && sizeOf(input.shape),
    numSteps: isText ? input.shape[0] : undefined,
    vocabularySize: isText ? input.classes : undefined,
  }
  const wanted = Object.entries(known).flatMap(([name, value]) =>
    value !== undefined && name in template.params ? [[name, value] as const] : [],
  )
  return Object.fromEntries(wanted)
}

/** The document for data of which only the fields are known. */
export async function loadWithFields(graph: string, { set, seed }: CommonOptions, fields: readonly Field[]): Promise<GraphDocument> {
  const found = await graphArgument(graph)
  const document =
    'template' in found ? found.template.create({ ...paramsFrom(fields, found.template), ...set }) : applySettings(found.document, set)
  return withSeed(document, seed)
}

/** What the template draws for this data; images too small or too large for it are resized to its usual size. */
async function drawTemplate(
  template: Template,
  data: DataSettings,
  settings: Settings,
  { seed, like, io }: { readonly seed: number; readonly like: readonly Field[] | undefined; readonly io: Io },
): Promise<GraphDocument> {
  const asked = typeof settings.imageSize === 'number' ? settings.imageSize : undefined
  const dataset = await openSource(data.source, findFiles, { seed, imageSize: asked, like })
  const fromData = paramsFrom(dataset.fields, template)
  dataset.dispose?.()
  const { imageSize, ...others } = fromData
  for (const params of imageSize === undefined || asked !== undefined ? [] : [fromData]) {
    const { problems } = completeParams(template.params, { ...params, ...settings })
    if (problems.length > 0) continue
    const document = template.create({ ...params, ...settings })
    if (adaptDocument(document, dataset.fields).diagnostics.length === 0) return document
  }
  const document = template.create({ ...others, ...settings })
  const size = imageSizeOf(document)
  if (size !== undefined && imageSize !== undefined && size !== imageSize && asked === undefined)
    io.err(`images are resized from ${imageSize} to ${size} pixels\n`)
  return document
}

/** The document to train or measure; its data is read, and fitted to it, by `prepareData`. `like`: fields of the data it was trained on. */
export async function loadWithData(
  graph: string,
  options: CommonOptions & DataOptions,
  io: Io,
  like?: readonly Field[],
): Promise<GraphDocument> {
  const found = await graphArgument(graph)
  const data = await dataArgument(options, options.set)
  const seed = options.seed ?? 0
  if (!data) {
    const document = 'template' in found ? found.template.create(options.set) : applySettings(found.document, options.set)
    const raw = options.raw === true ? { ...document, data: { ...document.data, standardize: false } } : document
    return withSeed(withValidation(raw, await validationOnly(options)), options.seed)
  }
  if ('template' in found) {
    const settings = withoutDataSettings(options.set, data, found.template.params)
    const document = await drawTemplate(found.template, data, settings, { seed, like, io })
    return withSeed({ ...document, data }, options.seed)
  }
  return withSeed({ ...applySettings(found.document, withoutDataSettings(options.set, data)), data }, options.seed)
}

/** What is left for the graph. */
function withoutDataSettings(settings: Settings, { source }: DataSettings, own: ParamSpecs = {}): Settings {
  const specs = datasets.get(source.kind)?.params ?? {}
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name in own || !(name in specs)))
}

async function validationOnly(options: DataOptions): Promise<ChoiceOf | undefined> {
  if (options.validation === undefined) return undefined
  return builtIn(options.validation) ?? refine((await recogniseAt(options.validation)).source, options, {})
}

const withValidation = (document: GraphDocument, validation: ChoiceOf | undefined): GraphDocument =>
  validation ? { ...document, data: { ...document.data, validation } } : document
