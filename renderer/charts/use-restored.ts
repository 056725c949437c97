/**
 * @file Pictures that outlive the graphics process. In: a canvas and what draws it. Out: it is drawn again when the browser has lost and restored
 * its content, as after a crash of the GPU on which a network was trained.
 */
import { type RefObject, useEffect } from 'react'

export function useRestored(canvas: RefObject<HTMLCanvasElement | null>, draw: () => void): void {
  useEffect(() => {
    const drawn = canvas.current
    drawn?.addEventListener('contextrestored', draw)
    return () => drawn?.removeEventListener('contextrestored', draw)
  }, [canvas, draw])
}
