/**
 * @file Workgroups in a line, though each dimension of a grid is limited. In: how many are wanted. Out: a grid with at least as many, and the
 * WGSL that numbers them; the surplus must be turned away by the caller's own bound check.
 */

export function lineOfWorkgroups(count: number, perDimension: number): [number, number, number] {
  const x = Math.min(Math.max(1, count), perDimension)
  const y = Math.min(Math.ceil(Math.max(1, count) / x), perDimension)
  return [x, y, Math.ceil(Math.max(1, count) / (x * y))]
}

/** Number of a workgroup, from the builtins `workgroup_id` and `num_workgroups`. */
export const workgroupNumber = (id = 'group', count = 'groups'): string => `i32(${id}.x + ${count}.x * (${id}.y + ${count}.y * ${id}.z))`
