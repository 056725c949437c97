/** @file Pairs of a name and a number. In: rows. Out: an aligned list; rows without a value are left out. */

export interface Fact {
  readonly label: string
  readonly value: string | undefined
}

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(
        ({ label, value }) =>
          value !== undefined && (
            <div key={label}>
              <dt>{label}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
