/** @file Zoom, fit and layout, at the lower left of the canvas. */
import { Minus, Plus } from 'lucide-react'
import { useStore } from 'reactflow'
import { runCommand } from '../commands/registry'
import { canvasWords } from '../i18n/canvas-words'
import { useWords } from '../i18n/i18n'

export function ZoomBar() {
  const say = useWords(canvasWords)
  const percent = useStore((state) => Math.round(state.transform[2] * 100))
  return (
    <div className="zoom-bar">
      <button type="button" aria-label={say('zoomOut')} onClick={() => runCommand('view.zoomOut')}>
        <Minus size={13} />
      </button>
      <button
        type="button"
        className="mono"
        title={say('zoomReset')}
        aria-label={say('zoomReset')}
        onClick={() => runCommand('view.zoomReset')}
      >
        {percent} %
      </button>
      <button type="button" aria-label={say('zoomIn')} onClick={() => runCommand('view.zoomIn')}>
        <Plus size={13} />
      </button>
      <button type="button" title={say('fitHint')} onClick={() => runCommand('view.fit')}>
        {say('fit')}
      </button>
      <button type="button" onClick={() => runCommand('graph.layout')}>
        {say('layout')}
      </button>
    </div>
  )
}
