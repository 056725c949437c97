/**
 * @file A node as it is drawn: colour bar, title, key parameters, live strip, ports on the middle line, state and problems.
 * In: its view (nothing that streams). Out: one React Flow node of an explicit size.
 */

import { Snowflake } from 'lucide-react'
import { memo } from 'react'
import { Handle, type Node, type NodeProps, Position } from 'reactflow'
import { canvasWords } from '../i18n/canvas-words'
import { useText, useWords } from '../i18n/i18n'
import { NODE_HEIGHT, portOffset, STRIP_HEIGHT } from '../layout/sizes'
import { enterBlock } from '../store/document'
import { isUnfinished, type Problem } from '../store/problems'
import { LiveStrip } from './LiveStrip'
import type { NodeView } from './model'
import { ProblemCard, useHover } from './ProblemCard'

export type LayerFlowNode = Node<{ view: NodeView; live: boolean }, 'layer'>

export const LayerNode = memo(function LayerNode({ data, selected, positionAbsoluteX }: NodeProps<LayerFlowNode>) {
  const { view, live } = data
  const say = useWords(canvasWords)
  const text = useText()
  const hover = useHover()
  const title = text(view.title)
  // What a person has just dropped is not wrong, only not wired yet: a hint beneath it, no badge.
  const waiting = view.problems.filter((problem) => isUnfinished(problem) && problem.nodeId === view.path)
  const faults = view.problems.filter((problem) => !waiting.includes(problem))
  const errors = faults.length
  // A block that is being built in one place is not wrong in nine.
  const isBeingBuilt = errors > 0 && faults.every(isUnfinished)
  const unwired = new Set(waiting.map((problem) => problem.port))
  const classes = ['node']
  if (selected) classes.push('is-selected')
  if (view.isBlock) classes.push('is-block')
  if (view.height > NODE_HEIGHT) classes.push('is-tall')
  if (isBeingBuilt) classes.push('is-waiting')
  else if (faults.some((problem) => problem.severity === 'error')) classes.push('has-error')
  else if (errors > 0) classes.push('has-warning')
  else if (waiting.length > 0) classes.push('is-waiting')
  if (view.bypassed) classes.push('is-bypassed')
  const height = view.height + (live ? STRIP_HEIGHT : 0)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a node groups its ports; a fieldset would bring form semantics
    <div
      className={classes.join(' ')}
      style={{ '--c': view.colour, height } as React.CSSProperties}
      data-testid={`node-${view.id}`}
      role="group"
      aria-label={say('layer', { title, id: view.id })}
      onMouseEnter={errors > 0 ? hover.enter : undefined}
      onMouseLeave={errors > 0 ? hover.leave : undefined}
      onDoubleClick={() => view.isBlock && enterBlock(view.id)}
    >
      <div className="node-title" title={`${title} · ${view.id}`}>
        <span>{title}</span>
        {view.frozen && <Snowflake size={11} aria-label={say('frozen')} />}
      </div>
      {view.brief !== '' && <div className="node-brief">{view.bypassed ? say('bypassed') : view.brief}</div>}
      {live && view.strip && <LiveStrip path={view.strip.path} isInput={view.strip.isInput} colour={view.colour} />}
      {view.ports.inputs.map((port, index) => (
        <Handle
          key={port.name}
          id={port.name}
          role="img"
          type="target"
          position={Position.Left}
          className={`port${port.variadic ? ' is-variadic' : ''}${port.optional ? ' is-optional' : ''}${unwired.has(port.name) ? ' is-unwired' : ''}`}
          style={{ top: (live ? STRIP_HEIGHT / 2 : 0) + portOffset(index, view.ports.inputs.length, view.height) }}
          title={[port.about ? `${port.name}: ${text(port.about)}` : port.name, ...(port.optional ? [say('optional')] : [])].join('\n')}
          aria-label={say(port.optional ? 'optionalInput' : 'input', { name: port.name })}
        />
      ))}
      {view.ports.outputs.map((port, index) => (
        <Handle
          key={port.name}
          id={port.name}
          role="img"
          type="source"
          position={Position.Right}
          className="port"
          style={{ top: (live ? STRIP_HEIGHT / 2 : 0) + portOffset(index, view.ports.outputs.length, view.height) }}
          title={port.about ? `${port.name}: ${text(port.about)}` : port.name}
          aria-label={say('output', { name: port.name })}
        />
      ))}
      {waiting.length > 0 && <div className="node-hint">{hintOf(waiting, view, say)}</div>}
      {isBeingBuilt && waiting.length === 0 && <div className="node-hint is-inside">{say('unfinishedInside')}</div>}
      {errors > 0 && (
        <>
          {!isBeingBuilt && (
            <span className="node-badge" role="img" aria-label={say('problems', { count: errors })}>
              {errors}
            </span>
          )}
          <ProblemCard problems={faults} path={view.path} x={positionAbsoluteX} hover={hover} isSelected={selected} />
        </>
      )}
    </div>
  )
})

/** Which inputs wait for a wire: by name where there are several and few are missing. */
function hintOf(waiting: readonly Problem[], view: NodeView, say: ReturnType<typeof useWords<typeof canvasWords.words>>): string {
  if (waiting.some((problem) => problem.code === 'graph.few-inputs')) return say('connectAnother')
  if (view.ports.inputs.filter(({ optional }) => !optional).length === 1) return say('connectOne')
  return waiting.length > 3
    ? say('connectMore', { count: waiting.length })
    : say('connectNamed', { names: waiting.map((problem) => problem.port).join(', ') })
}
