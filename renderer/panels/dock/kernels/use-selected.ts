/** @file Whether a line belongs to what is selected. In: the selection. Out: a test for origins; what is inside a selected block belongs to it. */
import { useCallback } from 'react'
import { useDocument } from '../../../store/document'
import { pathOf } from '../../../store/graphs'

export function useSelectedOrigins(): (origin: string) => boolean {
  const nodes = useDocument((state) => state.nodes)
  const path = useDocument((state) => state.path)
  return useCallback(
    (origin) =>
      nodes.some((id) => {
        const selected = pathOf(path, id)
        return origin === selected || origin.startsWith(`${selected}/`)
      }),
    [nodes, path],
  )
}
