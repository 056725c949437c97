/** @file A document dropped anywhere on the window is opened. In: DOM drag events that carry files. Out: the first document among them, opened. */
import { useEffect } from 'react'
import { openText } from './store/files'

export function useFileDrop(): void {
  useEffect(() => {
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
    const over = (event: DragEvent): void => {
      if (carriesFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent): void => {
      // A panel that takes data files has its own place to drop them on.
      if (!carriesFiles(event) || event.defaultPrevented) return
      event.preventDefault()
      const file = [...(event.dataTransfer?.files ?? [])].find((one) => one.name.endsWith('.json'))
      if (file) void file.text().then((text) => openText(text, file.name))
    }
    addEventListener('dragover', over)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('drop', drop)
    }
  }, [])
}
