/** @file Predictions with room: samples (or a text, of language models), the plane where inputs are points, and which class is taken for which. */
import { useRun } from '../../engine/run-store'
import { ConfusionMatrix } from './ConfusionMatrix'
import { DecisionMap } from './DecisionMap'
import { PredictionGrid } from './PredictionGrid'
import { useWrites } from './use-writes'
import { WritingPane } from './writing/WritingPane'

export function PredictionsPane() {
  const hasPlane = useRun((state) => state.plane !== undefined)
  const hasConfusion = useRun((state) => state.confusion !== undefined)
  const writes = useWrites()
  if (writes) return <WritingPane />
  return (
    <div className="predictions-pane">
      <div className="predictions-samples">
        <PredictionGrid limit={60} />
      </div>
      {hasPlane && (
        <div className="predictions-plane">
          <DecisionMap />
        </div>
      )}
      {hasConfusion && (
        <div className="predictions-confusion">
          <ConfusionMatrix />
        </div>
      )}
    </div>
  )
}
