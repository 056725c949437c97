/** @file Looking into the gradients: how long they are while training, and whether they are right. In: which view. Out: the view. */
import { Views } from '../../../controls/Views'
import { useWords } from '../../../i18n/i18n'
import { GradientCheck } from './GradientCheck'
import { GradientNorms } from './GradientNorms'
import './insight.css'
import { insightViews, useInsight } from './insight-store'
import { insightWords } from './words'

export function InsightPane() {
  const words = useWords(insightWords)
  const view = useInsight((state) => state.view)
  return (
    <div className="code-pane insight-pane">
      <div className="code-bar">
        <Views
          ids={insightViews}
          chosen={view}
          label={words}
          hint={(id) => words(`${id}Hint`)}
          choose={(id) => useInsight.setState({ view: id })}
        />
      </div>
      {view === 'check' ? <GradientCheck /> : <GradientNorms />}
    </div>
  )
}
