/**
 * @file The document: everything a person makes, as it lies in `.netloom.json`.
 * In: untrusted JSON. Out: a typed `GraphDocument`. Structure (dangling edges, cycles, ids) is checked in structure.ts,
 * parameter values against each layer's own specification in shapes/.
 */
import { z } from 'zod'

/** The CSP of the app forbids code generation; zod must interpret its schemas. */
z.config({ jitless: true })

export const FORMAT = 'netloom'
export const VERSION = 1

/** Letters, digits, `_` and `-`, starting with a letter: safe in file names, code and `block/inner` paths. */
export const idSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/)

/** Inside a block a value may name one of the block's own parameters. */
export const paramRefSchema = z.strictObject({ $param: z.string() })
const scalarSchema = z.union([z.number(), z.string(), z.boolean()])
/** One of several kinds with settings of its own: an initialiser. */
const variantSchema = z.object({ kind: z.string() }).catchall(z.union([z.number(), z.string()]))
export const paramValueSchema = z.union([scalarSchema, z.array(z.number()), paramRefSchema, variantSchema])

/** A node by its id, or one inside a block instance beside it: `inception1/conv1`. */
const nodePathSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}(\/[A-Za-z][A-Za-z0-9_-]{0,63})*$/)

/** How training treats the weights of a node; those of a block instance hold for everything inside that has none of its own. */
export const weightSettingsSchema = z.strictObject({
  /** Weights are left alone by the optimiser. */
  frozen: z.boolean().optional(),
  /** Times the learning rate; in a block instance, of everything inside. */
  rateMultiplier: z.number().optional(),
  /** λ of λ/2 Σw², in place of the one that holds everywhere. */
  l2Penalty: z.number().optional(),
  /** λ of λ Σ|w|, in place of the one that holds everywhere. */
  l1Penalty: z.number().optional(),
  /** The weights are those of another node of this graph; this one has none of its own. */
  sharesWith: nodePathSchema.optional(),
  /** Another node of this graph whose weights these are drawn to, by the penalty strength · ‖w − w′‖². */
  tiedTo: nodePathSchema.optional(),
  tieStrength: z.number().optional(),
})

export const nodeSchema = z.strictObject({
  id: idSchema,
  /** A layer kind, `block` for an instance of a block, or inside a block `blockInput` / `blockOutput` (its ports, named by their ids). */
  kind: z.string(),
  /** For `kind: 'block'`: which block. */
  block: idSchema.optional(),
  /** What the canvas shows instead of the layer's name. */
  title: z.string().max(200).optional(),
  /** Only what differs from the defaults needs to stand here. */
  params: z.record(z.string(), paramValueSchema).default({}),
  /** The node hands its first input through unchanged. */
  bypass: z.union([z.boolean(), paramRefSchema]).optional(),
  ...weightSettingsSchema.shape,
})

const endpointSchema = z.strictObject({ node: idSchema, port: z.string() })
export const edgeSchema = z.strictObject({ from: endpointSchema, to: endpointSchema })

const positionSchema = z.strictObject({ x: z.number(), y: z.number() })
/** Node id → position of its top left corner, in canvas pixels. Nodes without one are laid out automatically. */
export const layoutSchema = z.record(z.string(), positionSchema)

export const graphSchema = z.strictObject({
  nodes: z.array(nodeSchema),
  edges: z.array(edgeSchema),
  layout: layoutSchema.default({}),
})

export const blockSchema = graphSchema.extend({
  title: z.string(),
  /** Names and defaults of the block's parameters. */
  params: z.record(z.string(), scalarSchema).default({}),
})

/** An entry of an open set (a data set, an optimiser) with its settings. */
const choiceOfSchema = z.strictObject({ kind: z.string(), params: z.record(z.string(), paramValueSchema).default({}) })

/** (x − mean) / deviation */
const statisticsSchema = z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number()) })

export const dataSchema = z.strictObject({
  source: choiceOfSchema,
  /** Explicit validation data; otherwise `training.validationSplit` of the source is held out. */
  validation: choiceOfSchema.optional(),
  /** Features are shifted and scaled to mean 0, deviation 1 with the statistics of the training part. */
  standardize: z.boolean().default(false),
  /** Features are shifted and scaled instead so that the training part fills this range. */
  minMax: z.strictObject({ low: z.number(), high: z.number() }).optional(),
  /** Numbers to predict are standardised too; predictions are shown in their own units. */
  scaleTarget: z.boolean().optional(),
  /** Only this share of the training samples has a label: the fields `labelled` and `unlabelled` say which (semi-supervised learning). */
  labelledShare: z.number().min(0).max(1).optional(),
  /** Images are changed at random in training, never in validation; absent: they are not. The fields are those of `augmentationSpecs`. */
  augmentation: z
    .strictObject({
      flipHorizontal: z.number().optional(),
      flipVertical: z.number().optional(),
      cropArea: z.number().optional(),
      cropAspect: z.number().optional(),
      brightness: z.number().optional(),
      contrast: z.number().optional(),
      saturation: z.number().optional(),
      hue: z.number().optional(),
    })
    .optional(),
  /** Per feature (tables) or channel (images); filled in when the data was first read, so that predictions use the same. */
  statistics: statisticsSchema.optional(),
  /** Per number to predict; what undoes the scaling of predictions. */
  targetStatistics: statisticsSchema.optional(),
})

export const precisions = ['f32', 'f16'] as const
export type Precision = (typeof precisions)[number]

export const trainingSchema = z.strictObject({
  optimizer: choiceOfSchema,
  batchSize: z.number().int().min(1).max(65536),
  epochs: z.number().int().min(1).max(100000),
  /** Of parameters, shuffling, dropout and data. */
  seed: z.number().int().min(0).max(4294967295).default(0),
  shuffle: z.boolean().default(true),
  /** Every sample of an epoch is drawn from all of them; some come twice, others not at all. Default: each comes once. */
  replacement: z.boolean().optional(),
  /** Share of the training data held out, 0 for none. */
  validationSplit: z.number().min(0).max(0.9).default(0.1),
  /** How the learning rate changes in the course of the steps. Default: not at all. */
  schedule: choiceOfSchema.optional(),
  /** Steps in which the learning rate rises to what the schedule says. */
  warmup: z.number().optional(),
  /** Gradients longer than this, all taken as one vector, are shortened to it. */
  clipNorm: z.number().optional(),
  /** γ of a moving average of the weights, which is what is evaluated and kept. */
  averaging: z.number().optional(),
  /** λ of the penalty λ/2 Σw², added to the loss in training. */
  l2: z.number().optional(),
  /** λ of the penalty λ Σ|w|, added to the loss in training. */
  l1: z.number().optional(),
  /** The L2 penalty as decay: every step shrinks the weights by (1 − εα), and nothing is added to the loss. */
  decay: z.boolean().optional(),
  /** Biases, scales and shifts are penalised too, not only the weights that inputs are multiplied by. */
  penalizeBiases: z.boolean().optional(),
  /** Deviation of normal noise on the weights while training. */
  weightNoise: z.number().optional(),
  /** Ends training when a measure on the validation data gets no better; absent: after the last epoch. */
  earlyStopping: z
    .strictObject({
      metric: z.string().optional(),
      patience: z.number().optional(),
      minDelta: z.number().optional(),
      restoreBest: z.boolean().optional(),
    })
    .optional(),
  /** Learns from inputs moved along the sign of the loss's gradient too. */
  adversarial: z.strictObject({ epsilon: z.number().optional(), weight: z.number().optional() }).optional(),
  /** Several copies of the network, trained on draws of their own and averaged. */
  ensemble: z.strictObject({ replicas: z.number().optional(), bootstrap: z.boolean().optional() }).optional(),
  /** How activations and their gradients are stored; halves need a GPU that has them, and their loss is scaled. Default: f32. */
  precision: z.enum(precisions).optional(),
  /** Looks at the curvature along the gradient and warns when it outgrows the slope. */
  watchCurvature: z.boolean().optional(),
})

export const documentSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  name: z.string().min(1).max(200),
  description: z.string().max(10000).optional(),
  ...graphSchema.shape,
  blocks: z.record(idSchema, blockSchema).default({}),
  data: dataSchema,
  training: trainingSchema,
})

export type WeightSettings = z.infer<typeof weightSettingsSchema>
export type GraphNode = z.infer<typeof nodeSchema>
export type GraphEdge = z.infer<typeof edgeSchema>
export type Graph = z.infer<typeof graphSchema>
export type Block = z.infer<typeof blockSchema>
export type Layout = z.infer<typeof layoutSchema>
export type ParamRef = z.infer<typeof paramRefSchema>
export type DocumentParam = z.infer<typeof paramValueSchema>
export type ChoiceOf = z.infer<typeof choiceOfSchema>
export type DataSettings = z.infer<typeof dataSchema>
export type TrainingSettings = z.infer<typeof trainingSchema>
export type GraphDocument = z.infer<typeof documentSchema>

export const isParamRef = (value: unknown): value is ParamRef => typeof value === 'object' && value !== null && '$param' in value
