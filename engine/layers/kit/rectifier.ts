/**
 * @file The rectifier with something left of negative values, max(0, x) + a · min(0, x) (notes 002 §14; Maas et al. 2013).
 * In: a tensor and its slope below zero, one for all values or one for each. Out: the curve; its derivative at 0 is the slope, as in PyTorch.
 */
import type { Emit, Operand, Tensor } from '../../ir/emit'

export const rectified = (b: Emit, x: Tensor, slope: Operand): Tensor => b.select(b.greater(x, 0), x, b.mul(x, slope))
