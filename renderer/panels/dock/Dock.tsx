/**
 * @file The lower part of the screen: one row of tabs, one pane. In: which tab is in front. Out: the pane; while training is in front, the run's
 * figures and predictions stand beside the curves.
 */
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { blocking } from '../../engine/client'
import { useRun } from '../../engine/run-store'
import { useWords } from '../../i18n/i18n'
import { useShaped } from '../../store/shaped'
import { Problems } from '../Problems'
import { CodePane } from './CodePane'
import { ConfusionMatrix } from './ConfusionMatrix'
import { DataPane } from './DataPane'
import { DecisionMap } from './DecisionMap'
import './dock.css'
import { type DockTab, dockTabs, showDock, useDock } from './dock-store'
import { InformationPane } from './information/InformationPane'
import { InsightPane } from './insight/InsightPane'
import { KernelsPane } from './kernels/KernelsPane'
import { LogPane } from './LogPane'
import { PaneBoundary } from './PaneBoundary'
import { PredictionGrid } from './PredictionGrid'
import { PredictionsPane } from './PredictionsPane'
import { TrainingAside, TrainingPane } from './TrainingPane'
import { useWrites } from './use-writes'
import { dockWords } from './words'
import { WritingPane } from './writing/WritingPane'
import { writingWords } from './writing/words'

const panes: Readonly<Record<DockTab, () => React.ReactNode>> = {
  training: TrainingPane,
  data: DataPane,
  information: InformationPane,
  predictions: PredictionsPane,
  insight: InsightPane,
  problems: Problems,
  code: CodePane,
  kernels: KernelsPane,
  log: LogPane,
}

export function Dock() {
  const words = useWords(dockWords)
  const tab = useDock((state) => state.tab)
  const { problems } = useShaped()
  const errors = blocking(problems).length
  const Pane = panes[tab]
  return (
    <section className={tab === 'training' ? 'dock is-training' : 'dock'} aria-label={words('panels')}>
      <Tabs.Root className="dock-main" value={tab} onValueChange={(value) => showDock(value as DockTab)}>
        <Tabs.List className="tabs" aria-label={words('panels')}>
          {dockTabs.map((id) => (
            <Tabs.Trigger key={id} value={id} className="tab">
              {words(id)}
              {id === 'problems' && problems.length > 0 && (
                <b className={errors > 0 ? 'tab-count is-bad' : 'tab-count'}>{problems.length}</b>
              )}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value={tab} className="dock-pane" tabIndex={-1}>
          <PaneBoundary key={tab}>
            <Pane />
          </PaneBoundary>
        </Tabs.Content>
      </Tabs.Root>
      {tab === 'training' && (
        <>
          <div className="dock-aside">
            <TrainingAside />
          </div>
          <div className="dock-aside">
            <SampleTabs />
          </div>
        </>
      )}
    </section>
  )
}

type SampleTab = 'predictions' | 'plane' | 'confusion' | 'writing'

const samplePanes: Readonly<Record<SampleTab, () => React.ReactNode>> = {
  predictions: () => <PredictionGrid limit={10} />,
  plane: DecisionMap,
  confusion: ConfusionMatrix,
  writing: WritingPane,
}

/** Predictions in the corner; the plane first where inputs are points; of a language model its text. */
function SampleTabs() {
  const words = useWords(dockWords)
  const writing = useWords(writingWords)
  const hasPlane = useRun((state) => state.plane !== undefined)
  const writes = useWrites()
  const [chosen, choose] = useState<SampleTab>()
  const tabs: readonly SampleTab[] = writes ? ['writing'] : [...(hasPlane ? (['plane'] as const) : []), 'predictions', 'confusion']
  const tab = chosen !== undefined && tabs.includes(chosen) ? chosen : (tabs[0] ?? 'predictions')
  const Pane = samplePanes[tab]
  return (
    <Tabs.Root className="dock-main" value={tab} onValueChange={(value) => choose(value as SampleTab)}>
      <Tabs.List className="tabs" aria-label={words('predictions')}>
        {tabs.map((id) => (
          <Tabs.Trigger key={id} value={id} className="tab">
            {id === 'writing' ? writing(id) : words(id)}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value={tab} className="dock-pane" tabIndex={-1}>
        <Pane />
      </Tabs.Content>
    </Tabs.Root>
  )
}
