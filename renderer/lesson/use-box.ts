/** @file The room an element has, followed as it changes. In: a ref to put on it. Out: its width and height. */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

export function useBox(): { readonly ref: RefObject<HTMLDivElement | null>; readonly width: number; readonly height: number } {
  const ref = useRef<HTMLDivElement>(null)
  const [box, setBox] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element
      setBox((old) => (old.width === width && old.height === height ? old : { width, height }))
    }
    measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(element)
    return () => sizes.disconnect()
  }, [])
  return { ref, ...box }
}
