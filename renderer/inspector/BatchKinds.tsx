/** @file One sample a step, a few dozen, or all of them (notes 002 §8): three usual batch sizes. In: the samples there are. Out: a batch size. */
import { trainingSpecs } from '../../engine/document/training-specs'
import { useWords } from '../i18n/i18n'
import { trainingWords } from '../i18n/training-words'

const { default: USUAL, max: MOST = Number.MAX_SAFE_INTEGER } = trainingSpecs.batchSize

export interface BatchKindsProps {
  /** Undefined while it is not known. */
  readonly samples: number | undefined
  readonly batchSize: number
  readonly onChange: (batchSize: number) => void
}

export function BatchKinds({ samples, batchSize, onChange }: BatchKindsProps) {
  const say = useWords(trainingWords)
  const all = samples === undefined ? undefined : Math.min(samples, MOST)
  const kinds = [
    { name: 'stochastic', size: 1, pressed: batchSize === 1 },
    { name: 'miniBatch', size: USUAL, pressed: batchSize > 1 && (all === undefined || batchSize < all) },
    { name: 'fullBatch', size: all, pressed: all !== undefined && batchSize >= all },
  ] as const
  return (
    // biome-ignore lint/a11y/useSemanticElements: three buttons in a row are no fieldset of a form
    <div className="batch-kinds" role="group" aria-label={say('batchKinds')}>
      {kinds.map(({ name, size, pressed }) => (
        <button
          key={name}
          type="button"
          className="btn"
          title={say(`${name}Hint`)}
          aria-pressed={pressed}
          disabled={size === undefined}
          onClick={() => size !== undefined && onChange(size)}
        >
          {say(name)}
        </button>
      ))}
    </div>
  )
}
