/** @file The program of one training step of a template, for tests of what comes after lowering. */

import type { Template } from '../../engine/builder/template'
import { lower } from '../../engine/compile'
import type { Program } from '../../engine/ir/program'
import { optimizers } from '../../engine/optimizers/registry'
import { templates } from '../../templates/registry'

export async function trainingProgram(
  id: string,
  params: Parameters<Template['create']>[0] = {},
  optimizer = 'momentum',
): Promise<Program> {
  const template = templates.get(id)
  const definition = optimizers.get(optimizer)
  if (!template || !definition) throw new Error(`there is no template ${id} or optimiser ${optimizer}`)
  const settings = Object.fromEntries(Object.entries(definition.params).map(([name, { default: value }]) => [name, value]))
  const lowered = lower(template.create(params), { training: true, gradients: 'parameters', optimizer: { definition, params: settings } })
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.diagnostics))
  return lowered.value.program
}
