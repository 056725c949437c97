/**
 * @file Gradient norms of each layer over the run (notes 004), with what is wrong with them, and for small models the curvature beside the slope. In:
 * looks from the engine. Out: a chart, a row a layer that leads to its node, warnings.
 */
import { useEffect, useState } from 'react'
import { showNode } from '../../../canvas/show-node'
import { useCanvas } from '../../../charts/use-canvas'
import { normCurves, useLook } from '../../../engine/look-store'
import { useRun } from '../../../engine/run-store'
import { useWords } from '../../../i18n/i18n'
import { formatSmall } from '../../../i18n/numbers'
import { ProblemList } from '../../Problems'
import { drawNorms, normColour } from './draw-norms'
import { insightWords } from './words'

export function GradientNorms() {
  const words = useWords(insightWords)
  const gradients = useLook((state) => state.gradients)
  if (!gradients)
    return (
      <div className="empty">
        <b>{words('noNorms')}</b>
        <span className="insight-hint">{words('noNormsHint')}</span>
      </div>
    )
  const { norms, alarms } = gradients
  return (
    <div className="norms">
      <div className="norms-chart">
        <Chart nodes={Object.keys(norms)} />
      </div>
      <div className="norms-side">
        <Curvature />
        {alarms.length > 0 && <ProblemList problems={alarms} />}
        <Layers />
      </div>
    </div>
  )
}

function Chart({ nodes }: { nodes: readonly string[] }) {
  const words = useWords(insightWords)
  const totalSteps = useRun((state) => state.progress?.totalSteps ?? 1)
  const epochs = useRun((state) => state.progress?.epochs ?? 1)
  const alarms = useLook((state) => state.gradients?.alarms)
  const marked = new Set(alarms?.flatMap(({ nodeId }) => nodeId ?? []))
  const { ref, redraw } = useCanvas((context, width, height) =>
    drawNorms(context, width, height, { curves: normCurves, nodes, totalSteps, epochs, marked }),
  )
  useEffect(() => useLook.subscribe((state, before) => state.gradients !== before.gradients && redraw()), [redraw])
  return <canvas ref={ref} role="img" aria-label={words('normsHint')} />
}

/** The latest look, first layer on top; bars are logarithmic. */
function Layers() {
  const words = useWords(insightWords)
  const norms = useLook((state) => state.gradients?.norms) ?? {}
  const nodes = Object.entries(norms)
  const sizes = nodes.map(([, norm]) => Math.log10(Math.max(norm, 1e-30)))
  const [low, high] = [Math.min(...sizes) - 0.3, Math.max(...sizes)]
  return (
    <ol className="norms-layers">
      {nodes.map(([node, norm], index) => (
        <li key={node}>
          <button type="button" className="link mono" title={words('showNode', { node })} onClick={() => showNode(node)}>
            {node}
          </button>
          <span className="mono">{Number.isFinite(norm) ? formatSmall(norm) : String(norm)}</span>
          <span className="norms-bar">
            <i
              style={{
                width: `${(100 * ((sizes[index] ?? low) - low)) / Math.max(0.3, high - low)}%`,
                background: normColour(index, nodes.length),
              }}
            />
          </span>
        </li>
      ))}
    </ol>
  )
}

/** What a step wins by the slope, and what it loses by the bend. */
function Curvature() {
  const words = useWords(insightWords)
  const curvature = useLook((state) => state.curvature)
  const [explained, explain] = useState(false)
  if (!curvature) return null
  const { slope, bend, step } = curvature
  const isSteep = bend > slope
  return (
    <div className={isSteep ? 'norms-curvature is-steep' : 'norms-curvature'} role={isSteep ? 'alert' : undefined}>
      <button
        type="button"
        className="norms-terms mono"
        aria-expanded={explained}
        title={words('curvatureHint')}
        onClick={() => explain(!explained)}
      >
        <span>
          εgᵀg <b>{formatSmall(slope)}</b>
        </span>
        <span>
          ½ε²gᵀHg <b>{formatSmall(bend)}</b>
        </span>
      </button>
      {isSteep && <p>{words('curvatureSteep', { step })}</p>}
      {explained && !isSteep && <p>{words('curvatureHint')}</p>}
    </div>
  )
}
