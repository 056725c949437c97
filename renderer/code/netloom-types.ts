/**
 * @file The types of `import … from 'netloom'` as one declaration file, for an editor that cannot see the sources. In: the layers' own
 * specifications, from which the builder's types are derived too. Out: TypeScript declarations, with every layer's help in the person's language.
 */
import { sourceArgument } from '../../engine/builder/source-argument'
import type { Language } from '../../engine/core/text'
import type { AnyLayer, InputPort } from '../../engine/layers/kit/define'
import type { ParamSpec, ParamSpecs } from '../../engine/layers/kit/params'
import { layers } from '../../engine/layers/kit/registry'

/** The part that does not depend on the layers. */
const COMMON = `
/** One output of a node, to be handed to the next. */
export interface Handle {
  readonly node: string
  readonly port: string
  readonly graph: object
}
export declare const unconnected: unique symbol
export type Source = Handle | typeof unconnected
export interface ParamReference<T> {
  readonly $param: string
  readonly value?: T
}
export type Scalar = number | string | boolean
export type Widened<T> = T extends number ? number : T extends string ? string : T extends boolean ? boolean : never
export type Bound<T> = T | ParamReference<Widened<T>>
export interface NodeOptions {
  readonly id?: string
  readonly title?: string
  readonly bypass?: Bound<boolean>
  readonly frozen?: boolean
  readonly rateMultiplier?: number
  readonly l2Penalty?: number
  readonly l1Penalty?: number
  readonly sharesWith?: string
  readonly tiedTo?: string
  readonly tieStrength?: number
}
export type ParamValue = Scalar | readonly number[] | { readonly kind: string; readonly [setting: string]: number | string } | ParamReference<Scalar>
export type ChoiceSetting = string | { readonly kind: string; readonly params?: Readonly<Record<string, ParamValue>> }
export type DataSetting =
  | ChoiceSetting
  | {
      readonly source: ChoiceSetting
      readonly validation?: ChoiceSetting
      readonly standardize?: boolean
      readonly minMax?: { readonly low: number; readonly high: number }
      readonly scaleTarget?: boolean
      readonly labelledShare?: number
      readonly augmentation?: {
        readonly flipHorizontal?: number
        readonly flipVertical?: number
        readonly cropArea?: number
        readonly cropAspect?: number
        readonly brightness?: number
        readonly contrast?: number
        readonly saturation?: number
        readonly hue?: number
      }
      readonly statistics?: { readonly mean: readonly number[]; readonly deviation: readonly number[] }
      readonly targetStatistics?: { readonly mean: readonly number[]; readonly deviation: readonly number[] }
    }
export interface TrainingSetting {
  readonly optimizer?: ChoiceSetting
  readonly lr?: number
  readonly batchSize?: number
  readonly epochs?: number
  readonly seed?: number
  readonly shuffle?: boolean
  readonly validationSplit?: number
  readonly replacement?: boolean
  readonly schedule?: ChoiceSetting
  readonly warmup?: number
  readonly clipNorm?: number
  readonly averaging?: number
  readonly l2?: number
  readonly l1?: number
  readonly decay?: boolean
  readonly penalizeBiases?: boolean
  readonly weightNoise?: number
  readonly earlyStopping?: {
    readonly metric?: string
    readonly patience?: number
    readonly minDelta?: number
    readonly restoreBest?: boolean
  }
  readonly ensemble?: { readonly replicas?: number; readonly bootstrap?: boolean }
  readonly adversarial?: { readonly epsilon?: number; readonly weight?: number }
  readonly precision?: 'f32' | 'f16'
  readonly watchCurvature?: boolean
}
export interface GraphSettings {
  readonly description?: string
  readonly data?: DataSetting
  readonly training?: TrainingSetting
}
export interface GraphDocument {
  readonly format: 'netloom'
  readonly version: number
  readonly name: string
}
export interface BlockDefinition<P extends Readonly<Record<string, Scalar>>, I extends string, O extends string> {
  readonly name: string
  readonly params: P
  readonly inputs: readonly I[]
  readonly outputs: readonly O[]
}
type IsUnion<T, U = T> = T extends U ? ([U] extends [T] ? false : true) : never
export type Result<O extends string> = true extends IsUnion<O> ? Readonly<Record<O, Handle>> : Handle
type Drawn = Source | Readonly<Record<string, Source>>
type OutputsOf<R extends Drawn> = R extends Source ? 'y' : keyof R & string
type References<P> = { readonly [K in keyof P]: ParamReference<Widened<P[K]>> }
interface BlockOptions {
  readonly title?: string
}
export function block<P extends Readonly<Record<string, Scalar>>, const I extends string, R extends Drawn>(
  name: string,
  params: P,
  build: (g: GraphBuilder, inputs: Readonly<Record<I, Handle>>, p: References<P>) => R,
  options: BlockOptions & { readonly inputs: readonly I[] },
): BlockDefinition<P, I, OutputsOf<R>>
export function block<P extends Readonly<Record<string, Scalar>>, R extends Drawn>(
  name: string,
  params: P,
  build: (g: GraphBuilder, x: Handle, p: References<P>) => R,
  options?: BlockOptions,
): BlockDefinition<P, 'x', OutputsOf<R>>
export interface DocumentBuilder extends GraphBuilder {
  document(): GraphDocument
}
export function graph(name: string, settings?: GraphSettings): DocumentBuilder
`

const OWN_METHODS = `
  classify(features: Source, numClasses: Bound<number>): Handle
  use<P extends Readonly<Record<string, Scalar>>, I extends string, O extends string>(
    block: BlockDefinition<P, I, O>,
    inputs: Readonly<Record<I, Source>> | ([I] extends [never] ? never : Source),
    options?: { readonly [K in keyof P]?: Bound<Widened<P[K]>> } & NodeOptions,
  ): Result<O>
  define<P extends Readonly<Record<string, Scalar>>, I extends string, O extends string>(block: BlockDefinition<P, I, O>): void
  layout(positions: Readonly<Record<string, { readonly x: number; readonly y: number }>>): void
`

function typeOf(spec: ParamSpec): string {
  switch (spec.type) {
    case 'int':
    case 'float':
      return 'number'
    case 'bool':
      return 'boolean'
    case 'text':
      return 'string'
    case 'choice':
      return Object.keys(spec.options)
        .map((option) => JSON.stringify(option))
        .join(' | ')
    case 'variant':
      return Object.keys(spec.options)
        .map((kind) => variantType(kind, Object.keys(spec.settings[kind] ?? {})))
        .join(' | ')
    case 'int2d':
      return 'number | readonly [number, number]'
    case 'ints':
      return 'readonly number[]'
  }
}

/** `'normal' | { readonly kind: 'normal'; readonly deviation?: number }` */
function variantType(kind: string, settings: readonly string[]): string {
  const name = JSON.stringify(kind)
  const fields = settings.map((setting) => `; readonly ${setting}?: number`)
  return fields.length === 0 ? name : `${name} | { readonly kind: ${name}${fields.join('')} }`
}

const comment = (words: string, indent: string): string => `${indent}/** ${words.replaceAll('*/', '* /')} */`

function optionsOf(params: ParamSpecs, optionalInputs: Readonly<Record<string, InputPort>>, language: Language): string {
  const fields = Object.entries(params).flatMap(([name, spec]) => [
    comment(`${spec.label[language]}. ${spec.help?.[language] ?? ''}`.trim(), '    '),
    `    readonly ${name}?: Bound<${typeOf(spec)}>`,
  ])
  const wires = Object.entries(optionalInputs).flatMap(([name, { about }]) => [
    comment(about[language], '    '),
    `    readonly ${name}?: Source`,
  ])
  return ['{', ...fields, ...wires, '  } & NodeOptions'].join('\n')
}

/** Inputs in port order, then options; data nodes are named first. */
function methodOf(layer: AnyLayer, language: Language): string {
  const params: ParamSpecs = layer.params
  const inputPorts = Object.entries<InputPort>(layer.inputs)
  const ports = inputPorts.filter(([, { optional }]) => !optional)
  const options = optionsOf(params, Object.fromEntries(inputPorts.filter(([, { optional }]) => optional)), language)
  const about = sourceArgument(layer)
  const spec = about === undefined ? undefined : params[about]
  const inputs =
    ports.length > 0
      ? ports.map(([port, { variadic }]) => `${port}: ${variadic ? 'readonly Handle[]' : 'Source'}`)
      : ['id: string', `about: ${spec ? `Bound<${typeOf(spec)}> | ` : ''}(${options})`]
  const outputs = Object.keys(layer.outputs)
  const result = outputs.length === 1 ? 'Handle' : `Readonly<Record<${outputs.map((name) => JSON.stringify(name)).join(' | ')}, Handle>>`
  return [
    comment(`**${layer.title[language]}**: ${layer.summary[language]}`, '  '),
    `  ${layer.kind}(${[...inputs, `options?: ${options}`].join(', ')}): ${result}`,
  ].join('\n')
}

export const netloomTypes = (language: Language): string =>
  `${COMMON}\nexport interface GraphBuilder {${OWN_METHODS}\n${[...layers.values()].map((layer) => methodOf(layer, language)).join('\n')}\n}\n`
