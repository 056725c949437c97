/** @file Tells the engine which nodes are on the screen, so that it sends pictures of these and of no others. */
import { useEffect, useMemo } from 'react'
import { engine } from '../engine/client'
import type { NodeView } from './model'

export function useWatch(views: readonly NodeView[]): void {
  const wanted = useMemo(() => views.flatMap((view) => (view.strip ? [view.strip.path] : [])).join(' '), [views])
  useEffect(() => {
    engine.watch(wanted === '' ? [] : wanted.split(' '))
  }, [wanted])
}
