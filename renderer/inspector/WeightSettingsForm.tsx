/** @file How training treats the weights of a node. In: the node. Out: whether it is trained, its rate, its penalties, and the layer it shares with or is tied to. */
import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { formatShape } from '../../engine/core/tensor'
import type { GraphNode } from '../../engine/document/schema'
import { nodeSettings } from '../../engine/layers/kit/node-settings'
import { described, explained } from '../controls/help'
import { ParamField } from '../controls/ParamForm'
import { useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { changeWeightSetting } from '../store/actions'
import { useDocument, useOpenedGraph } from '../store/document'
import { isBlock, pathOf } from '../store/graphs'
import { useShaped } from '../store/shaped'

export function WeightSettingsForm({ node }: { readonly node: GraphNode }) {
  const say = useWords(inspectorWords)
  const training = useDocument((state) => state.document.training)
  const { l1Penalty, l2Penalty, sharesWith, tiedTo } = node
  const isUsed = [l1Penalty, l2Penalty, sharesWith, tiedTo].some((value) => value !== undefined)
  const [open, setOpen] = useState(isUsed)
  const alike = useAlike(node)
  const number = (name: 'rateMultiplier' | 'l2Penalty' | 'l1Penalty' | 'tieStrength', usual: number) => (
    <ParamField
      spec={nodeSettings[name]}
      value={node[name] ?? usual}
      onChange={(value) => changeWeightSetting(node.id, name, Number(value))}
    />
  )
  return (
    <>
      <div className="form is-optional">
        <ParamField
          spec={nodeSettings.frozen}
          value={node.frozen ?? nodeSettings.frozen.default}
          onChange={(value) => changeWeightSetting(node.id, 'frozen', value === true)}
        />
        {number('rateMultiplier', nodeSettings.rateMultiplier.default)}
      </div>
      <button type="button" className="form-more" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={13} aria-hidden="true" />
        {say('weightSettings')}
      </button>
      {open && (
        <div className="form">
          {number('l2Penalty', training.l2 ?? 0)}
          {number('l1Penalty', training.l1 ?? 0)}
          <Other
            label={say('sharesWith')}
            hint={say('sharesWithHint')}
            none={say('ownWeights')}
            ids={alike}
            value={sharesWith}
            onChange={(id) => changeWeightSetting(node.id, 'sharesWith', id)}
          />
          {!isBlock(node) && (
            <Other
              label={say('tiedTo')}
              hint={say('tiedToHint')}
              none={say('nothing')}
              ids={alike}
              value={tiedTo}
              onChange={(id) => changeWeightSetting(node.id, 'tiedTo', id)}
            />
          )}
          {tiedTo !== undefined && number('tieStrength', nodeSettings.tieStrength.default)}
        </div>
      )}
    </>
  )
}

/** Nodes of the open graph whose weights have the same names and shapes. */
function useAlike(node: GraphNode): readonly string[] {
  const { byPath } = useShaped()
  const path = useDocument((state) => state.path)
  const { nodes } = useOpenedGraph()
  if (isBlock(node)) return nodes.filter(({ id, block }) => id !== node.id && block === node.block).map(({ id }) => id)
  const weightsOf = (id: string): string =>
    Object.entries(byPath.get(pathOf(path, id))?.weights ?? {})
      .map(([name, { shape }]) => `${name} ${formatShape(shape)}`)
      .join()
  const own = weightsOf(node.id)
  return own === '' ? [] : nodes.filter(({ id }) => id !== node.id && weightsOf(id) === own).map(({ id }) => id)
}

interface OtherProps {
  readonly label: string
  readonly hint: string
  readonly none: string
  readonly ids: readonly string[]
  readonly value: string | undefined
  readonly onChange: (id: string | undefined) => void
}

/** A choice of another node; one that does not fit any more stays in the list, so that it can be seen and changed. */
function Other({ label, hint, none, ids, value, onChange }: OtherProps) {
  const id = useId()
  const listed = value === undefined || ids.includes(value) ? ids : [value, ...ids]
  return (
    <>
      <label htmlFor={id} {...explained(hint)}>
        {label}
      </label>
      <select
        id={id}
        className="field"
        {...described(hint)}
        value={value ?? ''}
        disabled={listed.length === 0}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
      >
        <option value="">{none}</option>
        {listed.map((other) => (
          <option key={other} value={other}>
            {other}
          </option>
        ))}
      </select>
    </>
  )
}
