/** @file Which optimisers there are and what they begin with; their steps are compared in test/parity/optimizers.test.ts. */
import { describe, expect, it } from 'vitest'
import { completeParams } from '../../engine/layers/kit/validate'
import { optimizers } from '../../engine/optimizers/registry'

describe('the registry', () => {
  it('holds the optimisers that the command line names', () => {
    expect([...optimizers.keys()].sort()).toEqual(['adadelta', 'adagrad', 'adam', 'momentum', 'nesterov', 'perceptron', 'rmsprop', 'sgd'])
  })
  it('gives the defaults of the notes', () => {
    const defaults = (kind: string) => completeParams(optimizers.get(kind)?.params ?? {}, {}).params
    expect(defaults('momentum')).toMatchObject({ gamma: 0.9 })
    expect(defaults('adagrad')).toMatchObject({ epsilon: 1e-6 })
    expect(defaults('rmsprop')).toMatchObject({ gamma: 0.9, epsilon: 1e-6 })
    expect(defaults('adadelta')).toEqual({ rho: 0.9, epsilon: 1e-5 })
    expect(defaults('adam')).toMatchObject({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
  })
})
