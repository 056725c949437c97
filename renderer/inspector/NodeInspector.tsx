/** @file Everything about one selected node. In: the node, its layer and its shapes. Out: form, formula, counts, shapes, help. */
import { messageOf } from '../../engine/core/diagnostic-message'
import { nodeKinds } from '../../engine/document/ports'
import type { GraphNode } from '../../engine/document/schema'
import { texOf } from '../../engine/layers/kit/formula'
import { completeParams } from '../../engine/layers/kit/validate'
import { titleOf } from '../canvas/model'
import { ParamForm } from '../controls/ParamForm'
import { useLanguage, useText, useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { formatBytes, formatCount, formatLarge } from '../i18n/numbers'
import { applyFix, changeParam } from '../store/actions'
import { useDocument } from '../store/document'
import { categoryOf, colourOf, graphAt, isBlock, isBlockPort, layerOf, pathOf, portsIn } from '../store/graphs'
import { isUnfinished, problemsOf } from '../store/problems'
import { formatSample, useShaped } from '../store/shaped'
import { BlockInstance } from './BlockInstance'
import { blockParamsAt } from './block-params'
import { Facts } from './Facts'
import { Formula } from './Formula'
import { NodeName } from './NodeName'
import { WeightSettingsForm } from './WeightSettingsForm'

export function NodeInspector({ node }: { node: GraphNode }) {
  const say = useWords(inspectorWords)
  const text = useText()
  const language = useLanguage()
  const document = useDocument((state) => state.document)
  const path = useDocument((state) => state.path)
  const shaped = useShaped()
  const { graph } = graphAt(document, path)
  const enginePath = pathOf(path, node.id)
  const layer = layerOf(node)
  const own = shaped.byPath.get(enginePath)
  const inside = isBlock(node) ? shaped.graph.nodes.filter((one) => one.path.startsWith(`${enginePath}/`)) : own ? [own] : []
  const sum = (pick: (one: (typeof inside)[number]) => number): number => inside.reduce((total, one) => total + pick(one), 0)
  const counts = { parameters: sum((one) => one.parameterCount), flops: sum((one) => one.flops), bytes: sum((one) => one.activationBytes) }
  const problems = problemsOf(shaped.problems, enginePath)
  const ports = portsIn(document, node)
  // What is not known yet is not shown: the problem below says why.
  const wire = graph.edges.find((one) => one.to.node === node.id && one.to.port === ports.inputs[0]?.name)
  const arriving = wire && shaped.graph.types.get(pathOf(path, wire.from.node))?.[wire.from.port]
  const leaving = shaped.graph.types.get(enginePath)?.[ports.outputs[0]?.name ?? '']
  const flow = [arriving, leaving].flatMap((type) => (type ? [formatSample(type)] : [])).join(' → ')
  return (
    <>
      <NodeName id={node.id} colour={colourOf(categoryOf(document, node))} isBlock={isBlock(node)} />
      <p className="inspector-kind">
        {isBlockPort(node) ? say('blockPort') : text(layer?.title ?? titleOf(document, node))}
        {flow !== '' && <span className="mono"> · {flow}</span>}
      </p>
      {problems.length > 0 && (
        <div className={problems.every(isUnfinished) ? 'inspector-problems is-calm' : 'inspector-problems'}>
          {problems.slice(0, 4).map((problem) => (
            <div key={`${problem.code} ${problem.nodeId} ${problem.port} ${problem.param}`}>
              {messageOf(problem, language)}
              {problem.fix && (
                <button type="button" className="link" onClick={() => applyFix(problem)}>
                  {problem.fix.title[language]}
                </button>
              )}
            </div>
          ))}
        </div>
      )}
      {isBlock(node) && <BlockInstance node={node} />}
      {layer && (
        <ParamForm
          key={enginePath}
          specs={layer.params}
          values={node.params}
          blockParams={blockParamsAt(document, path)}
          onChange={(name, value) => changeParam(node.id, name, value, layer.params[name]?.default)}
        />
      )}
      {(isBlock(node) || layer?.weights) && <WeightSettingsForm key={`weights of ${enginePath}`} node={node} />}
      {layer && (
        <Formula tex={texOf(layer.formula, own?.params ?? completeParams(layer.params, node.params).params)} label={say('formula')} />
      )}
      {node.kind !== nodeKinds.blockInput && node.kind !== nodeKinds.blockOutput && (
        <Facts
          facts={[
            { label: say('parameters'), value: counts.parameters > 0 ? formatCount(counts.parameters) : undefined },
            { label: say('flops', { batch: shaped.graph.batchSize }), value: counts.flops > 0 ? formatLarge(counts.flops) : undefined },
            { label: say('activation'), value: counts.bytes > 0 ? formatBytes(counts.bytes) : undefined },
            { label: say('receptive'), value: own?.receptiveField?.join('×') },
            ...Object.entries(own?.weights ?? {}).map(([name, weight]) => ({
              label: name,
              value: [
                weight.shape.join('×') || '1',
                ...(own?.sharesWith === undefined ? [] : [say('sharedWith', { name: own.sharesWith })]),
              ].join(' · '),
            })),
          ]}
        />
      )}
      {layer && (
        <p className="inspector-help">
          {text(layer.summary)}
          <cite>{layer.reference}</cite>
        </p>
      )}
    </>
  )
}
