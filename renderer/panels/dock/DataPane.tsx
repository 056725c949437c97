/**
 * @file The data the network learns from. In: the document's data and whatever a person picks instead. Out: a draft with a preview; “Use this data” puts it
 * into the document, shapes and classes with it, as one undoable step.
 */
import { Check } from 'lucide-react'
import { type DragEvent, useEffect, useState } from 'react'
import type { Diagnostic } from '../../../engine/core/diagnostics'
import { datasets } from '../../../engine/datasets/registry'
import { ParamField, ParamForm } from '../../controls/ParamForm'
import { engine } from '../../engine/client'
import { useRun } from '../../engine/run-store'
import { useWords } from '../../i18n/i18n'
import { formatCount } from '../../i18n/numbers'
import { useDocument } from '../../store/document'
import { ProblemList } from '../Problems'
import { AugmentationForm } from './AugmentationForm'
import { applyData, type DataDraft, differs, draftOf, pathOf, type Scaling } from './data-draft'
import { labelledShareSpec, scaleTargetSpec, scalingSpec, sizeSpec } from './data-specs'
import { showDock } from './dock-store'
import { type Choice, fromDrop } from './given-files'
import { addLent, lookAt } from './information/information-store'
import { SamplesPreview } from './SamplesPreview'
import { SourceList } from './SourceList'
import { usePreview } from './use-preview'
import { dockWords } from './words'

/** All samples have labels where nothing is said; a network that was told which have them is still told. */
const shareOf = (share: number, before: number | undefined): number | undefined =>
  share === labelledShareSpec.default && before === undefined ? undefined : share

export function DataPane() {
  const words = useWords(dockWords)
  const document = useDocument((state) => state.document)
  const { data } = document
  const current = draftOf(document)
  const [draft, setDraft] = useState<DataDraft>(current)
  const [problems, setProblems] = useState<readonly Diagnostic[]>([])
  const [given, setGiven] = useState(0)
  const [epoch, setEpoch] = useState(0)
  const [dropping, setDropping] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the draft follows when the document's data changes elsewhere (undo, another document)
  useEffect(() => {
    setDraft(draftOf(useDocument.getState().document))
    setProblems([])
  }, [data])
  const change = (next: Partial<DataDraft>): void => {
    setDraft((before) => ({ ...before, ...next }))
    setProblems([])
  }

  const definition = datasets.get(draft.source.kind)
  const path = definition?.onDisk ? pathOf(draft.source) : undefined
  const files = useRun((state) => state.files)
  const missing = path !== undefined && !files.includes(path)
  const {
    preview,
    problems: unreadable,
    isWaiting,
  } = usePreview(
    draft.source,
    document.training.seed,
    { imageSize: draft.imageSize, augmentation: draft.augmentation, epoch },
    given + files.length,
  )
  const hasImages = preview?.fields.some(({ display }) => display === 'image') === true

  const takeFiles = async ({ groups, source, validation }: Choice): Promise<void> => {
    for (const group of groups) await engine.giveFiles(group)
    const recognised = await engine.recognise(source)
    if (!recognised) return
    setGiven((count) => count + 1)
    if (!recognised.ok) {
      setProblems(recognised.diagnostics)
      return
    }
    const held =
      validation === undefined ? undefined : { ...recognised.value.source, params: { ...recognised.value.source.params, path: validation } }
    // Settings of the same kind of source stay (the shape of a row, say): often only the file is another one. Data from elsewhere comes in
    // all units; standardising it is what almost everybody wants.
    const isAlike = recognised.value.source.kind === draft.source.kind
    const kept = isAlike ? draft.source.params : {}
    change({
      source: { kind: recognised.value.source.kind, params: { ...kept, ...recognised.value.source.params } },
      validation: recognised.value.validation ?? held,
      scaling: isAlike ? draft.scaling : 'standardize',
      augmentation: isAlike ? draft.augmentation : undefined,
    })
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setDropping(false)
    void fromDrop(event.dataTransfer.items).then((choice) => choice && takeFiles(choice))
  }
  const setParam = (name: string, value: unknown): void => {
    const params = { ...draft.source.params, [name]: value as never }
    const validation = draft.validation && { ...draft.validation, params: { ...params, path: draft.validation.params.path as string } }
    change({ source: { ...draft.source, params }, validation })
  }
  const { path: _, part: __, ...specs } = definition?.params ?? {}
  const target = preview?.fields.find(({ role }) => role === 'target')
  const changed = differs(draft, current)
  const shownProblems = problems.length > 0 ? problems : (unreadable ?? [])
  // What no network takes can still be counted.
  const hasWords = definition?.columns !== undefined && shownProblems.some(({ code }) => code === 'data.number')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping files has its own buttons beside it
    <div
      className={dropping ? 'data-pane is-dropping' : 'data-pane'}
      onDragOver={(event) => {
        event.preventDefault()
        setDropping(true)
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setDropping(false)}
      onDrop={drop}
    >
      <SourceList
        source={draft.source}
        validation={draft.validation}
        onDropValidation={() => change({ validation: undefined })}
        onPick={(source) => change({ source, validation: undefined, scaling: 'none', augmentation: undefined })}
        onFiles={(choice) => void takeFiles(choice)}
      />
      <div className="data-settings">
        <div className="data-form">
          <ParamForm key={draft.source.kind} specs={specs} values={draft.source.params} onChange={setParam} />
          <div className="form">
            {hasImages && (
              <ParamField
                spec={sizeSpec}
                value={draft.imageSize ?? preview?.fields.find(({ display }) => display === 'image')?.shape[1]}
                onChange={(size) => change({ imageSize: size as number })}
              />
            )}
            <ParamField spec={scalingSpec} value={draft.scaling} onChange={(scaling) => change({ scaling: scaling as Scaling })} />
            {target?.dtype === 'f32' && (
              <ParamField
                spec={scaleTargetSpec}
                value={draft.scaleTarget ?? false}
                onChange={(on) => change({ scaleTarget: on === true || undefined })}
              />
            )}
            {(target || draft.labelledShare !== undefined) && (
              <ParamField
                spec={labelledShareSpec}
                value={draft.labelledShare ?? labelledShareSpec.default}
                onChange={(share) => change({ labelledShare: shareOf(Number(share), current.labelledShare) })}
              />
            )}
          </div>
          {(hasImages || draft.augmentation) && (
            <AugmentationForm
              value={draft.augmentation}
              onChange={(augmentation) => change({ augmentation })}
              onAgain={() => setEpoch((before) => before + 1)}
            />
          )}
        </div>
        <div className="data-use">
          {changed ? (
            <button
              type="button"
              className="btn go"
              disabled={!preview || isWaiting || unreadable !== undefined}
              onClick={() => preview && setProblems(applyData(draft, preview.fields))}
            >
              {words('use')}
            </button>
          ) : (
            <span className="data-in-use">
              <Check size={14} aria-hidden />
              {words('inUse')}
            </span>
          )}
        </div>
      </div>
      <div className="data-samples">
        <p className="data-facts">
          {preview && !missing && (
            <>
              <b>{words('samplesCount', { count: formatCount(preview.length) })}</b>
              {target?.classes !== undefined && <span>{words('classesCount', { count: target.classes })}</span>}
              {draft.scaling !== 'none' && <span>{words('beforeScaling')}</span>}
              {preview.fields.map(({ name, shape }) => (
                <code key={name}>
                  {name} {shape.length === 0 ? '1' : shape.join('×')}
                </code>
              ))}
            </>
          )}
        </p>
        {missing ? (
          <div className="empty">
            <b>{words('again')}</b>
            <span>{words('againHint', { name: path })}</span>
          </div>
        ) : shownProblems.length > 0 ? (
          <div className="data-problems">
            <b>{words('cannotUse')}</b>
            <ProblemList problems={shownProblems} />
            {hasWords && path !== undefined && (
              <>
                <p>{words('wordsHint')}</p>
                <button
                  type="button"
                  className="btn"
                  onClick={() => {
                    addLent(path, path)
                    lookAt(draft.source)
                    showDock('information')
                  }}
                >
                  {words('lookAtColumns')}
                </button>
              </>
            )}
          </div>
        ) : preview ? (
          <SamplesPreview preview={preview} />
        ) : (
          <div className="skeleton data-skeleton" role="status" aria-label={words('working')} />
        )}
      </div>
      {dropping && <div className="data-drop">{words('dropNow')}</div>}
    </div>
  )
}
