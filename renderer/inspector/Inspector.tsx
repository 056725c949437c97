/** @file The right panel: whatever is selected, explained and editable. In: the selection. Out: the view that suits it. */
import { useDocument } from '../store/document'
import { graphAt } from '../store/graphs'
import { BlockInspector } from './BlockInspector'
import { DocumentInspector } from './DocumentInspector'
import './inspector.css'
import { NodeInspector } from './NodeInspector'
import { SelectionInspector } from './SelectionInspector'

export function Inspector() {
  return (
    <div className="inspector">
      <Content />
    </div>
  )
}

function Content() {
  const document = useDocument((state) => state.document)
  const path = useDocument((state) => state.path)
  const nodes = useDocument((state) => state.nodes)
  const edges = useDocument((state) => state.edges)
  const { graph, blockId } = graphAt(document, path)
  const node = nodes.length === 1 ? graph.nodes.find((one) => one.id === nodes[0]) : undefined
  if (node) return <NodeInspector key={node.id} node={node} />
  if (nodes.length + edges.length > 0) return <SelectionInspector />
  const block = blockId === undefined ? undefined : document.blocks[blockId]
  return blockId !== undefined && block ? <BlockInspector id={blockId} block={block} /> : <DocumentInspector />
}
