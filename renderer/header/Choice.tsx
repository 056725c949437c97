/** @file One of several in a menu, under a heading. In: names by value, which holds now. Out: what was chosen. */
import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'

export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: T
  options: Readonly<Record<T, string>>
  onChange: (value: T) => void
}) {
  return (
    <>
      <DropdownMenu.Label className="section-head">{label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
        {(Object.keys(options) as T[]).map((option) => (
          <DropdownMenu.RadioItem
            key={option}
            className="menu-item is-checkable"
            value={option}
            onSelect={(event) => event.preventDefault()}
          >
            <DropdownMenu.ItemIndicator>
              <Check size={13} />
            </DropdownMenu.ItemIndicator>
            {options[option]}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  )
}
