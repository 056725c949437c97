/**
 * @file What a node says about the training of its weights, beside its layer's parameters. In: a node. Out: those settings in a fixed order, for
 * the normal form, for code and for the export, so that a new one need not be listed in each of them.
 */
import { type WeightSettings, weightSettingsSchema } from './schema'

export const weightSettingNames = Object.keys(weightSettingsSchema.shape) as readonly (keyof WeightSettings)[]

/** Those that are there. */
export const weightSettingsOf = (node: WeightSettings): WeightSettings => pick(node, (_name, value) => value)

/** What says nothing is left out: a λ of 0 does say something, since it stands in place of the one that holds everywhere. */
export const normalizeWeightSettings = (node: WeightSettings): WeightSettings =>
  pick(node, (name, value) => {
    if (value === false || value === usual[name]) return undefined
    if (name === 'tieStrength' && node.tiedTo === undefined) return undefined
    return typeof value === 'number' ? value + 0 : value
  })

/** Strength of a tie that has none of its own. */
export const USUAL_TIE = 0.01

const usual: WeightSettings = { rateMultiplier: 1, tieStrength: USUAL_TIE }

type Value = WeightSettings[keyof WeightSettings]

function pick(node: WeightSettings, map: (name: keyof WeightSettings, value: NonNullable<Value>) => Value): WeightSettings {
  const kept = weightSettingNames.flatMap((name) => {
    const given = node[name]
    const value = given === undefined ? undefined : map(name, given)
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(kept)
}
