// A schema as a form: its name, and a line for each attribute. What the form does not show stays as it is.

import { ActionIcon, Button, Checkbox, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/CheckboxCard.css'
import '@mantine/core/styles/Checkbox.css'
import { Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Attribute } from './schema-attributes.tsx'
import css from './schemas.module.css'

/** A schema as it is edited. */
export interface Schema {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly attributes: readonly Attribute[]
}

const TYPES = ['string', 'boolean', 'integer', 'decimal', 'dateTime', 'reference', 'binary', 'complex']

/** The form. `change` is given the whole document anew. */
export function SchemaForm({
  schema,
  change,
  isNew,
}: {
  readonly schema: Schema
  readonly change: (next: Schema) => void
  readonly isNew: boolean
}) {
  const { t } = useTranslation('schemas')
  const replace = (at: number, next: Attribute | undefined) =>
    change({
      ...schema,
      attributes: schema.attributes.flatMap((one, index) => (index !== at ? [one] : next === undefined ? [] : [next])),
    })
  return (
    <div className={css.form}>
      <TextInput
        label={t('id')}
        value={schema.id ?? ''}
        disabled={!isNew}
        onChange={({ currentTarget: { value } }) => change({ ...schema, id: value })}
      />
      <TextInput
        label={t('name')}
        value={schema.name ?? ''}
        onChange={({ currentTarget: { value } }) => change({ ...schema, name: value })}
      />
      <fieldset className={css.attributes}>
        <legend>{t('attributes')}</legend>
        {schema.attributes.map((one, at) => (
          <div key={at} className={css.line}>
            <TextInput
              aria-label={t('attributeName', { at: at + 1 })}
              value={one.name ?? ''}
              onChange={({ currentTarget: { value } }) => replace(at, { ...one, name: value })}
            />
            <Select
              aria-label={t('typeOf', { name: one.name })}
              data={TYPES}
              value={one.type ?? 'string'}
              onChange={(type) => replace(at, { ...one, type: type ?? 'string' })}
            />
            <Checkbox
              label={t('several')}
              checked={one.multiValued === true}
              onChange={({ currentTarget: { checked } }) => replace(at, { ...one, multiValued: checked })}
            />
            <Checkbox
              label={t('required')}
              checked={one.required === true}
              onChange={({ currentTarget: { checked } }) => replace(at, { ...one, required: checked })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('removeAttribute', { name: one.name })}
              onClick={() => replace(at, undefined)}
            >
              <X size={14} />
            </ActionIcon>
          </div>
        ))}
        <Button
          variant="default"
          leftSection={<Plus size={14} />}
          onClick={() =>
            change({
              ...schema,
              attributes: [...schema.attributes, { name: `attribute${schema.attributes.length + 1}`, type: 'string' }],
            })
          }
        >
          {t('addAttribute')}
        </Button>
      </fieldset>
    </div>
  )
}
