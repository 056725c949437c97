/**
 * @file The graph on the screen. In: the document (only truth) and the run's live pictures. Out: React Flow's nodes and edges, derived; what
 * the hand does becomes transactions. A drag in progress is the only state that lives here.
 */
import { Background, BackgroundVariant, type EdgeChange, MiniMap, type NodeChange, ReactFlow, ReactFlowProvider, useStore } from 'reactflow'
import 'reactflow/dist/base.css'
import './canvas.css'
import './node.css'
import './wire.css'
import './detail.css'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useRun } from '../engine/run-store'
import { canvasWords } from '../i18n/canvas-words'
import { useWords } from '../i18n/i18n'
import { positionsOf } from '../layout/positions'
import type { Point } from '../layout/sizes'
import { duplicateTo, move } from '../store/actions'
import { select, useDocument } from '../store/document'
import { graphAt } from '../store/graphs'
import { useSettings } from '../store/settings'
import { useShaped } from '../store/shaped'
import { AddPalette } from './AddPalette'
import { Breadcrumbs } from './Breadcrumbs'
import { useDrops } from './drops'
import { overhang, useFlowEdges, useFlowNodes, useRemembered } from './flow-elements'
import { type LayerFlowNode, LayerNode } from './LayerNode'
import { type NodeView, nodeViews, roomsOf, type WireView, wireViews } from './model'
import { PendingWire } from './PendingWire'
import { ShapeEdge, type WireFlowEdge } from './ShapeEdge'
import { useCutting } from './use-cutting'
import { useViewport } from './use-viewport'
import { useWatch } from './use-watch'
import { useWiring } from './use-wiring'
import { ZoomBar } from './ZoomBar'

const nodeTypes = { layer: LayerNode }
const edgeTypes = { wire: ShapeEdge }
const GRID: [number, number] = [4, 4]
const MULTI_KEYS = ['Meta', 'Control', 'Shift']
const selectNone = (): void => select([])
const NOTHING: Readonly<Record<string, Point>> = {}

export function Canvas() {
  return (
    <ReactFlowProvider>
      <Graph />
    </ReactFlowProvider>
  )
}

function Graph() {
  const say = useWords(canvasWords)
  const document = useDocument((state) => state.document)
  const path = useDocument((state) => state.path)
  const chosenNodes = useDocument((state) => state.nodes)
  const chosenEdges = useDocument((state) => state.edges)
  const minimap = useSettings((state) => state.minimap)
  const snap = useSettings((state) => state.snap)
  const pictured = useRun((state) => Object.keys(state.insight?.activations ?? {}).join(' '))
  const live = useMemo(() => new Set(pictured.split(' ').filter(Boolean)), [pictured])
  const shaped = useShaped()
  const [dragged, setDragged] = useState<Readonly<Record<string, Point>>>(NOTHING)
  const wrapper = useRef<HTMLDivElement>(null)

  const { graph } = graphAt(document, path)
  const resting = useMemo(() => positionsOf(graph, document.blocks), [graph, document.blocks])
  const positions = useMemo(() => (dragged === NOTHING ? resting : { ...resting, ...dragged }), [resting, dragged])
  const views = useRemembered<NodeView[]>((previous) => nodeViews(document, path, shaped, previous), [document, path, shaped])
  const wires = useRemembered<WireView[]>(
    (previous) => wireViews(graph, path, views, positions, shaped.graph.types, previous, dragged === NOTHING ? undefined : dragged),
    [graph, path, views, positions, shaped, dragged],
  )
  const rooms = useMemo(() => roomsOf(views, positions), [views, positions])
  const nodes = useFlowNodes(views, positions, chosenNodes, live)
  const edges = useFlowEdges(wires, chosenEdges)

  useViewport(wrapper, rooms)
  useWatch(views)
  const wiring = useWiring()
  const drops = useDrops(wrapper)
  const cut = useCutting(wrapper)

  // React Flow keeps handlers in its store and wakes every node and wire when one changes: they must stay the same while a node is dragged.
  const latest = useRef({ dragged, live, views })
  latest.current = { dragged, live, views }
  const onNodesChange = useCallback((changes: NodeChange<LayerFlowNode>[]): void => {
    const moved: Record<string, Point> = {}
    const state = useDocument.getState()
    const chosen = new Set(state.nodes)
    let selection = false
    for (const change of changes) {
      if (change.type === 'position' && change.position && change.dragging)
        moved[change.id] = settled(change.position, change.id, latest.current)
      if (change.type === 'select') {
        selection = true
        if (change.selected) chosen.add(change.id)
        else chosen.delete(change.id)
      }
    }
    if (Object.keys(moved).length > 0) setDragged((before) => ({ ...before, ...moved }))
    if (selection) select([...chosen], state.edges)
  }, [])
  const onEdgesChange = useCallback((changes: EdgeChange<WireFlowEdge>[]): void => {
    const state = useDocument.getState()
    const chosen = new Set(state.edges)
    for (const change of changes)
      if (change.type === 'select') {
        if (change.selected) chosen.add(change.id)
        else chosen.delete(change.id)
      }
    select(state.nodes, [...chosen])
  }, [])
  const finishDrag = useCallback(
    (event: MouseEvent | TouchEvent): void => {
      const moved = latest.current.dragged
      if (moved === NOTHING) return
      const ids = Object.keys(moved)
      if (event.altKey) duplicateTo(moved)
      else if (ids.length !== 1 || !drops.intoWire(event, ids[0] as string, moved)) move(moved)
      setDragged(NOTHING)
    },
    [drops],
  )
  const finishSelectionDrag = useCallback((event: React.MouseEvent): void => finishDrag(event.nativeEvent), [finishDrag])

  return (
    <div
      ref={wrapper}
      className="canvas"
      role="application"
      aria-label={say('canvas')}
      onDoubleClick={drops.onDoubleClick}
      onDragOver={drops.onDragOver}
      onDrop={drops.onDrop}
      onFocusCapture={drops.onFocusCapture}
    >
      <LevelOfDetail>
        <ReactFlow<LayerFlowNode, WireFlowEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDragStop={finishDrag}
          onSelectionDragStop={finishSelectionDrag}
          onPaneClick={selectNone}
          connectionLineComponent={PendingWire}
          isValidConnection={wiring.isValid}
          onConnect={wiring.onConnect}
          onConnectEnd={wiring.onConnectEnd}
          onReconnect={wiring.onReconnect}
          onReconnectStart={wiring.onReconnectStart}
          onReconnectEnd={wiring.onReconnectEnd}
          connectionRadius={22}
          reconnectRadius={12}
          nodeDragThreshold={3}
          snapToGrid={snap}
          snapGrid={GRID}
          minZoom={0.05}
          maxZoom={3}
          deleteKeyCode={null}
          selectionKeyCode="Shift"
          multiSelectionKeyCode={MULTI_KEYS}
          panActivationKeyCode="Space"
          zoomOnDoubleClick={false}
          disableKeyboardA11y
          elevateNodesOnSelect
          onlyRenderVisibleElements={nodes.length > 500}
          proOptions={{ hideAttribution: true }}
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={2} />
          {minimap && nodes.length > 0 && (
            <MiniMap<LayerFlowNode>
              pannable
              zoomable
              ariaLabel={say('minimap')}
              nodeColor={(node) => node.data.view.colour}
              nodeBorderRadius={24}
              maskStrokeWidth={1}
              style={{ width: 120, height: 58 }}
            />
          )}
        </ReactFlow>
      </LevelOfDetail>
      {cut.length > 1 && (
        <svg className="cut-line" aria-hidden="true">
          <polyline points={cut.map(({ x, y }) => `${x},${y}`).join(' ')} />
        </svg>
      )}
      <Breadcrumbs />
      <ZoomBar />
      <AddPalette />
      {graph.nodes.length === 0 && (
        <div className="canvas-empty empty">
          <b>{say('emptyTitle')}</b>
          <span>{say('emptyHint')}</span>
        </div>
      )}
    </div>
  )
}

/** The compact top left corner, which the document keeps, from where React Flow has the (perhaps taller) node. */
function settled(position: Point, id: string, { live, views }: { live: ReadonlySet<string>; views: readonly NodeView[] }): Point {
  const view = views.find((one) => one.id === id)
  return view ? { x: position.x, y: position.y + overhang(view, live.has(view.strip?.path ?? '')) } : position
}

/** Where text would be under eight pixels there is none, or a title large enough to read. */
function LevelOfDetail({ children }: { children: React.ReactNode }) {
  const level = useStore((state) => (state.transform[2] < 0.36 ? 'plain' : state.transform[2] < 0.68 ? 'titles' : 'full'))
  return <div className={`detail-${level}`}>{children}</div>
}
