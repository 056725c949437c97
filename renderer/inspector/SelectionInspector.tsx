/** @file Several nodes, or wires. In: the selection. Out: what can be done with all of it, and the shape of a wire. */
import { runCommand } from '../commands/registry'
import { useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { formatCount } from '../i18n/numbers'
import { useDocument, useOpenedGraph } from '../store/document'
import { edgeKeys, pathOf } from '../store/graphs'
import { formatType, useShaped } from '../store/shaped'
import { Facts } from './Facts'

export function SelectionInspector() {
  const say = useWords(inspectorWords)
  const path = useDocument((state) => state.path)
  const nodes = useDocument((state) => state.nodes)
  const edges = useDocument((state) => state.edges)
  const graph = useOpenedGraph()
  const shaped = useShaped()
  const keys = edgeKeys(graph.edges)
  const wire = nodes.length === 0 && edges.length === 1 ? graph.edges[keys.indexOf(edges[0] as string)] : undefined
  const type = wire && shaped.graph.types.get(pathOf(path, wire.from.node))?.[wire.from.port]
  const count = nodes.reduce((sum, id) => {
    const own = pathOf(path, id)
    return (
      sum +
      shaped.graph.nodes.reduce((part, one) => part + (one.path === own || one.path.startsWith(`${own}/`) ? one.parameterCount : 0), 0)
    )
  }, 0)
  return (
    <>
      <div className="inspector-title">
        <span className="inspector-heading">
          {nodes.length > 0 ? say('selected', { count: nodes.length }) : wire ? say('wire') : say('wires', { count: edges.length })}
        </span>
      </div>
      <div className="inspector-buttons">
        {nodes.length > 0 && (
          <>
            <Action id="edit.duplicate" label={say('duplicate')} />
            <Action id="edit.bypass" label={say('bypass')} />
            <Action id="edit.freeze" label={say('freeze')} />
            <Action id="graph.pack" label={say('pack')} />
          </>
        )}
        <Action id="edit.delete" label={say('delete')} />
      </div>
      <Facts
        facts={[
          { label: say('outputs'), value: wire && `${wire.from.node}.${wire.from.port}` },
          { label: say('inputs'), value: wire && `${wire.to.node}.${wire.to.port}` },
          { label: say('shape'), value: wire && (formatType(type) || say('unknownShape')) },
          { label: say('classes'), value: type?.classes === undefined ? undefined : formatCount(type.classes) },
          { label: say('parameters'), value: nodes.length > 0 ? formatCount(count) : undefined },
        ]}
      />
    </>
  )
}

const Action = ({ id, label }: { id: string; label: string }) => (
  <button type="button" className="btn" onClick={() => runCommand(id)}>
    {label}
  </button>
)
