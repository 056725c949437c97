/** @file A row of switches of which one is on: ways to look at the same thing. In: their ids, the one chosen, words. Out: the choice. */

interface ViewsProps<V extends string> {
  readonly ids: readonly V[]
  readonly chosen: V
  readonly label: (id: V) => string
  /** What the pointer is told. */
  readonly hint?: (id: V) => string
  readonly choose: (id: V) => void
}

export function Views<V extends string>({ ids, chosen, label, hint, choose }: ViewsProps<V>) {
  return ids.map((id) => (
    <button key={id} type="button" className="tab" aria-pressed={chosen === id} title={hint?.(id)} onClick={() => choose(id)}>
      {label(id)}
    </button>
  ))
}
