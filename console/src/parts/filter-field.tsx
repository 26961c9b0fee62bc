// A field for a SCIM filter, checked by the grammar as one types: the wrong character is underlined.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { faultOfFilter } from './filter-fault.ts'
import { MarkedInput } from './marked-input.tsx'

/** What a field for a filter is given. */
interface FilterFieldProps {
  readonly label?: string
  readonly 'aria-label'?: string
  readonly description?: string
  readonly placeholder?: string
  readonly value: string
  readonly onChange: (filter: string) => void
  readonly readOnly?: boolean
}

/** A filter within a form. */
export function FilterField({ onChange, ...rest }: FilterFieldProps) {
  const fault = faultOfFilter(rest.value)
  return (
    <MarkedInput
      {...rest}
      onChange={(event) => onChange(event.currentTarget.value)}
      marks={fault === undefined ? [] : [{ from: fault.at, to: fault.at + 1 }]}
      error={fault?.message}
      spellCheck={false}
      autoComplete="off"
    />
  )
}

/** A filter of a list: used when it is whole, and Enter is pressed or the field is left. */
export function FilterBox({
  label,
  placeholder,
  value,
  onChange,
}: Pick<FilterFieldProps, 'placeholder' | 'value' | 'onChange'> & { readonly label: string }) {
  const { t } = useTranslation('parts')
  const [typed, setTyped] = useState(value)
  const fault = faultOfFilter(typed)
  const apply = () => {
    if (fault === undefined) onChange(typed.trim())
  }
  return (
    <MarkedInput
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && apply()}
      onBlur={apply}
      marks={fault === undefined ? [] : [{ from: fault.at, to: fault.at + 1 }]}
      placeholder={placeholder}
      aria-label={label}
      error={fault?.message}
      spellCheck={false}
      autoComplete="off"
      rightSectionWidth={90}
      rightSection={
        <Button size="compact-xs" variant="default" disabled={fault !== undefined} onClick={apply}>
          {t('filter')}
        </Button>
      }
    />
  )
}
